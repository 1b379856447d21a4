"""Inverse drag: a mark whose place is computed, and the entry that says how the place moves with
the float controls behind it, so that the page can move them along the gradient.

Through values, not through simulations: a run is a fact, not a function of where it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ExplorableError
from ..parts import Layout, Mark, Plot
from ..parts.controls import Control, Point, Slider
from ..trace.drawing.history import step_number
from ..trace.drawing.slopes import loosened, loosened_tree, movers, no_slope, places, slope
from ..trace.drawing.text import live_text
from .arguments import examples, traced_control, traced_run, traced_value, value_slots
from .entries import Function, Inputs, Plains, Table, trace_table
from .figure import Figure
from .kept import alike_at
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
    apart: tuple[Value, ...] = ()
    """Values of the figure that the mark's place does not depend on."""

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
    figure = drawing.figure
    found: dict[int, dict[Control, None]] = {}
    through: set[Value] = set()
    values = [node for node in figure.wires.nodes.values() if isinstance(node, Value)]
    for variant in drawing.run.variants:
        marks: list[tuple[int, Mark]] = variant.extra.drags
        if not marks:
            continue
        page = group.page(variant.statics)
        loose = _Loose(figure, page, apart=values)
        layout = figure.layout(loose.arguments)
        moving = set[Value]()
        for ordinal, _ in marks:
            moving |= loose.values_behind(marks_of(layout)[ordinal])
        if moving:
            loose = _Loose(figure, page, apart=[v for v in values if v not in moving])
            layout = figure.layout(loose.arguments)
        through |= moving
        for number, (ordinal, _) in enumerate(marks):
            chosen = _moved(loose, marks_of(layout)[ordinal])
            found.setdefault(number, {}).update(dict.fromkeys(chosen))
    apart = tuple(value for value in values if value not in through)
    return [
        _trace(group, drawing, number, tuple(controls), apart)
        for number, controls in sorted(found.items())
    ]


class _Loose:
    """A figure's arguments on a page, with float controls as leaves of a graph of gradients.

    Values ``apart`` are taken as they are, as runs are: leaves too, of which nothing is behind.
    """

    def __init__(
        self,
        figure: Figure,
        page: Page,
        controls: tuple[Control, ...] | None = None,
        apart: Sequence[Value] = (),
    ) -> None:
        reached = list(_reached(figure, apart))
        if controls is None:
            every = dict.fromkeys(c for wires in reached for c in wires.controls.values())
            controls = tuple(c for c in every if isinstance(c, (Slider, Point)))
        pairs = {control: loosened(page.control(control)) for control in controls}
        self.leaves = {control: leaf for control, (leaf, _) in pairs.items()}
        self.arrived = {control: arrived for control, (_, arrived) in pairs.items()}
        given = {
            id(node): page.node(node)
            for wires in reached
            for node in wires.nodes.values()
            if not isinstance(node, Value)
        }
        self._leaves_of: dict[Value, list[Any]] = {}
        for value in apart:
            self._leaves_of[value], given[id(value)] = loosened_tree(page.node(value))
        loose = Page(
            page.settings, page.steps, given=given, arrived={**page.arrived, **self.arrived}
        )
        self.arguments = loose.arguments(figure.wires)

    def values_behind(self, mark: Mark) -> set[Value]:
        """The values apart that the place of ``mark`` moves with."""
        xy = places(mark)
        return {value for value, leaves in self._leaves_of.items() if any(movers(xy, leaves))}


def _reached(figure: Figure, apart: Sequence[Value] = ()) -> Iterator[Wires]:
    """The wires of a figure and of the values behind it, each once; not of what is ``apart``."""
    waiting, seen = [figure.wires], list[Wires]()
    while waiting:
        wires = waiting.pop(0)
        if any(wires is other for other in seen):
            continue
        seen.append(wires)
        yield wires
        values = [node for node in wires.nodes.values() if isinstance(node, Value)]
        waiting += [value.wires for value in values if value not in apart]


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
    group: Group,
    drawing: TracedFigure,
    number: int,
    controls: tuple[Control, ...],
    apart: tuple[Value, ...],
) -> TracedDrag:
    figure = drawing.figure
    reached = list(_reached(figure, apart))
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
            given = {
                id(node): traced_run(group, node, values, stack)
                for wires in reached
                for node in wires.nodes.values()
                if not isinstance(node, Value)
            }
            given |= {id(value): traced_value(group, value, values) for value in apart}
            loose = _Loose(figure, Page(plains, given=given, arrived=arrived), controls, apart)
            stack.enter_context(live_text())
            mark = marks_of(figure.layout(loose.arguments))[marks[number][0]]
            place, rates = slope(places(mark), values[element], list(loose.leaves.values()))
            return {at: place, moves: rates}, None

    same = alike_at(figure)
    named = (*(group.names[control] for control in controls), *(value.name for value in apart))
    function = Function(
        f"figure '{figure.name}'",
        f"drag_{figure.name}_{number}",
        figure.line,
        {group.names[c]: c for wires in reached for c in wires.controls.values()},
        figure.wires.function,
        inputs,
        run,
        alike=lambda plains: (found := same(plains)) and (found, named),
    )
    table = trace_table(function, group.names, group.fixed, drawing.run.statics)
    # What moves a place without a slope (an index, what is detached) is computed with it.
    read = [value for value in apart if table.inputs() & set(value_slots(group, value))]
    if read:
        rest = tuple(value for value in apart if value not in read)
        return _trace(group, drawing, number, controls, rest)
    return TracedDrag(figure, number, controls, table, apart)


def slopes(drag: TracedDrag, page: Page, ordinal: int) -> Iterator[tuple[int, Any, Any]]:
    """The first and the last element of a dragged mark, its place and its slope by torch's own
    gradients: the reference of the entry, with everything behind it where the page begins."""
    apart = drag.apart if page.settings else ()
    loose = _Loose(drag.figure, page, drag.controls, apart)
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
