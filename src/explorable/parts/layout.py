"""Plots, rows and columns: how marks stand together."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from ..errors import Line
from .marks import Mark, _range  # pyright: ignore[reportPrivateUsage]  (same floor, same checks)
from .source import calling_line, mistake, one_of

PICTURES = ("heatmap", "image", "matrix", "board")
SCALES = ("linear", "log", "symlog")
UNITS = {"second": 1e3, "minute": 6e4, "hour": 3.6e6, "day": 8.64e7, "week": 6.048e8}


@dataclass(frozen=True)
class Dates:
    """An axis of time: what 0 stands for, and one; milliseconds of the epoch."""

    start: float
    unit: float


@dataclass(frozen=True, eq=False)
class Space:
    """What a plot in three dimensions has besides: the third range, where it is seen from, and the
    names of its axes."""

    z: tuple[float, float] | None
    view: tuple[float, float]
    names: tuple[str | None, str | None, str | None]


@dataclass(frozen=True, eq=False)
class Plot:
    """Marks over one pair of axes."""

    marks: tuple[Mark, ...]
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    x_scale: str = "linear"
    y_scale: str = "linear"
    aspect: Literal["equal"] | float | None = None
    title: str | None = None
    legend: bool | None = None
    x_label: str | None = None
    y_label: str | None = None
    x_names: tuple[str, ...] | None = None
    y_names: tuple[str, ...] | None = None
    x_dates: Dates | None = None
    axes: bool = True
    hover: bool = False
    zoom: bool | Literal["x", "y"] = False
    space: Space | None = None
    line: Line | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Row:
    children: tuple[Any, ...]  # Plot, Row or Column


@dataclass(frozen=True, eq=False)
class Column:
    children: tuple[Any, ...]  # Plot, Row or Column


@dataclass(frozen=True, eq=False)
class Grid:
    """Small multiples: plots in rows of at most ``columns``."""

    children: tuple[Plot, ...]
    columns: int
    shared: bool


Layout = Plot | Row | Column | Grid


def dates(start: str | date, unit: str = "day") -> Dates:
    """A scale of time for ``ex.plot(x_scale=)``: x counts days (or hours...) since ``start``.

    >>> ex.plot(ex.curve(cases), x_scale=ex.dates("2020-03-01"))
    >>> ex.plot(ex.curve(load), x_scale=ex.dates("2026-01-01T06:00", unit="hour"))

    start: a date or a time, ISO 8601, taken as UTC where it names no zone. unit: "second",
    "minute", "hour", "day" or "week". Ticks are whole hours, days, months, years of UTC.
    """
    if unit not in UNITS:
        raise mistake(one_of("unit", unit, list(UNITS)))
    try:
        began = datetime.fromisoformat(start if isinstance(start, str) else start.isoformat())
    except (AttributeError, ValueError):
        raise mistake(f"start is a date, such as '2026-01-31', got {start!r}") from None
    return Dates(
        (began if began.tzinfo else began.replace(tzinfo=UTC)).timestamp() * 1e3, UNITS[unit]
    )


def plot(
    *marks: Mark,
    x: tuple[float, float] | Sequence[str] | None = None,
    y: tuple[float, float] | Sequence[str] | None = None,
    x_scale: Literal["linear", "log", "symlog"] | Dates = "linear",
    y_scale: Literal["linear", "log", "symlog"] = "linear",
    aspect: Literal["equal"] | float | None = None,
    title: str | None = None,
    legend: bool | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    axes: bool = True,
    hover: bool = False,
    zoom: bool | Literal["x", "y"] = False,
) -> Plot:
    """Marks over one pair of axes.

    >>> ex.plot(ex.curve(arc), ex.arrow(z), x=(-2, 2), aspect="equal", title=f"θ = {theta:.2f}")
    >>> ex.plot(ex.scatter(gradient), y_scale="symlog", x_label="layer")
    >>> ex.plot(ex.curve(load), x_scale=ex.dates("2026-01-01", unit="hour"))
    >>> ex.plot(ex.scatter(group, height), x=["treated", "control"])

    x, y: fixed ranges in data units, or a list of names for the places 0, 1, 2...; None: the
    smallest round range that has held all data since reset. x_scale, y_scale: "linear", "log" or
    "symlog" (a logarithm on both sides of zero, straight between -1 and 1); x_scale also
    ``ex.dates``. aspect: "equal" (one unit is as long on both axes), a ratio width / height, or
    None. title, x_label, y_label: texts over the plot, under its x axis and over its y axis; each
    may be a live f-string. legend: None shows one when two marks have names. axes: False leaves out
    the grid and the numbers, and units are equal.

    hover: the reader sees the exact values of the curve's point, dot, bar or cell nearest to the
    pointer or finger, and walks from one to the next by the arrow keys. zoom: the wheel with
    control, two fingers, and the keys + and - look closer; a drag or shift with the arrows moves;
    a double click or 0 shows all again. zoom="x" or "y" leaves the other axis as it is.
    """
    for mark in marks:
        if not isinstance(mark, Mark):
            raise mistake(f"plot takes marks, got {described(mark)}", fix=_nearest(mark))
    times = x_scale if isinstance(x_scale, Dates) else None
    scales = "linear" if isinstance(x_scale, Dates) else x_scale, y_scale
    for name, scale in zip(("x_scale", "y_scale"), scales, strict=True):
        if isinstance(scale, Dates):
            raise mistake("time runs along x: give ex.dates to x_scale")
        if scale not in SCALES:
            raise mistake(one_of(name, scale, list(SCALES)))
    if not (
        aspect is None or aspect == "equal" or (isinstance(aspect, (int, float)) and aspect > 0)
    ):
        raise mistake(
            f'aspect is "equal", a positive ratio width / height, or None, got {aspect!r}'
        )
    for name, text in (("title", title), ("x_label", x_label), ("y_label", y_label)):
        if text is not None and not isinstance(text, str):
            raise mistake(f"{name} is a string, got {described(text)}")
    if not isinstance(axes, bool):
        raise mistake(f"axes is True or False, got {described(axes)}")
    if zoom not in (True, False, "x", "y"):
        raise mistake(f'zoom is True, False, "x" or "y", got {zoom!r}')
    if zoom and any(mark.kind in PICTURES and "x" not in mark.options for mark in marks):
        raise mistake(
            "cells alone have no axes to zoom; give the mark x= and y=, or leave zoom= out"
        )
    names = _names("x", x, scales[0], times), _names("y", y, scales[1], None)
    ranges = [
        _range(name, given) if words is None else (-0.5, len(words) - 0.5)
        for name, given, words in zip("xy", (x, y), names, strict=True)
    ]
    for name, scale, held in zip("xy", scales, ranges, strict=True):
        if scale == "log" and held and held[0] <= 0:
            raise mistake(f"a log axis needs {name} > 0, got {name}={held}")
    return Plot(
        marks, ranges[0], ranges[1], *scales, aspect, title, legend, x_label, y_label,
        x_names=names[0], y_names=names[1], x_dates=times, axes=axes, hover=hover, zoom=zoom,
        line=calling_line(),
    )  # fmt: skip


def _names(axis: str, given: Any, scale: str, times: Dates | None) -> tuple[str, ...] | None:
    """The names on an axis, where it has some instead of a range."""
    if not isinstance(given, (list, tuple)) or not given:
        return None
    listed = tuple(cast("Sequence[Any]", given))
    if not all(isinstance(name, str) for name in listed):
        return None
    if scale != "linear" or times:
        raise mistake(f"an axis of names has no scale; leave {axis}_scale= out")
    return listed


def row(*children: Mark | Layout) -> Row:
    """Plots side by side (one under the other on a narrow page)."""
    return Row(tuple(as_layout(child, "row") for child in children))


def column(*children: Mark | Layout) -> Column:
    """Plots one under the other."""
    return Column(tuple(as_layout(child, "column") for child in children))


def grid(plots: Sequence[Mark | Plot], *, columns: int = 3, shared: bool = True) -> Grid:
    """Small multiples: plots of one size, in rows; fewer columns on a narrow page.

    >>> ex.grid([ex.plot(ex.curve(wave(k)), title=f"k = {k}") for k in range(1, 7)])

    shared: all have the same range of x and of y, and the numbers stand beside the first of a row
    and under the last of a column only. A range that plots are given themselves is kept.
    """
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise mistake(f"columns is a whole number from 1 on, got {columns!r}")
    if not isinstance(plots, (list, tuple)) or not plots:
        raise mistake(f"grid takes a list of plots, got {described(plots)}")
    children = tuple(as_layout(plot, "grid") for plot in plots)
    if any(not isinstance(child, Plot) for child in children):
        raise mistake("grid takes plots and marks; put rows and columns around it, not into it")
    return Grid(cast("tuple[Plot, ...]", children), columns, shared)


def as_layout(given: Any, taker: str) -> Layout:
    """A plot, row or column; a mark alone becomes a plot."""
    if isinstance(given, Mark):
        return Plot((given,), line=given.line)
    if isinstance(given, (Plot, Row, Column, Grid)):
        return given
    verb = "returns" if taker == "a figure" else "takes"
    raise mistake(f"{taker} {verb} marks or plots, got {described(given)}", fix=_nearest(given))


def described(given: Any) -> str:
    """``Tensor (64,)``, ``None``, ``Figure``: what stood where a mark belongs."""
    if given is None:
        return "None"
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple):
        # While it is traced, a tensor is one of torch's fakes.
        name = type(given).__name__.removeprefix("Fake")
        return f"{name} {tuple(shape)}"  # pyright: ignore[reportUnknownArgumentType]  (only shown)
    return type(given).__name__


def _nearest(given: Any) -> str:
    rank = len(getattr(given, "shape", ()))
    if isinstance(getattr(given, "shape", None), tuple) and rank:
        kind = "curve" if rank == 1 or given.shape[-1] == 2 else "heatmap"
        return f"ex.{kind}(...) draws it"
    return ""


__all__ = [
    "Column",
    "Dates",
    "Layout",
    "Plot",
    "Row",
    "as_layout",
    "column",
    "dates",
    "described",
    "plot",
    "row",
]
