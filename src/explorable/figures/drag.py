"""Inverse drag: a mark whose place is computed, and the entry that says how the place moves with
the float controls behind it, so that the page can move them along the gradient.

Through values, not through simulations: a run is a fact, not a function of where it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ExplorableError
from ..parts import Layout, Mark, Plot
from ..parts.controls import Control, Point, Slider
from ..trace.drawing.history import step_number
from ..trace.drawing.slopes import loosened, movers, no_slope, places, slope
from ..trace.drawing.text import live_text
from .arguments import examples, traced_control, traced_run
from .entries import Function, Inputs, Plains, Table, trace_table
from .figure import Figure
from .page import Page
from .value import Value
from .wires import Wires

if TYPE_CHECKING:
    from .group import Group, TracedFigure

Json = Any  # the shapes of spec.d.ts


@dataclass(frozen=True, eq=False)
class TracedDrag:
    """Dragged mark ``number`` of a figure: what it moves, and its entry points."""

    figure: Figure
    number: int
    controls: tuple[Control, ...]
    """In the order of the slope's columns; a point has two."""
    run: Table

    @property
    def slots(self) -> dict[str, str]:
        """Role -> slot: which element is asked for, where it is, how it moves."""
        return {role: _slot(self.figure, self.number, role) for role in _ROLES}

    def spec(self, group: Group) -> Json:
        """``drag`` of spec.d.ts."""
        controls = [group.names[control] for control in self.controls]
        return {"controls": controls, "run": self.run.spec(group.names), **self.slots}


_ROLES = ("element", "place", "slope")


def _slot(figure: Figure, number: int, role: str) -> str:
    return f"drag:{figure.name}.{number}.{role}"


def trace_drags(group: Group, drawing: TracedFigure) -> list[TracedDrag]:
    """The entry of every mark of a figure that the reader drags against the gradient.

    Raises ExplorableError with the mark's line where no slider and no point moves it.
    """
    found: dict[int, dict[Control, None]] = {}
    for variant in drawing.run.variants:
        marks: list[tuple[int, Mark]] = variant.extra.drags
        if not marks:
            continue
        page = Page(variant.statics)
        loose = _Loose(drawing.figure, page)
        layout = drawing.figure.layout(loose.arguments)
        for number, (ordinal, _) in enumerate(marks):
            chosen = _moved(loose, marks_of(layout)[ordinal])
            found.setdefault(number, {}).update(dict.fromkeys(chosen))
    return [
        _trace(group, drawing, number, tuple(controls))
        for number, controls in sorted(found.items())
    ]


class _Loose:
    """A figure's arguments on a page, with float controls as leaves of a graph of gradients."""

    def __init__(
        self, figure: Figure, page: Page, controls: tuple[Control, ...] | None = None
    ) -> None:
        reached = list(_reached(figure))
        if controls is None:
            every = dict.fromkeys(c for wires in reached for c in wires.controls.values())
            controls = tuple(c for c in every if isinstance(c, (Slider, Point)))
        pairs = {control: loosened(page.control(control)) for control in controls}
        self.leaves = {control: leaf for control, (leaf, _) in pairs.items()}
        self.arrived = {control: arrived for control, (_, arrived) in pairs.items()}
        runs = {
            id(node): page.node(node)
            for wires in reached
            for node in wires.nodes.values()
            if not isinstance(node, Value)
        }
        loose = Page(
            page.settings, page.steps, given=runs, arrived={**page.arrived, **self.arrived}
        )
        self.arguments = loose.arguments(figure.wires)


def _reached(figure: Figure) -> Iterator[Wires]:
    """The wires of a figure and of the values behind it, each once."""
    waiting, seen = [figure.wires], list[Wires]()
    while waiting:
        wires = waiting.pop(0)
        if any(wires is other for other in seen):
            continue
        seen.append(wires)
        yield wires
        waiting += [node.wires for node in wires.nodes.values() if isinstance(node, Value)]


def marks_of(layout: Layout) -> list[Mark]:
    """The marks of a layout in the order in which they are drawn."""
    if isinstance(layout, Plot):
        return list(layout.marks)
    return [mark for child in layout.children for mark in marks_of(child)]


def _moved(loose: _Loose, mark: Mark) -> list[Control]:
    """The controls that follow when ``mark`` is dragged: those asked for, else all behind it."""
    moving = movers(places(mark), list(loose.leaves.values()))
    behind = [control for control, moves in zip(loose.leaves, moving, strict=True) if moves]
    if not isinstance(mark.edit, tuple):
        if not behind:
            raise ExplorableError(
                "figure",
                f"edit=True on a {mark.kind} that no slider and no point moves",
                line=mark.line,
                fix="compute its place from those it is to move, or leave edit out",
            )
        return behind
    chosen: list[Control] = []
    for given in mark.edit:
        # The author names a control, or what his function received for it.
        named = [c for c, arrived in loose.arrived.items() if given is c or given is arrived]
        if not named or named[0] not in behind:
            shown = getattr(given, "label", None) or type(given).__name__
            raise ExplorableError(
                "figure",
                f"edit=[...] of a {mark.kind} lists '{shown}', which does not move it"
                if named
                else f"edit=[...] of a {mark.kind} lists '{shown}', which is no slider and no "
                "point of this figure",
                line=mark.line,
                fix="list sliders and points that the place is computed from, or say edit=True",
            )
        chosen.append(named[0])
    return chosen


def _trace(
    group: Group, drawing: TracedFigure, number: int, controls: tuple[Control, ...]
) -> TracedDrag:
    figure = drawing.figure
    reached = list(_reached(figure))
    columns = sum(2 if isinstance(control, Point) else 1 for control in controls)
    element, at, moves = (_slot(figure, number, role) for role in _ROLES)

    def inputs(plains: Plains) -> Inputs:
        found: Inputs = {element: step_number(0)}
        for wires in reached:
            found |= examples(group, wires, plains)
        return found

    def run(values: Inputs, plains: Plains) -> tuple[dict[str, Any], None]:
        marks: list[tuple[int, Mark]] = drawing.run.variant(Page(plains).plain).extra.drags
        if number >= len(marks):
            place, rates = no_slope(columns)
            return {at: place, moves: rates}, None
        with ExitStack() as stack:
            every = [c for wires in reached for c in wires.controls.values()]
            arrived = {c: traced_control(c, values, plains, group.names) for c in every}
            runs = {
                id(node): traced_run(group, node, values, stack)
                for wires in reached
                for node in wires.nodes.values()
                if not isinstance(node, Value)
            }
            loose = _Loose(figure, Page(plains, given=runs, arrived=arrived), controls)
            stack.enter_context(live_text())
            mark = marks_of(figure.layout(loose.arguments))[marks[number][0]]
            place, rates = slope(places(mark), values[element], list(loose.leaves.values()))
            return {at: place, moves: rates}, None

    function = Function(
        f"figure '{figure.name}'",
        f"drag_{figure.name}_{number}",
        figure.line,
        {group.names[c]: c for wires in reached for c in wires.controls.values()},
        figure.wires.function,
        inputs,
        run,
    )
    static = drawing.run.statics
    table = trace_table(function, group.names, group.fixed, static)
    return TracedDrag(figure, number, controls, table)


def slopes(drag: TracedDrag, page: Page, ordinal: int) -> Iterator[tuple[int, Any, Any]]:
    """The first and the last element of a dragged mark, its place and its slope by torch's own
    gradients: the reference of the entry."""
    loose = _Loose(drag.figure, page, drag.controls)
    with live_text():
        xy = places(marks_of(drag.figure.layout(loose.arguments))[ordinal])
    for element in sorted({0, len(xy) - 1} if len(xy) else ()):
        yield element, *slope(xy, element, list(loose.leaves.values()))


def with_drags(layouts: list[Json], figure: Figure, group: Group) -> list[Json]:
    """Layouts with the numbers of dragged marks replaced by what the page needs to drag them."""
    drags = {drag.number: drag.spec(group) for drag in group.drags if drag.figure is figure}

    def filled(part: Json) -> Json:
        if part["kind"] != "plot":
            return {**part, "children": [filled(child) for child in part["children"]]}
        marks = [
            {**mark, "drag": drags[mark["drag"]]} if "drag" in mark else mark
            for mark in part["marks"]
        ]
        return {**part, "marks": marks}

    return [filled(layout) for layout in layouts]
