"""Python values inside a traced function: what torch's own tracer refuses though every author
writes it."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.fx.experimental.proxy_tensor import get_proxy_mode
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.weak import WeakIdKeyDictionary

from ..errors import ExplorableError
from .constants import changes_constant, find_label
from .forms.checks import passing
from .forms.forms import FORMS
from .forms.indexing import Places, is_traced
from .lines import current_line
from .rolling.replay import Replays


class _PythonForms(TorchFunctionMode):
    """``torch.tensor([[cos(t), -sin(t)], ...])`` of traced tensors becomes ``stack``, ``x[k]``
    with a moving ``k`` becomes ``index_select``."""

    def __init__(self, values: _KnownValues) -> None:
        super().__init__()
        self._places = Places()
        self._values = values

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        kwargs = kwargs or {}
        if func in FORMS:
            return FORMS[func](*args, **kwargs)
        if func in (torch.tensor, torch.as_tensor, torch.asarray) and args and _is_live(args[0]):
            return _stack(args[0], kwargs.get("dtype"))
        if func in (torch.Tensor.__getitem__, torch.Tensor.__setitem__):
            index = args[1] if isinstance(args[1], tuple) else (args[1],)
            if self._places.handles(index):
                return self._places.at(args[0], index, *args[2:])
            if any(map(self._is_known_mask, index)):
                args = (args[0], tuple(self._without_masks(index)), *args[2:])
        if func is torch.Tensor.__deepcopy__:
            return _copied(*args)
        if func == _SET_DATA:  # made anew at every access
            return _exchange(*args)
        if func is torch.linspace and _steps_move(*args, **kwargs):
            if (kwargs.get("dtype") or torch.get_default_dtype()).is_floating_point:
                return _linspace(*args, **kwargs)
        if getattr(func, "__name__", "") in _LOGICAL:
            args = tuple(map(_as_truth, args))
        result = func(*args, **kwargs)
        self._places.note(func, args, result)
        return result

    def _is_known_mask(self, item: object) -> bool:
        """``x[train]`` of a closed-over mask picks as many rows whatever ``x`` holds."""
        if not isinstance(item, torch.Tensor) or item.dtype != torch.bool or not item.ndim:
            return False
        return self._values.knows(item) and (isinstance(item, FakeTensor) or not is_traced(item))

    def _without_masks(self, index: Sequence[object]) -> Iterator[object]:
        for item in index:
            if isinstance(item, torch.Tensor) and self._is_known_mask(item):
                yield from item.nonzero(as_tuple=True)
            else:
                yield item


_LOGICAL = {"__and__", "__or__", "__xor__", "bitwise_and", "bitwise_or", "bitwise_xor"}


def _as_truth(value: object) -> object:
    """``(theta > 0) & (n > 3)``: torch would ask whether a moving number is above 3."""
    moves = isinstance(value, torch.SymBool)
    return torch.scalar_tensor(cast("bool", value), dtype=torch.bool) if moves else value


_SET_DATA = torch.Tensor.data.__set__  # pyright: ignore[reportAttributeAccessIssue] a descriptor


def _exchange(x: torch.Tensor, data: torch.Tensor) -> None:
    """``x.data = data``: torch exchanges what lies below ``x``; so must what the tracer knows of
    it, or ``x`` would keep its old values without a word."""
    if not isinstance(x, FakeTensor):
        raise changes_constant(find_label(x), current_line())
    if x.shape != data.shape:
        raise ExplorableError(
            "trace",
            f"x.data = y changes the shape of x from {tuple(x.shape)} to {tuple(data.shape)}",
            line=current_line(),
            fix="make a new tensor",
        )
    data = data.detach() if isinstance(data, FakeTensor) else data.clone()
    _SET_DATA(x, data)
    tracer = get_proxy_mode()
    if tracer is not None:
        known = tracer.tracer.tensor_tracker
        known[x] = known[data]


def _copied(x: torch.Tensor, memo: dict[int, object]) -> object:
    """torch copies the storage, which a traced tensor has none of."""
    if id(x) not in memo:
        if not x.is_leaf:
            raise RuntimeError("only tensors without a history can be copied by copy.deepcopy")
        copied = memo[id(x)] = x.detach().clone().requires_grad_(x.requires_grad)
        if x.grad is not None:
            copied.grad = x.grad.clone()
    return memo[id(x)]


def _steps_move(start: object, end: object, steps: object = 0, **_: object) -> bool:
    return isinstance(steps, torch.SymInt)


def _linspace(
    start: Any, end: Any, steps: Any, *, dtype: torch.dtype | None = None, **_: Any
) -> torch.Tensor:
    """torch's takes its steps apart one by one; rounded as torch rounds it: from the start in the
    first half, from the end in the second."""
    dtype = dtype or torch.get_default_dtype()
    low, high = _number(start, dtype), _number(end, dtype)
    step: torch.Tensor = (high - low) / torch.sym_max(steps - 1, 1)
    place = torch.arange(steps)
    early: torch.Tensor = low + step * place
    late: torch.Tensor = high - step * (steps - 1 - place)
    # A single step is the start.
    half = torch.sym_max(steps // 2, 2 - steps)
    return torch.where(place < half, early, late)


def _number(value: Any, dtype: torch.dtype) -> torch.Tensor:  # Any: a number, or one that moves
    # full, not tensor: a literal would become a constant of the bundle.
    given = isinstance(value, torch.Tensor)
    return value.to(dtype) if given else torch.full((), value, dtype=dtype)


def _leaves(data: object) -> Iterator[object]:
    if isinstance(data, (list, tuple)):
        for part in cast(Sequence[object], data):
            yield from _leaves(part)
    else:
        yield data


def _is_live(data: object) -> bool:
    moving = (FakeTensor, torch.SymInt, torch.SymFloat, torch.SymBool)
    if isinstance(data, FakeTensor):
        return False
    return any(isinstance(leaf, moving) for leaf in _leaves(data))


def _dtype(leaf: object) -> torch.dtype:
    if isinstance(leaf, torch.Tensor):
        return leaf.dtype
    if isinstance(leaf, (bool, torch.SymBool)):
        return torch.bool
    if isinstance(leaf, (int, torch.SymInt)):
        return torch.int64
    if isinstance(leaf, complex):
        return torch.complex64
    return torch.get_default_dtype()


def _stack(data: object, dtype: torch.dtype | None) -> torch.Tensor:
    if dtype is None:
        found = [_dtype(leaf) for leaf in _leaves(data)]
        dtype = found[0]
        for other in found[1:]:
            dtype = torch.promote_types(dtype, other)

    def build(part: object) -> torch.Tensor:
        if isinstance(part, (list, tuple)):
            return torch.stack([build(p) for p in cast(Sequence[object], part)])
        if isinstance(part, torch.Tensor):
            # torch.tensor copies values, never history.
            return part.detach().to(dtype)
        return torch.scalar_tensor(cast(float, part), dtype=dtype)

    return build(data)


def _refuse_writes(func: Any, args: Any, kwargs: Any) -> None:
    """A real tensor here is the author's own, and fake mode would really write to it."""
    for k, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            given = args[k] if k < len(args) else kwargs.get(argument.name)
            for tensor in tree_leaves(given):
                if isinstance(tensor, torch.Tensor) and not isinstance(tensor, FakeTensor):
                    raise changes_constant(find_label(tensor), current_line())


_LARGEST_KNOWN = 1 << 16
"""Elements of a tensor whose values are computed beside the trace, in case Python asks for them."""


class _KnownValues(TorchDispatchMode):
    """What follows from closed-over tensors and literals alone has values while tracing: so
    ``float(data.std())``, ``if mask.any()`` and ``for angle in torch.linspace(...)`` work as in
    eager."""

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # as in draws/random.py

    def __init__(self) -> None:
        super().__init__()
        self.known = WeakIdKeyDictionary()
        self.replays = Replays()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        kwargs = kwargs or {}
        if not isinstance(func, torch._ops.OpOverload) or func.namespace == "prim":
            return func(*args, **kwargs)
        if func is torch.ops.aten._efficientzerotensor.default:
            # No tangent: under vmap, fake tensors lose their device in torch's shortcut for it.
            func = torch.ops.aten.zeros.default
        if func._schema.is_mutable:
            _refuse_writes(func, args, kwargs)
            # A view of what is written may be known as well.
            self.known.clear()
            return self.replays.call(func, args, kwargs)
        seeded = torch.Tag.nondeterministic_seeded in func.tags
        if seeded or not (self.knows_all(args) and self.knows_all(kwargs.values())):
            return self.replays.call(func, args, kwargs)
        asked = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape} & set(func.tags)
        if asked:
            return self._computed(func, args, kwargs)
        result = func(*args, **kwargs)
        made = [t for t in tree_leaves(result) if isinstance(t, torch.Tensor)]
        if made and sum(t.numel() for t in made) <= _LARGEST_KNOWN:
            values = tree_leaves(self._computed(func, args, kwargs))
            tensors = [t for t in values if isinstance(t, torch.Tensor)]
            for tensor, value in zip(made, tensors, strict=True):
                self.known[tensor] = value
        return result

    def knows_all(self, parts: Iterable[object]) -> bool:
        """Of arguments and lists of them; the first that is unknown ends the question."""
        for part in parts:
            known = self.knows_all(part) if isinstance(part, (list, tuple)) else self.knows(part)
            if not known:
                return False
        return True

    def knows(self, value: object) -> bool:
        if isinstance(value, FakeTensor):
            return value in self.known
        return not isinstance(value, (torch.SymInt, torch.SymFloat, torch.SymBool))

    def _computed(self, func: Any, args: Any, kwargs: Any) -> Any:
        def real(value: Any) -> Any:
            return self.known.get(value, value) if isinstance(value, FakeTensor) else value

        # Private, and what torch itself does to compute a constant while it traces.
        with _disable_current_modes(), torch.no_grad():
            return func(*tree_map(real, args), **tree_map(real, kwargs))


@contextmanager
def python_values() -> Generator[None]:
    """Inside, lists of traced numbers become tensors, and known tensors have values."""
    # A mode would not do: torch leaves it for the inside of its own functions in Python.
    truth = mock.patch.object(torch.Tensor, "__bool__", _truth)
    values = _KnownValues()
    with _PythonForms(values), values, truth:
        yield


_own_truth = cast("Callable[[torch.Tensor], bool]", torch.Tensor.__bool__)


def _truth(x: torch.Tensor) -> bool:
    """The frame that asks is our caller: torch's own methods are C and leave none."""
    passed = passing(sys._getframe(1)) if is_traced(x) else None
    return _own_truth(x) if passed is None else passed
