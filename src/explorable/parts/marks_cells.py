"""Marks of cells that are read one by one: a matrix with its numbers."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from typing import Any

from .marks import (
    Channel,
    Edit,
    Mark,
    _axis,  # pyright: ignore[reportPrivateUsage]  (same floor, same checks)
    _mark,  # pyright: ignore[reportPrivateUsage]  (as above)
)
from .source import mistake


def matrix(
    values: Any,
    *,
    format: str | None = None,
    tint: bool | float = True,
    highlight: Any = None,
    rows: Any = None,
    columns: Any = None,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """A matrix with its numbers, in brackets: (rows, columns); a vector (n,) is a column.

    >>> ex.matrix(J, format=".3f")
    >>> ex.matrix(A, highlight=torch.arange(4)[:, None] == k)       # row k, framed; may be live
    >>> ex.matrix(A, rows=["x", "y"], tint=False)
    >>> ex.matrix(ex.tensor(torch.eye(3), -9, 9))       # numbers are dragged and typed here

    format: Python's, ``.2f`` for floats. Numbers shrink, then lose digits, where a page is narrow.
    tint: orange above zero, blue below, full at the largest number shown so far, or at a number
    you give; False: none. highlight: bool, one per cell, or what broadcasts to the matrix. rows,
    columns: strings, or an ``ex.text``. A number is dragged up and down, or typed; left and right
    go to the next one. Whole numbers and bools are written without a point.
    """
    channels = [Channel("values", "values", (values,))]
    if highlight is not None:
        channels.append(Channel("highlight", "mask", (highlight, values)))
    if format is not None:
        _check_format(format)
    if not isinstance(tint, bool) and not (isinstance(tint, (int, float)) and tint > 0):
        raise mistake(f"tint is True, False or the number with the full colour, got {tint!r}")
    return _mark(
        "matrix", channels, name, edit, format=format, plain=tint is False,
        most=None if isinstance(tint, bool) else float(tint),
        rows=_axis("rows", rows), columns=_axis("columns", columns),
    )  # fmt: skip


def _check_format(given: object) -> None:
    try:
        f"{0.0:{given}}"
    except (TypeError, ValueError):
        raise mistake(f"format is one of Python's, such as '.2f', got {given!r}") from None
