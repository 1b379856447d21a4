"""Marks of cells that are read one by one: a matrix with its numbers, a board with its pieces."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from .marks import (
    Channel,
    Edit,
    Mark,
    _axis,  # pyright: ignore[reportPrivateUsage]  (same floor, same checks)
    _mark,  # pyright: ignore[reportPrivateUsage]  (as above)
)
from .source import mistake, one_of

BOARDS = ["ruled", "checkered", "crossings"]


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
    >>> ex.matrix(m)        # m=ex.tensor(torch.eye(3), -9, 9): numbers are dragged and typed here

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


def board(
    cells: Any,
    *,
    pieces: Sequence[str] | None = None,
    notes: Any = None,
    shade: Any = None,
    highlight: Any = None,
    boxes: tuple[int, int] | None = None,
    style: Literal["ruled", "checkered", "crossings"] | None = None,
    rows: Any = None,
    columns: Any = None,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """A board of whole numbers (rows, columns), row 0 at the top: 0 is an empty square.

    >>> ex.board(puzzle, notes=can.view(9, 9, 9), boxes=(3, 3))     # sudoku: click, type a digit
    >>> ex.board(chess, pieces=["", "♞", "♛"])                      # pieces are dragged
    >>> ex.board(go, pieces=["", "●", "○"], style="crossings")      # stones on crossings

    pieces: the text of each number, the first for none; ● and ○ are drawn as stones. Without them
    the numbers are written. notes: bool (rows, columns, k), small numbers 1 to k in empty squares;
    a single one is written large, none left is a cross. shade: (rows, columns), orange above zero,
    blue below. highlight: bool, squares to frame, or what broadcasts to them. boxes: rows and
    columns between thick lines. style: squares with lines around them (the first without pieces),
    dark and light squares, or lines on whose crossings the pieces stand. rows, columns: strings.

    In the page a digit is typed into the square that was clicked, or goes up with each further
    click; Delete empties it. Pieces are dragged, also off the board, or taken and put down by
    clicks or Enter; a lone piece goes where the reader clicks.
    """
    channels = [Channel("cells", "values", (cells,))]
    for slot, form, given in (
        ("notes", "notes", notes),
        ("shade", "shade", shade),
        ("highlight", "mask", highlight),
    ):
        if given is not None:
            channels.append(Channel(slot, cast("Any", form), (given, cells)))
    if pieces is not None:
        if isinstance(pieces, str) or any(not isinstance(text, str) for text in pieces):
            raise mistake('pieces is a list of strings, the first for an empty square: ["", "♞"]')
        if len(pieces) < 2:
            raise mistake(f"pieces has a text for 0 (none) and for each piece, got {pieces!r}")
    if style is not None and style not in BOARDS:
        raise mistake(one_of("style", style, BOARDS))
    if boxes is not None and not (
        isinstance(boxes, tuple)
        and len(boxes) == 2
        and all(isinstance(n, int) and n > 0 for n in boxes)
    ):
        raise mistake(f"boxes is (rows, columns) between thick lines, got {boxes!r}")
    return _mark(
        "board", channels, name, edit,
        pieces=None if pieces is None else tuple(pieces), boxes=boxes,
        style=style or ("ruled" if pieces is None else "checkered"),
        rows=_axis("rows", rows), columns=_axis("columns", columns),
    )  # fmt: skip
