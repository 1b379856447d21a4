"""Plots, rows and columns: how marks stand together."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import Line
from .marks import Mark, _range  # pyright: ignore[reportPrivateUsage]  (same floor, same checks)
from .source import calling_line, mistake, one_of


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
    line: Line | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Row:
    children: tuple[Any, ...]  # Plot, Row or Column


@dataclass(frozen=True, eq=False)
class Column:
    children: tuple[Any, ...]  # Plot, Row or Column


Layout = Plot | Row | Column


def plot(
    *marks: Mark,
    x: tuple[float, float] | None = None,
    y: tuple[float, float] | None = None,
    x_scale: Literal["linear", "log"] = "linear",
    y_scale: Literal["linear", "log"] = "linear",
    aspect: Literal["equal"] | float | None = None,
    title: str | None = None,
    legend: bool | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
) -> Plot:
    """Marks over one pair of axes.

    >>> ex.plot(ex.curve(arc), ex.arrow(z), x=(-2, 2), aspect="equal", title=f"θ = {theta:.2f}")

    x, y: fixed ranges in data units; None: the smallest round range that has held all data since
    reset. aspect: "equal" (one unit is as long on both axes), a ratio width / height, or None.
    title, x_label, y_label: texts over the plot, under its x axis and over its y axis; each may be
    a live f-string. legend: None shows one when two marks have names.
    """
    for mark in marks:
        if not isinstance(mark, Mark):
            raise mistake(f"plot takes marks, got {described(mark)}", fix=_nearest(mark))
    for name, scale in (("x_scale", x_scale), ("y_scale", y_scale)):
        if scale not in ("linear", "log"):
            raise mistake(one_of(name, scale, ["linear", "log"]))
    if not (
        aspect is None or aspect == "equal" or (isinstance(aspect, (int, float)) and aspect > 0)
    ):
        raise mistake(
            f'aspect is "equal", a positive ratio width / height, or None, got {aspect!r}'
        )
    for name, text in (("title", title), ("x_label", x_label), ("y_label", y_label)):
        if text is not None and not isinstance(text, str):
            raise mistake(f"{name} is a string, got {described(text)}")
    ranges = _range("x", x), _range("y", y)
    for name, scale, held in (("x", x_scale, ranges[0]), ("y", y_scale, ranges[1])):
        if scale == "log" and held and held[0] <= 0:
            raise mistake(f"a log axis needs {name} > 0, got {name}={held}")
    return Plot(
        marks, *ranges, x_scale, y_scale, aspect, title, legend, x_label, y_label, calling_line()
    )


def row(*children: Mark | Layout) -> Row:
    """Plots side by side (one under the other on a narrow page)."""
    return Row(tuple(as_layout(child, "row") for child in children))


def column(*children: Mark | Layout) -> Column:
    """Plots one under the other."""
    return Column(tuple(as_layout(child, "column") for child in children))


def as_layout(given: Any, taker: str) -> Layout:
    """A plot, row or column; a mark alone becomes a plot."""
    if isinstance(given, Mark):
        return Plot((given,), line=given.line)
    if isinstance(given, (Plot, Row, Column)):
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


__all__ = ["Column", "Layout", "Plot", "Row", "as_layout", "column", "described", "plot", "row"]
