"""Fields: marks computed pixel by pixel, and the entry that computes one block of their pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..parts import Mark
from ..trace.drawing.fields import at_corner, block, check_alone, coloured, corner, nothing
from ..trace.drawing.text import live_text
from .arguments import arguments, examples
from .drag import marks_of
from .entries import Function, Inputs, Plains, Table, trace_table
from .figure import Figure
from .kept import alike_at
from .page import Page
from .pictured import ROLES, slot

if TYPE_CHECKING:
    from .group import Group, TracedFigure

Json = Any  # the shapes of spec.d.ts


@dataclass(frozen=True, eq=False)
class TracedField:
    """Field ``number`` of a figure, and its entry points."""

    figure: Figure
    number: int
    run: Table

    @property
    def slots(self) -> dict[str, str]:
        """Role -> slot: where the block lies, its colours; and what the page calls the picture."""
        return {role: slot(self.figure.name, self.number, role) for role in ROLES}

    def spec(self, group: Group) -> Json:
        """``pixels`` of spec.d.ts."""
        return {"run": self.run.spec(group.names), **self.slots}


def trace_fields(group: Group, drawing: TracedFigure) -> list[TracedField]:
    """The entry of every field of a figure."""
    most = max(len(variant.extra.fields) for variant in drawing.run.variants)
    return [_trace(group, drawing, number) for number in range(most)]


def _trace(group: Group, drawing: TracedFigure, number: int) -> TracedField:
    figure = drawing.figure
    at, colours = (slot(figure.name, number, role) for role in ("corner", "block"))

    def inputs(plains: Plains) -> Inputs:
        return examples(group, figure.wires, plains) | {at: at_corner([0.0] * 4)}

    def run(values: Inputs, plains: Plains) -> tuple[dict[str, Any], None]:
        fields: list[tuple[int, Mark]] = drawing.run.variant(Page(plains).plain).extra.fields
        with ExitStack() as stack:
            given = arguments(group, figure.wires, values, plains, stack)
            stack.enter_context(live_text())
            marks = marks_of(figure.layout(given))
            if number >= len(fields):
                return {colours: nothing()}, None
            return {colours: coloured(block(marks[fields[number][0]], values[at]))}, None

    function = Function(
        f"figure '{figure.name}'",
        f"field_{figure.name}_{number}",
        figure.line,
        figure.wires.controls,
        figure.wires.function,
        inputs,
        run,
        alike=alike_at(figure),
    )
    static = drawing.run.statics
    return TracedField(figure, number, trace_table(function, group.names, group.fixed, static))


def blocks(mark: Mark) -> Iterator[tuple[list[float], Any]]:
    """Two blocks of a fine picture, and their colours by the author's own function: the reference
    of the entry."""
    _, x, y = mark.channels[0].given
    for columns, rows, at in ((320, 240, (1, 2)), (1000, 900, (13, 4))):
        place = corner(x, y, columns, rows, at)
        where = at_corner(place)
        check_alone(mark, where)
        yield place, coloured(block(mark, where)).detach()
