"""Pictures of fields as specs and stills have them: their slots, their size, their pixels in an
eager call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..graphs import Type
from ..trace import tensor_bytes
from ..trace.drawing.fields import picture
from .drawn import Drawn

Json = Any  # the shapes of spec.d.ts
STILL_COLUMNS = 280
"""Pixels across a still: a picture in the page, and no more bytes than a photograph's preview."""
ROLES = ("corner", "block", "picture")


def slot(figure: str, number: int, role: str) -> str:
    """``field:shader.0.block``."""
    return f"field:{figure}.{number}.{role}"


def still_size(mark: Json) -> tuple[int, int]:
    """Columns and rows of a still's picture, by the spec of its mark."""
    (left, right), (low, high) = mark["x"], mark["y"]
    rows = round(STILL_COLUMNS * (high - low) / (right - left))
    return STILL_COLUMNS, min(2 * STILL_COLUMNS, max(16, rows))


def still_pictures(drawn: Drawn, name: str) -> dict[str, tuple[Type, bytes]]:
    """The pictures of an eager call, by the slot of each."""
    found: dict[str, tuple[Type, bytes]] = {}
    for number, (_, mark) in enumerate(drawn.fields):
        _, x, y = mark.channels[0].given
        size = still_size({"x": x, "y": y})
        found[slot(name, number, "picture")] = tensor_bytes(picture(mark, *size))
    return found


def marks_with_fields(layout: Json) -> Iterator[Json]:
    """The fields among the marks of a layout of spec.d.ts."""
    for child in layout.get("children", []):
        yield from marks_with_fields(child)
    yield from (mark for mark in layout.get("marks", []) if "pixels" in mark)


def with_fields(layouts: list[Json], specs: list[Json]) -> list[Json]:
    """Layouts with the numbers of fields replaced by ``specs``: what the page computes them by."""

    def filled(part: Json) -> Json:
        if part["kind"] != "plot":
            return {**part, "children": [filled(child) for child in part["children"]]}
        marks = [
            {**mark, "pixels": specs[mark["pixels"]]} if "pixels" in mark else mark
            for mark in part["marks"]
        ]
        return {**part, "marks": marks}

    return [filled(layout) for layout in layouts]
