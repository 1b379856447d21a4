"""The control with two ends: a record, and what a reader may set it to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .controls import Control, Scale, check_range, finite_number
from .source import calling_line, mistake


@dataclass(frozen=True, eq=False, kw_only=True)
class Range(Control):
    """Two numbers of one range, the first never above the second."""

    low: float
    high: float
    value: tuple[float, float]
    step: float | None = None
    scale: Scale = "linear"
    unit: str | None = None


def range(
    low: float,
    high: float,
    value: tuple[float, float] | None = None,
    *,
    step: float | None = None,
    scale: Scale = "linear",
    label: str | None = None,
    unit: str | None = None,
) -> Any:  # it stands where a tensor will: a default argument of the author's function
    """A part of a range, by its two ends; arrives as a float32 tensor ``(2,)``, the lower first.

    >>> ex.range(0, 10, value=(2, 5), unit="s")
    >>> ex.range(20, 20_000, scale="log", unit="Hz")    # value: all of it

    low, high: the whole range, in ``unit``. step: the reader's grid, from low. In Python,
    ``figure(name=(2, 5))``; an end outside, or ends the wrong way round, are an error.
    """
    low, high = check_range("range", low, high, step, scale)
    ends = (low, high) if value is None else pair("value", value)
    if not low <= ends[0] <= ends[1] <= high:
        raise mistake(
            f"the range's value is two ends within {low:g} to {high:g}, the lower first, "
            f"got {ends[0]:g} and {ends[1]:g}"
        )
    return Range(
        low=low, high=high, value=ends, step=step, scale=scale,
        label=label, unit=unit, line=calling_line(),
    )  # fmt: skip


def pair(name: str, given: Any) -> tuple[float, float]:
    """Two finite numbers."""
    try:
        first, second = given
    except (TypeError, ValueError):
        raise mistake(f"{name} is two numbers (from, to), got {given!r}") from None
    return finite_number(name, first), finite_number(name, second)
