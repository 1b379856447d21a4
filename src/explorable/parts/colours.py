"""A meaning keeps its colour: marks of one name have it in every plot and figure of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .layout import Column, Grid, Layout, Plot, Row
from .marks import Mark
from .source import mistake

SERIES = 8


def checked_colours(given: Any) -> dict[str, int]:
    """``{"speed": 1}``: the names of marks, each with a number of the palette."""
    if not isinstance(given, Mapping):
        shown = type(given).__name__
        raise mistake(f"colours are numbers of the palette by the names of marks, got {shown}")
    found: dict[str, int] = {}
    for name, number in given.items():  # pyright: ignore[reportUnknownVariableType]  (checked here)
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not isinstance(name, str) or not whole or not 0 <= number < SERIES:
            fact = f"colours are 0 to {SERIES - 1} by the names of marks, got {name!r}: {number!r}"
            raise mistake(fact, fix='colours={"speed": 0, "force": 1}')
        found[name] = number
    return found


def coloured(layout: Layout, colours: Mapping[str, int]) -> Layout:
    """The layout with the colours of marks whose name has one."""
    if not colours:
        return layout
    if isinstance(layout, Plot):
        return replace(layout, marks=tuple(_coloured(mark, colours) for mark in layout.marks))
    assert isinstance(layout, (Row, Column, Grid))  # all others have children
    return replace(layout, children=tuple(coloured(child, colours) for child in layout.children))


def _coloured(mark: Mark, colours: Mapping[str, int]) -> Mark:
    number = colours.get(mark.name or "")
    return mark if number is None else replace(mark, options=mark.options | {"paint": number})
