"""Sizes: extents of tensors that move with a control, as integers with bounds. Made by trace/ from
what torch knows of a shape; compiler/ lays memory out at the bound and loops up to the size."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, TypeAlias

MOST_VALUES = 1 << 12
"""Formulas with up to this many settings are known by their values, others by their form."""


@dataclass(frozen=True)
class Named:
    """The number that a page holds at the place ``name``, between ``low`` and ``high``."""

    name: str
    low: int
    high: int


@dataclass(frozen=True)
class Combined:
    """``op`` (add, mul, floordiv, mod, min, max) of the arguments."""

    op: str
    args: tuple[Formula, ...]


Formula: TypeAlias = "Named | Combined | int"

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {  # Any: int, or torch's symbolic ints
    "add": operator.add,
    "mul": operator.mul,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "min": min,
    "max": max,
}
_SIGNS = {"add": " + ", "mul": "*", "floordiv": "//", "mod": "%"}


def show(formula: Formula) -> str:
    """The formula as Python writes it: ``2*control:n + 1``."""
    if isinstance(formula, int):
        return str(formula)
    if isinstance(formula, Named):
        return formula.name
    shown = [show(argument) for argument in formula.args]
    if formula.op in ("min", "max"):
        return f"{formula.op}({', '.join(shown)})"
    text = _SIGNS[formula.op].join(shown)
    return text if formula.op == "mul" else f"({text})"


def evaluate(
    formula: Formula,
    values: Mapping[str, Any],
    operations: Mapping[str, Callable[[Any, Any], Any]] = OPERATIONS,
) -> Any:
    """The formula's value where its names have ``values``: ints, or what ``operations`` take."""
    if isinstance(formula, int):
        return formula
    if isinstance(formula, Named):
        return values[formula.name]
    first, *rest = (evaluate(argument, values, operations) for argument in formula.args)
    for other in rest:
        first = operations[formula.op](first, other)
    return first


@cache
def names(formula: Formula) -> frozenset[Named]:
    """The numbers a formula is made of."""
    if isinstance(formula, int):
        return frozenset()
    if isinstance(formula, Named):
        return frozenset({formula})
    return frozenset().union(*map(names, formula.args))


def settings(numbers: Sequence[Named]) -> Iterator[dict[str, int]]:
    """Every setting of some numbers."""
    ranges = [range(number.low, number.high + 1) for number in numbers]
    for values in product(*ranges):
        yield {number.name: value for number, value in zip(numbers, values, strict=True)}


def count_settings(numbers: Sequence[Named]) -> int:
    """How many settings some numbers have."""
    count = 1
    for number in numbers:
        count *= number.high - number.low + 1
    return count


@cache
def values_of(formula: Formula) -> tuple[int, ...] | None:
    """The formula's value at every setting of its names, in order; None if those are too many."""
    numbers = sorted(names(formula), key=lambda number: number.name)
    if count_settings(numbers) > MOST_VALUES:
        return None
    return tuple(_value(formula, setting) for setting in settings(numbers))


def _value(formula: Formula, setting: Mapping[str, int]) -> int:
    try:
        return evaluate(formula, setting)
    except ZeroDivisionError:
        # torch refuses to make such a tensor, so no page ever shows one.
        return 0


@cache
def bounds(formula: Formula) -> tuple[int, int]:
    """The least and the greatest value."""
    if isinstance(formula, int):
        return formula, formula
    if isinstance(formula, Named):
        return formula.low, formula.high
    known = values_of(formula)
    if known is not None:
        return min(known), max(known)
    low, high = bounds(formula.args[0])
    for other in map(bounds, formula.args[1:]):
        low, high = _span(formula.op, (low, high), other)
    return low, high


def _span(op: str, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    if op == "mod":
        return 0, max(other[1] - 1, 0)
    if op == "floordiv":
        other = max(other[0], 1), max(other[1], 1)
    corners = [OPERATIONS[op](a, b) for a in one for b in other]
    return min(corners), max(corners)


class Size(int):
    """An extent that moves. As an int it is its upper bound, so that memory is laid out for the
    largest tensor and every index is found by strides that stay; ``formula`` says what it is.

    Two are equal if they are the same number at every setting, and none equals an int. Arithmetic
    gives plain ints, bounds: ``times`` and ``plus`` keep the formula.
    """

    formula: Formula

    def __new__(cls, formula: Formula) -> Size:
        made = super().__new__(cls, max(bounds(formula)[1], 1))
        made.formula = formula
        return made

    def __getnewargs__(self) -> tuple[Formula]:  # pyright: ignore[reportIncompatibleMethodOverride] it is made of a formula, an int of its value
        return (self.formula,)

    def _key(self) -> tuple[object, ...]:
        known = values_of(self.formula)
        return (names(self.formula), known) if known is not None else (self.formula,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Size) and (
            self.formula == other.formula or self._key() == other._key()
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((names(self.formula), int(self)))

    def __str__(self) -> str:
        return f"{show(self.formula)}<={int(self)}"

    __repr__ = __str__


def extent(formula: Formula) -> int:
    """The formula as an extent: a plain int where it always has the same value."""
    low, high = bounds(formula)
    return low if low == high else Size(formula)


def formula_of(number: int) -> Formula:
    """What an extent is: a formula if it moves, else itself."""
    return number.formula if isinstance(number, Size) else number


def times(one: int, other: int) -> int:
    """The product of two extents, moving if one of them moves."""
    return _combined("mul", one, other)


def plus(one: int, other: int) -> int:
    """The sum of two extents, moving if one of them moves."""
    return _combined("add", one, other)


def _combined(op: str, one: int, other: int) -> int:
    if not isinstance(one, Size) and not isinstance(other, Size):
        return OPERATIONS[op](one, other)
    return extent(Combined(op, (formula_of(one), formula_of(other))))


def divides(step: int, number: int) -> bool:
    """Whether an extent is a multiple of ``step``, whatever it is now."""
    if not isinstance(number, Size):
        return number % step == 0
    known = values_of(number.formula)
    return known is not None and all(value % step == 0 for value in known)


def moves(shape: Sequence[int]) -> bool:
    """Whether some extent of the shape moves."""
    return any(isinstance(number, Size) for number in shape)


def now(shape: Sequence[int], values: Mapping[str, int]) -> tuple[int, ...]:
    """The shape at these values of its names."""
    return tuple(evaluate(formula_of(number), values) for number in shape)
