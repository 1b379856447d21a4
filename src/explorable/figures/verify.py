"""Verification: the very wasm that ships against the author's own functions run eagerly, at many
settings.

Accepted: within 2e-5 of the output's size, or within four times the distance between eager float32
and float64. Where moving the inputs by one unit in the last place moves the output by more than
that, it is ill-conditioned: counted, recorded, and an error when it is more than a quarter of the
settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engine import Engine
from ..errors import ExplorableError, Line
from ..parts.accept import first
from ..parts.controls import Control
from ..trace import float64_reference
from ..trace.compare import FARTHER_THAN_FLOAT32, RELATIVE, Difference, compare, distance, diverged
from ..trace.state import state_tensors
from ..trace.text import live_text, split_text
from ..trace.tree import flatten, plain_tensors
from .drawn import Drawn, draw
from .group import Group, TracedFigure, place
from .machine import Machine, from_json, to_json
from .page import Page
from .settings import Setting, moved, settings
from .simulation import Run
from .value import Value

STEPS = (0, 5, 20)
"""Step numbers at which the figures of a simulation are compared."""
MOST_ILL = 0.25


@dataclass(frozen=True)
class Checked:
    """What verification found, as the spec records it."""

    names: tuple[str, ...]
    worst: float
    """Largest error, as a share of its output's size."""
    settings: int
    ill: int
    """Outputs that were ill-conditioned at some setting."""
    variants: tuple[str, ...]
    outputs: dict[str, float] = field(default_factory=dict, repr=False)
    """Largest error of each output."""

    @property
    def name(self) -> str:
        """The figures of the group."""
        return ", ".join(self.names)

    def __str__(self) -> str:
        ill = f", {self.ill} ill-conditioned" if self.ill else ""
        outputs = f"{len(self.outputs)} outputs at {self.settings} settings{ill}"
        return f"worst error {self.worst:.1e}, {outputs} ({', '.join(self.variants)})"

    def spec(self) -> dict[str, Any]:
        """``verified`` of spec.d.ts."""
        return {
            "worst": float(f"{self.worst:.2g}"),
            "settings": self.settings,
            "ill": self.ill,
            "variants": list(self.variants),
        }


@dataclass(frozen=True)
class _Output:
    """One tensor of the reference: where it stands in memory, and what to call it."""

    slot: str
    what: str
    tensor: Any
    line: Line | None


def verify(
    group: Group,
    program: Any,
    files: Mapping[str, bytes],
    engine: Engine,
    *,
    progress: Callable[[str], None] | None = None,
) -> Checked:
    """Compares every output of ``group`` at every setting, for each shipped variant.

    Raises ExplorableError naming figure, output, setting, what was expected and what came.
    """
    chosen = settings(group)
    worst: dict[str, float] = {}
    ill: set[tuple[str, str]] = set()
    variants = tuple(v for v in ("plain", "relaxed") if v in program["wasm"])
    tolerance = max((f.options.tolerance or RELATIVE for f in group.figures), default=RELATIVE)
    for variant in variants:
        machine = Machine(engine, program, files, variant)
        for setting in chosen:
            if progress is not None:
                progress(f"{variant}, {setting.label}")
            for output, difference in _compare(group, machine, setting, tolerance, variant):
                if difference is None:
                    ill.add((output, setting.label))
                else:
                    worst[output] = max(worst.get(output, 0.0), difference.error)
        machine.close()
    _check_ill(group, ill, len(chosen))
    names = tuple(figure.name for figure in group.figures)
    total = max(worst.values(), default=0.0)
    return Checked(names, total, len(chosen), len(ill), variants, worst)


def _check_ill(group: Group, ill: set[tuple[str, str]], count: int) -> None:
    if any(figure.options.tolerance is not None for figure in group.figures):
        return
    for output in {name for name, _ in ill}:
        times = sum(1 for name, _ in ill if name == output)
        if times > MOST_ILL * count:
            raise ExplorableError(
                "verify",
                f"{output} is ill-conditioned at {times} of {count} settings: "
                "the last digit of a control moves it by more than the tolerance",
                line=group.figures[0].line,
                fix="compute it in float64, smooth it, or pass @ex.figure(tolerance=...)",
            )


def _compare(
    group: Group, machine: Machine, setting: Setting, tolerance: float, variant: str
) -> Iterator[tuple[str, Difference | None]]:
    """Output by output: how far off, or None where it is ill-conditioned."""
    names = group.names
    plains = {control: setting.plains.get(control, first(control)) for control in names}
    asked = {names[c]: to_json(c, plain) for c, plain in plains.items()}
    taken = machine.set(asked)
    # What the page took (clamped, snapped, in float32) is what the reference gets.
    plains = {control: from_json(control, taken[name]) for control, name in names.items()}
    simulations = [traced.simulation for traced in group.simulations.values()]
    for simulation in simulations:
        machine.restart(simulation.name)
    machine.settle()
    page = Page(plains)
    done = 0
    for goal in STEPS if simulations else (0,):
        for simulation in simulations:
            machine.advance(simulation.name, goal - done)
            limit = simulation.options.steps
            steps = max(0, min(goal, limit or goal) - min(done, limit or done))
            run: Run = page.node(simulation)
            run.advance(steps)
            if diverged(state_tensors(run.state)):
                return
        done = goal
        machine.settle()
        expected = list(_outputs(group, page))
        _check_layout(group, machine, page)
        _check_texts(group, machine, page, setting.label)
        for number, output in enumerate(expected):
            got = machine.tensor(output.slot)
            difference = compare(output.tensor, got, relative=tolerance)
            if not difference.agrees:
                place_ = f"{setting.label}, step {goal}" if simulations else setting.label
                judged = _judge(group, plains, goal, number, output, got, difference, tolerance)
                if judged == "wrong":
                    raise _mismatch(output, difference, place_, variant)
                if judged == "ill":
                    yield output.what, None
                    continue
            yield output.what, difference


def _check_layout(group: Group, machine: Machine, page: Page) -> None:
    """The page and Python chose the same entry point."""
    for drawing in group.drawings:
        mine = drawing.run.variant(page.plain).key
        if machine.key(drawing.figure.name) != mine:
            fact = f"the page chose the entry '{machine.key(drawing.figure.name)}', Python '{mine}'"
            raise ExplorableError("verify", fact, where=f"figure '{drawing.figure.name}'")


def _outputs(group: Group, page: Page) -> Iterator[_Output]:
    """What the author's functions give on ``page``: drawn channels, live numbers, values,
    records."""
    for node in group.order:
        if isinstance(node, Value):
            for path, tensor in plain_tensors(flatten(page.node(node))[0]).items():
                slot = place("value", node.name, path)
                yield _Output(slot, f"value '{slot[6:]}'", tensor, None)
        else:
            run: Run = page.node(node)
            for name in group.simulations[id(node)].records:
                if int(run.step) >= node.options.record_every:
                    slot = f"record:{node.name}.{name}"
                    what = f"record '{node.name}.{name}'"
                    yield _Output(slot, what, run.history.newest(name), None)
    for drawing in group.drawings:
        figure = drawing.figure
        drawn = _drawn(drawing, page)
        traced: Drawn = drawing.run.variant(page.plain).extra
        numbers = [k for k in range(len(traced.names)) if k not in traced.python]
        if len(numbers) != len(drawn.tensors):
            fact = f"draws {len(drawn.tensors)} things in Python, {len(numbers)} in the page"
            raise ExplorableError("verify", fact, where=f"figure '{figure.name}'", line=figure.line)
        for number, tensor, line in zip(numbers, drawn.tensors, drawn.lines, strict=True):
            what = f"figure '{figure.name}', output {number} ({traced.what[number]})"
            yield _Output(traced.names[number], what, tensor, line)


def _drawn(drawing: TracedFigure, page: Page) -> Drawn:
    """What the author's figure draws on ``page``, its live numbers kept apart."""
    with live_text() as store:
        layout = drawing.figure.layout(page.arguments(drawing.figure.wires))
        return draw(layout, split=lambda text: split_text(text, store))


def _check_texts(group: Group, machine: Machine, page: Page, setting: str) -> None:
    """Texts read the same, tensors in them aside: those are compared as numbers."""
    for drawing in group.drawings:
        traced: Drawn = drawing.run.variant(page.plain).extra
        if not traced.texts:
            continue
        for mine, theirs in zip(_drawn(drawing, page).texts, traced.texts, strict=True):
            expected = "".join(piece if isinstance(piece, str) else "…" for piece in mine)
            got = ""
            for piece in theirs:
                if isinstance(piece, str):
                    got += piece
                elif piece[0] in traced.python:
                    got += machine.text(traced.names[piece[0]], piece[1])
                else:
                    got += "…"
            if got != expected:
                raise ExplorableError(
                    "verify",
                    f"a text reads '{got}' in the page, '{expected}' in PyTorch",
                    where=f"figure '{drawing.figure.name}', {setting}",
                    line=drawing.figure.line,
                    fix="format tensors and whole numbers straight into the text",
                )


def _reference(group: Group, plains: Mapping[Control, Any], steps: int, number: int) -> Any:
    """One output of a fresh eager run."""
    return list(_outputs(group, Page(plains, steps)))[number].tensor


def _judge(
    group: Group,
    plains: dict[Control, Any],
    steps: int,
    number: int,
    output: _Output,
    got: Any,
    difference: Difference,
    tolerance: float,
) -> str:
    """Why a number is off: "close" enough for float32, "ill"-conditioned, or "wrong"."""
    again = _reference(group, plains, steps, number)
    if not compare(output.tensor, again, relative=tolerance).agrees:
        raise ExplorableError(
            "verify",
            f"{output.what} is another each time python runs it",
            line=output.line,
            fix="a figure may depend on its controls only; random numbers come from torch",
        )
    with float64_reference():
        wide = _reference(group, plains, steps, number)
    # float32 itself is that far from the truth: nobody can ask for more.
    if distance(wide, got) <= FARTHER_THAN_FLOAT32 * distance(wide, output.tensor):
        return "close"
    near = _reference(group, moved(plains), steps, number)
    if not compare(output.tensor, near, relative=tolerance).agrees:
        return "ill"
    return "wrong"


def _mismatch(
    output: _Output, difference: Difference, setting: str, variant: str
) -> ExplorableError:
    place_ = f" at {list(difference.place)}" if difference.place else ""
    return ExplorableError(
        "verify",
        f"{output.what}{place_} is {difference.got} in the page, {difference.expected} in PyTorch",
        where=f"{setting}; {variant} wasm",
        line=output.line,
        fix="this is a fault of the compiler, not of your figure: please report it with the file",
    )
