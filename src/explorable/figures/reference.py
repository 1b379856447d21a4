"""The reference of verification: the author's own functions run eagerly at a page's setting, and
what to think of a page that disagrees with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from ..errors import ExplorableError, Line
from ..parts import Mark
from ..parts.controls import Control
from ..trace import Roundings, float64_reference, live_text, split_text
from ..trace.compare import FARTHER_THAN_FLOAT32, compare, distance
from ..trace.tree import flatten, plain_tensors
from .arguments import place
from .drag import TracedDrag, slopes
from .drawn import Drawn, draw
from .fields import TracedField, blocks
from .group import Group, TracedFigure
from .page import Page
from .settings import moved
from .simulation import Run
from .value import Value

ROUNDINGS = 6
"""Eager runs that round otherwise, before a number counts as wrong. What rounding does may be an
event that one of two runs has: a ReLU that opens, Adam's step by a gradient that is nearly 0."""


@dataclass(frozen=True)
class Output:
    """One tensor of the reference: where it stands in memory, and what to call it."""

    slot: str
    what: str
    tensor: Any
    line: Line | None = None
    drag: tuple[TracedDrag, int] | None = None
    """Of a slope: the drag, and the element it is asked for."""
    field: tuple[TracedField, list[float]] | None = None
    """Of a block of pixels: the field, and where the block lies."""


@dataclass
class Reference:
    """What the author's functions give: values, records, drawn channels and live numbers."""

    outputs: list[Output] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    """What each figure of the group draws."""


def reference(group: Group, page: Page) -> Reference:
    """Everything the page shows of ``group``, computed by PyTorch on ``page``."""
    found = Reference()
    for node in group.order:
        if isinstance(node, Value):
            for path, tensor in plain_tensors(flatten(page.node(node))[0]).items():
                slot = place("value", node.name, path)
                found.outputs.append(Output(slot, f"value '{slot[6:]}'", tensor))
            continue
        run: Run = page.node(node)
        for name in group.simulations[id(node)].records:
            if int(run.step) >= node.options.record_every:
                slot = f"record:{node.name}.{name}"
                what = f"record '{node.name}.{name}'"
                found.outputs.append(Output(slot, what, run.history.newest[name]))
    for drawing in group.drawings:
        figure = drawing.figure
        drawn = _drawn(drawing, page)
        found.drawn.append(drawn)
        traced: Drawn = drawing.run.variant(page.plain).extra
        numbers = [k for k in range(len(traced.names)) if k not in traced.python]
        if len(numbers) != len(drawn.tensors):
            fact = f"draws {len(drawn.tensors)} things in Python, {len(numbers)} in the page"
            raise ExplorableError("verify", fact, where=f"figure '{figure.name}'", line=figure.line)
        for number, tensor, line in zip(numbers, drawn.tensors, drawn.lines, strict=True):
            what = f"figure '{figure.name}', output {number} ({traced.what[number]})"
            found.outputs.append(Output(traced.names[number], what, tensor, line))
        drags = [drag for drag in group.drags if drag.figure is figure]
        for drag, (ordinal, mark) in zip(drags, traced.drags, strict=False):
            found.outputs += _slopes(drag, page, ordinal, mark)
        entries = [entry for entry in group.fields if entry.figure is figure]
        for entry, (_, mark) in zip(entries, drawn.fields, strict=False):
            what = f"figure '{figure.name}', pixels of the field"
            for at, colours in blocks(mark):
                block = Output(entry.slots["block"], what, colours, mark.line, field=(entry, at))
                found.outputs.append(block)
    return found


def _slopes(drag: TracedDrag, page: Page, ordinal: int, mark: Mark) -> Iterator[Output]:
    """Where the first and the last element of a dragged mark are, and how they move."""
    for element, at, moves in slopes(drag, page, ordinal):
        for role, tensor in (("place", at), ("slope", moves)):
            what = f"figure '{drag.figure.name}', {role} of the dragged {mark.kind} {element}"
            yield Output(drag.slots[role], what, tensor, mark.line, (drag, element))


def _drawn(drawing: TracedFigure, page: Page) -> Drawn:
    """What the author's figure draws on ``page``, its live numbers kept apart."""
    with live_text() as store:
        layout = drawing.figure.layout(page.arguments(drawing.figure.wires))
        return draw(layout, split=lambda text: split_text(text, store))


class Judge:
    """Why numbers are off at one setting; each further eager run is made once, when needed."""

    def __init__(
        self, group: Group, plains: dict[Control, Any], steps: int, tolerance: float
    ) -> None:
        self._group, self._plains, self._tolerance = group, plains, tolerance
        self._page = partial(Page, steps=steps)
        self._runs: dict[str, list[Output]] = {}

    def judge(self, number: int, output: Output, got: Any) -> Literal["close", "ill", "wrong"]:
        """``close`` enough for float32, ``ill``-conditioned, or ``wrong``."""
        again = self._tensor("again", number, self._same)
        if not compare(output.tensor, again, relative=self._tolerance).agrees:
            raise ExplorableError(
                "verify",
                f"{output.what} is another each time python runs it",
                line=output.line,
                fix="a figure may depend on its controls only; random numbers come from torch",
            )
        with float64_reference():
            wide = self._tensor("wide", number, self._same)
        # float32 itself is that far from the truth: nobody can ask for more.
        if distance(wide, got) <= FARTHER_THAN_FLOAT32 * distance(wide, output.tensor):
            return "close"
        # One after the other: moved at once, two inputs may make up for each other.
        near = {"near": self._moved, "nudged": self._nudged}
        for kind, page in near.items():
            tensor = self._tensor(kind, number, page)
            if not compare(output.tensor, tensor, relative=self._tolerance).agrees:
                return "ill"
        off = distance(output.tensor, got)
        for seed in range(ROUNDINGS):
            with Roundings(seed):
                tensor = self._tensor(f"rounded {seed}", number, self._same)
            if distance(output.tensor, tensor) * FARTHER_THAN_FLOAT32 >= off:
                return "ill"
        return "wrong"

    def _same(self) -> Page:
        return self._page(self._plains)

    def _moved(self) -> Page:
        return self._page(moved(self._plains))

    def _nudged(self) -> Page:
        return self._page(self._plains, nudged=True)

    def _tensor(self, kind: str, number: int, page: Callable[[], Page]) -> Any:
        if kind not in self._runs:
            self._runs[kind] = reference(self._group, page()).outputs
        return self._runs[kind][number].tensor
