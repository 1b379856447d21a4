"""NumPy inside an author's function: a tensor handed to NumPy is that array.

Values that have numbers go through NumPy itself. What has none (traced) or has a history
(gradients) goes through torch's own NumPy, whose arrays hold tensors. Tried with torch 2.13 and
NumPy 2.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import ast
import linecache
import operator
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import islice
from types import CodeType
from typing import Any, cast
from unittest import mock

import numpy as np
import torch
from torch._C import _functorch  # pyright: ignore[reportAttributeAccessIssue] compiled, unlisted
from torch._subclasses.fake_tensor import FakeTensor
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree

from ...errors import ExplorableError
from ..lines import current_line, file_owner, importing
from .numpy_forms import FORMS, METHODS, Array, front, nearest

_Any = Any  # what NumPy's protocols hand over: arrays, numbers, nests of them


def as_tensors(tree: _Any) -> _Any:
    """The same pytree with tensors for arrays, which nothing after the author's function takes."""
    held = pytree.tree_leaves(tree)
    arrays = any(isinstance(leaf, (Array, np.ndarray, np.generic)) for leaf in held)
    return pytree.tree_map(_tensor_of, tree) if arrays else tree


def _tensor_of(leaf: _Any) -> _Any:
    if isinstance(leaf, Array):
        return leaf.tensor
    if isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype != object:
        return torch.as_tensor(leaf)
    return leaf


def _is_live(leaf: object) -> bool:
    """Whether a value has no numbers, or a history that NumPy would lose."""
    if isinstance(leaf, torch.Tensor):
        traced = isinstance(leaf, FakeTensor) or _functorch.is_functorch_wrapped_tensor(leaf)
        return traced or leaf.requires_grad
    return isinstance(leaf, (Array, torch.SymInt, torch.SymFloat, torch.SymBool))


def _any_live(tree: _Any) -> bool:
    return any(map(_is_live, pytree.tree_leaves(tree)))


def _to_front(leaf: _Any) -> _Any:
    if isinstance(leaf, torch.Tensor):
        return Array(leaf)
    if isinstance(leaf, (np.ndarray, np.generic)):
        return Array(torch.from_numpy(np.array(leaf)))
    if isinstance(leaf, (torch.SymInt, torch.SymBool)):
        return Array(torch.scalar_tensor(cast("int", leaf), dtype=torch.int64))
    if isinstance(leaf, torch.SymFloat):
        return Array(torch.scalar_tensor(cast("float", leaf), dtype=torch.float64))
    return leaf


def _to_numpy(leaf: _Any) -> _Any:
    if isinstance(leaf, torch.Tensor):
        return leaf.detach().resolve_conj().resolve_neg().numpy()
    return leaf


class Numbers(np.ndarray):
    """What NumPy computed from tensors: an array whose single numbers are live in a text."""

    def __getitem__(self, index: _Any) -> _Any:
        return _numbers(super().__getitem__(index))

    def __array_function__(self, func: _Any, types: _Any, args: _Any, kwargs: _Any) -> _Any:
        return _numbers(super().__array_function__(func, types, args, kwargs))

    def __format__(self, form: str) -> str:
        return super().__format__(form) if self.ndim else format(torch.as_tensor(self), form)


def _numbers(result: _Any) -> _Any:
    if isinstance(result, (np.ndarray, np.generic)) and result.dtype != object:
        return np.asarray(result).view(Numbers)
    if isinstance(result, (tuple, list)) and type(result) in (tuple, list):
        return type(result)(map(_numbers, cast("Sequence[_Any]", result)))
    return result


def _call(name: str, real: Callable[..., _Any], args: _Any, kwargs: _Any) -> _Any:
    """``np.<name>(*args, **kwargs)``, by NumPy itself or by torch's."""
    if not _any_live((args, kwargs)):
        given = pytree.tree_map(_to_numpy, args)
        return _numbers(real(*given, **pytree.tree_map(_to_numpy, kwargs)))
    out = kwargs.get("out")
    if isinstance(out, tuple) and len(cast("tuple[_Any, ...]", out)) == 1:
        kwargs = {**kwargs, "out": cast("tuple[_Any, ...]", out)[0]}
    if isinstance(kwargs.get("out"), np.ndarray):
        raise ExplorableError(
            "trace",
            f"np.{name} writes what the reader moves into an array of fixed numbers",
            line=current_line(),
            fix="write 'a = a + x' for 'a += x', or start from np.zeros inside the function",
        )
    if isinstance(kwargs.get("where"), (np.ndarray, Array, torch.Tensor)):
        raise _missing(f"np.{name}(where=...)", "where=")
    function = FORMS.get(name)
    if function is None:
        function = front
        for part in name.split("."):
            function = getattr(function, part, None)
    if not callable(function):
        raise _missing(f"np.{name}", name)
    try:
        return function(*pytree.tree_map(_to_front, args), **pytree.tree_map(_to_front, kwargs))
    except (NotImplementedError, TypeError) as error:
        raise _missing(f"np.{name} with these arguments ({error})", name) from error


def _missing(call: str, name: str) -> ExplorableError:
    fact = f"torch's NumPy has no {call}"
    return ExplorableError("trace", fact, line=current_line(), fix=nearest(name))


def _array_function(
    self: object, func: _Any, types: object, args: _Any, kwargs: dict[str, _Any]
) -> _Any:
    module = str(func.__module__ or "numpy").removeprefix("numpy").removeprefix(".")
    name = f"{module}.{func.__name__}" if module in ("fft", "linalg") else func.__name__
    return _call(name, func, args, kwargs)


def _array_ufunc(self: object, ufunc: _Any, method: str, *inputs: _Any, **kwargs: _Any) -> _Any:
    if method == "__call__":
        arrays = any(isinstance(x, (np.ndarray, Array)) for x in inputs)
        numbers = any(isinstance(x, np.generic) for x in inputs)
        if numbers and not arrays and not kwargs and ufunc.__name__ in _OPERATORS:
            # np.sqrt(2) * w stays PyTorch's, as without us.
            plain = [x.item() if isinstance(x, np.generic) else x for x in inputs]
            return _OPERATORS[ufunc.__name__](*plain)
        return _call(ufunc.__name__, ufunc, inputs, kwargs)
    real = getattr(ufunc, method)
    name = METHODS.get((ufunc.__name__, method), f"{ufunc.__name__}.{method}")
    if name in ("sum", "prod", "max", "min", "all", "any", "cumsum", "cumprod"):
        # NumPy's methods go over the first axis where its functions go over all.
        kwargs.setdefault("axis", 0)
    return _call(name, real, inputs, kwargs)


_OPERATORS: dict[str, Callable[..., _Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "power": operator.pow,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "less": operator.lt,
    "less_equal": operator.le,
    "equal": operator.eq,
    "not_equal": operator.ne,
}

_UFUNCS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "true_divide": np.divide,
    "floor_divide": np.floor_divide,
    "remainder": np.remainder,
    "pow": np.power,
    "matmul": np.matmul,
}
"""By the name of the tensor's method behind an operator."""


class _Operators(TorchFunctionMode):
    """``tensor * array`` is NumPy's as ``array * tensor`` is; torch alone takes the first and
    refuses the second."""

    def __torch_function__(
        self, func: _Any, types: _Any, args: _Any = (), kwargs: _Any = None
    ) -> _Any:
        if len(args) == 2 and isinstance(args[1], (np.ndarray, Array)) and not kwargs:
            name = func.__name__.strip("_")
            if name in _UFUNCS:
                return _UFUNCS[name](args[0], args[1])
        if any(isinstance(given, (Array, list, tuple)) for given in args):
            # A Size would come back as a tuple, which x.new(size) takes for numbers.
            args = pytree.tree_map_only(Array, _tensor_of, args, is_leaf=_is_size)
        return func(*args, **(kwargs or {}))


def _is_size(part: object) -> bool:
    return isinstance(part, torch.Size)


def _torch_function(
    cls: object, func: _Any, types: object, args: _Any = (), kwargs: _Any = None
) -> _Any:
    """Functions of torch's take the tensor that the array holds."""
    given, named = pytree.tree_map_only(Array, _tensor_of, (args, kwargs or {}))
    return func(*given, **named)


def _made(data: _Any, dtype: _Any = None, **_: _Any) -> _Any:
    """``np.array`` of nested lists in which something is live."""

    def build(part: _Any) -> torch.Tensor:
        if isinstance(part, (list, tuple)):
            parts = [build(inner) for inner in cast("Sequence[_Any]", part)]
            kind = parts[0].dtype
            for other in parts[1:]:
                kind = torch.promote_types(kind, other.dtype)
            return torch.stack([inner.to(kind) for inner in parts])
        found = _to_front(part)
        return found.tensor if isinstance(found, Array) else front.asarray(found).tensor

    made = Array(build(data).clone())
    return made if dtype is None else made.astype(dtype)


def _reads(self: _Any, *_: object, **__: object) -> _Any:
    raise ExplorableError(
        "trace",
        "NumPy needs the numbers of an array that the reader moves",
        line=current_line(),
        fix="index a table with np.take(table, index); write into an array made by np.zeros "
        "inside the function; call functions of other libraries outside it",
    )


class _MissingMethodError(ExplorableError, AttributeError):
    """Also an AttributeError, so that hasattr answers."""


def _lacks(self: object, name: str) -> _Any:
    raise _MissingMethodError(
        "trace",
        f"arrays that the reader moves have no .{name}",
        line=current_line(),
        fix=nearest(name),
    )


def _dtype(given: _Any) -> _Any:
    """torch's NumPy knows NumPy's own dtypes by name alone."""
    numpys = isinstance(given, np.dtype) or (
        isinstance(given, type) and given.__module__ == "numpy"
    )
    return _front_dtype(np.dtype(given).name if numpys else given)


_front_dtype = front._dtypes.dtype


def _formatted(self: _Any, form: str) -> str:
    return format(self.tensor, form)


def _author_asks(name: str) -> bool:
    """Whether the call that led here stands in the author's own text as ``np.<name>(...)``.

    Compiled libraries leave no frame and take nothing but NumPy's own arrays: it would end in a
    crash.
    """
    frame = sys._getframe(2)
    return _calls(frame.f_code, frame.f_lasti, name)


@cache
def _calls(code: CodeType, instruction: int, name: str) -> bool:
    if file_owner(code.co_filename) != "author":
        return False
    start, end, column, end_column = next(islice(code.co_positions(), instruction // 2, None))
    if start is None or end is None or column is None or end_column is None:
        return False
    lines = [linecache.getline(code.co_filename, k).encode() for k in range(start, end + 1)]
    lines[-1] = lines[-1][:end_column]
    lines[0] = lines[0][column:]
    try:
        call = ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
    except SyntaxError:
        return False
    return isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == name


def _tracing() -> bool:
    return torch._C._get_dispatch_mode(torch._C._TorchDispatchModeKey.FAKE) is not None


def _maker(name: str) -> Callable[..., _Any]:
    """np.zeros and its like: in a trace an array that may hold what moves."""
    real, traced = getattr(np, name), getattr(front, name)

    def make(*args: _Any, **kwargs: _Any) -> _Any:
        if not _tracing() or not _author_asks(name):
            return real(*args, **kwargs)
        return traced(*pytree.tree_map(_to_front, args), **pytree.tree_map(_to_front, kwargs))

    return make


def _converter(name: str) -> Callable[..., _Any]:
    """np.array and its like: they ask neither protocol."""
    real = getattr(np, name)

    def convert(*args: _Any, **kwargs: _Any) -> _Any:
        live = bool(args) and _any_live(args[0]) and _author_asks(name)
        return _made(*args, **kwargs) if live else real(*args, **kwargs)

    return convert


def _refuser(name: str) -> Callable[..., _Any]:
    real = getattr(np.random, name)

    def refuse(*args: _Any, **kwargs: _Any) -> _Any:
        if importing():
            return real(*args, **kwargs)
        raise ExplorableError(
            "trace",
            f"np.random.{name} draws numbers that no page can draw again",
            line=current_line(),
            fix=f"use {_DRAWS.get(name, 'torch.rand, torch.randn or torch.randint')}, which the "
            "page draws too; np.random.default_rng(0) makes fixed data",
        )

    return refuse


_DRAWS = {
    "seed": "torch.manual_seed",
    "rand": "torch.rand",
    "random": "torch.rand",
    "random_sample": "torch.rand",
    "uniform": "low + (high - low) * torch.rand",
    "randn": "torch.randn",
    "normal": "mean + std * torch.randn",
    "standard_normal": "torch.randn",
    "randint": "torch.randint",
    "choice": "torch.randint, or torch.multinomial with weights,",
    "permutation": "torch.randperm",
    "shuffle": "x[torch.randperm(n)]",
    "exponential": "-torch.log(torch.rand(n))",
}


def _generator(seed: object = None) -> np.random.Generator:
    if (seed is None or _is_live(seed)) and not importing():
        how = "without a seed" if seed is None else "with a seed that the reader moves"
        raise ExplorableError(
            "trace",
            f"np.random.default_rng {how} draws numbers that no page can draw again",
            line=current_line(),
            fix="use torch.randn and torch.manual_seed(seed), which the page draws too",
        )
    return _default_rng(cast("int", seed))


_default_rng = np.random.default_rng
_ACTIVE: list[None] = []


@contextmanager
def numpy_front() -> Generator[None]:
    """Inside, NumPy takes tensors; its global random numbers are refused.

    >>> with numpy_front(): np.stack([np.cos(theta), np.sin(theta)])
    """
    if _ACTIVE:
        yield
        return
    protocols: dict[str, _Any] = {
        "__array_ufunc__": _array_ufunc,
        "__array_function__": _array_function,
    }
    draws = [n for n in dir(np.random) if getattr(getattr(np.random, n), "__self__", None)]
    replaced = {n: _maker(n) for n in ("zeros", "ones", "empty", "full")}
    replaced |= {n: _maker(f"{n}") for n in ("zeros_like", "ones_like", "empty_like", "full_like")}
    replaced |= {n: _converter(n) for n in ("array", "asarray", "asanyarray")}
    _ACTIVE.append(None)
    try:
        with ExitStack() as stack:
            for kind in (torch.Tensor, Array):
                for name, function in protocols.items():
                    stack.enter_context(mock.patch.object(kind, name, function, create=True))
            taken = classmethod(_torch_function)
            stack.enter_context(mock.patch.object(Array, "__torch_function__", taken, create=True))
            stack.enter_context(mock.patch.object(Array, "__array__", _reads, create=True))
            stack.enter_context(mock.patch.object(Array, "__format__", _formatted))
            stack.enter_context(mock.patch.object(Array, "__getattr__", _lacks, create=True))
            stack.enter_context(mock.patch.object(front._dtypes, "dtype", _dtype))
            for name, function in replaced.items():
                stack.enter_context(mock.patch.object(np, name, function))
            for name in draws:
                stack.enter_context(mock.patch.object(np.random, name, _refuser(name)))
            stack.enter_context(mock.patch.object(np.random, "default_rng", _generator))
            stack.enter_context(_Operators())
            yield
    finally:
        _ACTIVE.pop()
