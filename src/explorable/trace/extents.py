"""Sizes that move while a function is traced: bounded symbols for torch, what was asked about them,
and shapes as `Size`. torch's symbols stay in this file."""

# This floor alone may use torch's private names. torch and sympy are only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import operator
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch._decomp import decompositions
from torch._dynamo.source import ConstantSource
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental import _config as symbolic_config
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.utils._sympy.value_ranges import ValueRanges

from ..errors import Line
from ..graphs import Type
from ..sizes import (
    MOST_VALUES,
    Combined,
    Formula,
    Named,
    count_settings,
    evaluate,
    extent,
    formula_of,
    settings,
)
from .lines import current_line, file_owner, frames
from .tensors import DTYPE_OF, dtype_name

Sympy = Any  # its expressions have no types


class NeedsValue(Exception):  # noqa: N818 a question to the caller, not a failure
    """Python needed the value of the moving ints ``names``, at ``line`` if the author's own code
    asked: trace once per value of theirs."""

    def __init__(self, names: frozenset[str], line: Line | None = None) -> None:
        self.names, self.line = names, line
        super().__init__(", ".join(sorted(names)))


@dataclass(frozen=True)
class Moving:
    """An example of an int that moves between bounds: it may be the size of a tensor."""

    low: int
    high: int

    @property
    def hint(self) -> int:
        """The value that torch supposes: large, and no likely extent of anything else."""
        if self.high <= max(self.low, 2):
            return self.high
        odd = self.high - 1 - self.high % 2
        return odd if odd >= max(self.low, 3) else self.high


@dataclass(frozen=True)
class Question:
    """What Python or torch asked about symbols, and the author's line if his own code asked."""

    truth: Sympy
    line: Line | None
    near: Line | None = None
    """The author's line behind it, whoever asked."""


class Environment(ShapeEnv):
    """torch's own, which also keeps who asked."""

    def __init__(self) -> None:
        # Two numbers that happen to be equal are two numbers.
        super().__init__(duck_shape=False)
        self.asked: list[Question] = []

    def _log_guard(self, prefix: str, g: Sympy, forcing_spec: bool) -> None:
        super()._log_guard(prefix, g, forcing_spec)
        self.asked.append(Question(g, _asked_by_author(), current_line()))


_ASKING = {"sym_node.py", "symbolic_shapes.py", "recording.py", "_stats.py", "words.py"}
_ROOT = Path(torch.__file__).resolve().parent


def _asked_by_author() -> Line | None:
    """The author's line, if nothing but torch's symbolic numbers stands between him and us."""
    for frame in frames(sys._getframe(2)):
        file = frame.f_code.co_filename
        path = Path(file)
        if path.name in _ASKING or path == _ROOT / "__init__.py" or not path.is_absolute():
            continue
        return current_line() if file_owner(file) == "author" else None
    return None


@dataclass
class Symbols:
    """The moving ints of one trace: torch's symbols for them and back."""

    environment: Environment = field(default_factory=Environment)
    names: dict[str, str] = field(default_factory=dict[str, str])
    """symbol -> input"""
    bounded: dict[str, Named] = field(default_factory=dict[str, Named])
    """symbol -> number, of those that may be sizes"""
    given: dict[str, torch.SymInt] = field(default_factory=dict[str, torch.SymInt])
    """input -> its symbolic int"""

    def integer(self, name: str, example: int | Moving) -> torch.SymInt:
        """The symbolic int that a function receives for the input ``name``."""
        source = ConstantSource(f"input_{name}")
        hint = example.hint if isinstance(example, Moving) else example
        symbol: Sympy = self.environment.create_unspecified_symbol(hint, source)
        self.names[str(symbol)] = name
        if isinstance(example, Moving):
            self.environment.var_to_range[symbol] = ValueRanges(example.low, example.high)
            self.bounded[str(symbol)] = Named(name, example.low, example.high)
        made = self.environment.create_symintnode(symbol, hint=hint, source=source)
        self.given[name] = made  # pyright: ignore[reportArgumentType] a SymInt, unless it is known
        return self.given[name]

    def tensor(self, kind: Type, mode: FakeTensorMode) -> torch.Tensor:
        """A fake tensor of this type; the numbers that its extents follow are given already."""
        shape = [evaluate(formula_of(e), self.given, _SYMBOLIC) for e in kind.shape]
        with mode:
            return torch.empty(shape, dtype=DTYPE_OF[kind.dtype])

    def type(self, tensor: torch.Tensor) -> Type:
        """The type of a traced tensor, moving extents as `Size`."""
        return Type(tuple(map(self._extent, tensor.shape)), dtype_name(tensor.dtype))

    def _extent(self, size: int | torch.SymInt) -> int:
        if isinstance(size, int):
            return size
        expression = size.node.expr
        if expression.is_number:
            return int(expression)
        return extent(self._formula(expression))

    def _formula(self, expression: Sympy) -> Formula:
        if expression.is_Integer:
            return int(expression)
        if expression.is_Symbol:
            if str(expression) in self.bounded:
                return self.bounded[str(expression)]
            raise NeedsValue(frozenset({self.names[str(expression)]}))
        op = _OPERATIONS.get(type(expression).__name__)
        if op == "pow" and expression.exp.is_Integer and 1 < expression.exp <= 4:
            base = self._formula(expression.base)
            return Combined("mul", (base,) * int(expression.exp))
        if op is None or op == "pow":
            raise NeedsValue(self.names_of([expression]))
        return Combined(op, tuple(map(self._formula, expression.args)))

    def names_of(self, expressions: Iterable[Sympy]) -> frozenset[str]:
        """The inputs that expressions ask about."""
        found: set[str] = set()
        for expression in expressions:
            symbols = map(str, expression.free_symbols)
            found |= {self.names[symbol] for symbol in symbols if symbol in self.names}
        return frozenset(found)

    def check(self) -> None:
        """Raises NeedsValue if an answer that was given while tracing is wrong at other sizes."""
        fixed = self.names_of(self.environment.replacements)
        if fixed:
            asked = [q for q in self.environment.asked if self.names_of([q.truth]) & fixed]
            lines = [*(q.line for q in asked), *(q.near for q in asked)]
            raise NeedsValue(fixed, next(filter(None, lines), None))
        later = [
            Question(assertion.expr, None)
            for assertions in self.environment.deferred_runtime_asserts.values()
            for assertion in assertions
        ]
        known = {str(q.truth): q for q in self.environment.asked}
        guards = [known.get(str(g.expr), Question(g.expr, None)) for g in self.environment.guards]
        for question in [*guards, *later]:
            if not self._holds(question):
                raise NeedsValue(self.names_of([question.truth]), question.line or question.near)

    def _holds(self, question: Question) -> bool:
        """Whether it is true at every setting, or but for a question of torch's own at 0 or 1.

        torch asks whether tensors are empty or of one element for the sake of memory: contiguous,
        a view or a copy. A Graph knows no memory; should it matter still, verification, which
        always tries the least sizes, finds it.
        """
        symbols = [s for s in question.truth.free_symbols if str(s) in self.names]
        if not symbols:
            return True
        if len(symbols) < len(question.truth.free_symbols):
            return False
        if any(str(s) not in self.bounded for s in symbols):
            return False
        numbers = [self.bounded[str(s)] for s in symbols]
        if count_settings(numbers) > MOST_VALUES:
            return False
        for setting in settings(numbers):
            at = {s: setting[n.name] for s, n in zip(symbols, numbers, strict=True)}
            if _is_true(question.truth, at):
                continue
            if question.line is not None or min(at.values()) > 1:
                return False
        return True


def most(size: int | torch.SymInt) -> int:
    """The largest that an extent can be."""
    if isinstance(size, int):
        return size
    return int(size.node.shape_env.bound_sympy(size.node.expr).upper)


def _is_true(truth: Sympy, values: Mapping[Sympy, int]) -> bool:
    import sympy  # pyright: ignore[reportMissingTypeStubs] torch has loaded it long before

    try:
        at = {symbol: sympy.Integer(value) for symbol, value in values.items()}
        return bool(truth.xreplace(at))
    except ZeroDivisionError:
        return False


_OPERATIONS = {
    "Add": "add", "Mul": "mul", "FloorDiv": "floordiv", "CleanDiv": "floordiv", "Mod": "mod",
    "PythonMod": "mod", "Min": "min", "Max": "max", "Pow": "pow",
}  # fmt: skip
_SYMBOLIC = {
    "add": operator.add, "mul": operator.mul, "floordiv": operator.floordiv,
    "mod": operator.mod, "min": torch.sym_min, "max": torch.sym_max,
}  # fmt: skip


@contextmanager
def sizes_move(moving: bool) -> Generator[None]:
    """torch takes a size that moves for none of the special ones, 0 and 1, without asking; its
    softmax would append a column lest rows be empty, but our maximum of nothing is -inf."""
    with ExitStack() as stack:
        if moving:
            stack.enter_context(symbolic_config.patch(backed_size_oblivious=True))  # pyright: ignore
            stack.enter_context(mock.patch.object(decompositions, _SAFE_MAXIMUM, _maximum))
        yield


_SAFE_MAXIMUM = "_softmax_unbacked_safe_amax"


def _maximum(x: torch.Tensor, dim: int) -> torch.Tensor:
    return torch.amax(x, dim, keepdim=True)
