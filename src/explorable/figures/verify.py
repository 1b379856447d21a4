"""Verification: the very wasm that ships against the author's own functions run eagerly, at many
settings.

Accepted: within 2e-5 of the output's size, or within four times the distance between eager float32
and float64. Where moving the inputs (controls, a simulation's first state) by one unit in the last
place moves the output by more than that, it is ill-conditioned: counted, recorded, and an error
when it is more than a quarter of the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..engine import Engine
from ..errors import ExplorableError
from ..parts.accept import first
from ..parts.controls import Points, Text
from ..trace import author_line, breakable, explain
from ..trace.compare import RELATIVE, Difference, compare, compare_finite, diverged
from ..trace.state import state_tensors
from .blame import Standing
from .group import Group
from .machine import Machine, from_json, to_json
from .page import Page
from .reference import Judge, Output, Reference, reference
from .settings import Setting, settings
from .simulation import Run

FEW_STEPS, MORE_STEPS = (5,), (0, 5, 20)
"""Step numbers at which the figures of a simulation are compared: everywhere, and at default."""
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
    rounding: float | None = None
    """Largest change of an output by smaller weights, where the author asked for them."""
    weights: str | None = None
    """What those are: "float16" or "int8"."""

    @property
    def name(self) -> str:
        """The figures of the group."""
        return ", ".join(self.names)

    def __str__(self) -> str:
        ill = f", {self.ill} ill-conditioned" if self.ill else ""
        outputs = f"{len(self.outputs)} outputs at {self.settings} settings{ill}"
        rounded = (
            f", {self.weights} weights move it by {self.rounding:.1e}" if self.rounding else ""
        )
        return f"worst error {self.worst:.1e}{rounded}, {outputs} ({', '.join(self.variants)})"

    def spec(self) -> dict[str, Any]:
        """``verified`` of spec.d.ts."""
        rounded: dict[str, Any] = {}
        if self.rounding is not None:
            rounded = {"rounding": float(f"{self.rounding:.2g}"), "weights": self.weights}
        return rounded | {
            "worst": float(f"{self.worst:.2g}"),
            "settings": self.settings,
            "ill": self.ill,
            "variants": list(self.variants),
        }


def unchecked(group: Group) -> Checked:
    """Of a group that no setting was compared at yet."""
    return Checked(tuple(figure.name for figure in group.figures), 0.0, 0, 0, ())


def verify(
    group: Group,
    program: Any,
    files: Mapping[str, bytes],
    engine: Engine,
    *,
    progress: Callable[[str], None] | None = None,
) -> Checked:
    """Compares every output of ``group`` at every setting, for each shipped variant.

    ``progress`` is called often, with the variant and the setting: what it raises ends the work.
    Raises ExplorableError naming figure, output, setting, what was expected and what came.
    """
    chosen = settings(group)
    worst: dict[str, float] = {}
    ill: set[tuple[str, str]] = set()
    variants = tuple(v for v in ("plain", "relaxed") if v in program["wasm"])
    tolerance = max((f.options.tolerance or RELATIVE for f in group.figures), default=RELATIVE)
    for variant in variants:
        standing = Standing()
        with closing(Machine(engine, program, files, variant)) as machine:
            for setting in chosen:
                told = partial(progress or _silent, f"{variant}, {setting.label}")
                compared = _compare(group, machine, setting, tolerance, variant, standing, told)
                with _told(setting), breakable(told):
                    for output, difference in compared:
                        if difference is None:
                            ill.add((output, setting.label))
                        else:
                            worst[output] = max(worst.get(output, 0.0), difference.error)
    _check_ill(group, ill, len(chosen))
    names = tuple(figure.name for figure in group.figures)
    total = max(worst.values(), default=0.0)
    return Checked(names, total, len(chosen), len(ill), variants, worst)


def _silent(_: str) -> None:
    """Nobody wants to know."""


@contextmanager
def _told(setting: Setting) -> Generator[None]:
    """What the author's function raises, run in Python at a setting, has his line and the
    setting."""
    try:
        yield
    except ExplorableError:
        raise
    except Exception as error:
        line = author_line(error)
        if line is None:
            raise
        told = explain(error)
        where = f"run in Python, {setting.label}"
        fix = told.fix or _filled(setting)
        raise ExplorableError("verify", told.fact, where=where, line=line, fix=fix) from error


def _filled(setting: Setting) -> str:
    """How a control that holds nothing there is kept from it."""
    for control, plain in setting.plains.items():
        if isinstance(control, Text) and not plain:
            return "the text may be empty; ex.text(..., min=1) asks for a token at least"
        if isinstance(control, Points) and not len(plain if control.classes is None else plain[0]):
            return "there may be no points; ex.points(..., min=1) keeps one at least"
    return ""


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
    group: Group,
    machine: Machine,
    setting: Setting,
    tolerance: float,
    variant: str,
    standing: Standing,
    told: Callable[[], None],
) -> Iterator[tuple[str, Difference | None]]:
    """Output by output: how far off, or None where it is ill-conditioned."""
    names = group.names
    told()
    plains = {control: setting.plains.get(control, first(control)) for control in names}
    taken = machine.set({names[c]: to_json(c, plain) for c, plain in plains.items()})
    # What the page took (clamped, snapped, in float32) is what the reference gets.
    plains = {control: from_json(control, taken[name]) for control, name in names.items()}
    simulations = [traced.simulation for traced in group.simulations.values()]
    for simulation in simulations:
        machine.restart(simulation.name)
    machine.settle()
    page = Page(plains)
    done = 0
    goals = (0,) if not simulations else FEW_STEPS if setting.plains else MORE_STEPS
    for goal in goals:
        for simulation in simulations:
            steps = machine.advance(simulation.name, goal - done)
            told()
            run: Run = page.node(simulation)
            if diverged(state_tensors(run.advance(steps).state)):
                return
        done = goal
        machine.settle()
        page.forget_values()
        expected = reference(group, page)
        _check_choices(group, machine, page, expected, setting.label)
        judge = Judge(group, plains, goal, tolerance)
        for number, output in enumerate(expected.outputs):
            told()
            if output.drag is not None:
                drag, element = output.drag
                machine.slope(drag.spec(group), element)
            if output.field is not None:
                field, at = output.field
                machine.block(field.spec(group), at)
            got = machine.tensor(output.slot)
            difference = compare(output.tensor, got, relative=tolerance)
            if not difference.agrees:
                match judge.judge(number, output, got):
                    case "wrong":
                        step = f", step {goal}" if simulations else ""
                        where = f"{setting.label}{step}; {variant} wasm"
                        at = (number, output.slot, goal, got, output.tensor)
                        why = standing.blame(group, list(setting.plains), *at)
                        raise _mismatch(output, difference, where, *why)
                    case "ill":
                        yield output.what, None
                        continue
                    case _:
                        # float32 itself has infinity or NaN in other places than float64.
                        difference = compare_finite(output.tensor, got, relative=tolerance)
            if not setting.plains:
                standing.note(output.slot, goal, output.tensor, got)
            yield output.what, difference


def _check_choices(
    group: Group, machine: Machine, page: Page, expected: Reference, setting: str
) -> None:
    """The page and Python chose the same entry point, and their texts read the same, tensors in
    them aside: those are compared as numbers."""
    for drawing, drawn in zip(group.drawings, expected.drawn, strict=True):
        where, line = f"figure '{drawing.figure.name}', {setting}", drawing.figure.line
        mine, theirs = drawing.run.variant(page.plain), machine.key(drawing.figure.name)
        if theirs != mine.key:
            fact = f"the page chose the entry '{theirs}', Python '{mine.key}'"
            raise ExplorableError("verify", fact, where=where, line=line)
        traced = mine.extra
        for text, pieces in zip(drawn.texts, traced.texts, strict=True):
            python = "".join(piece if isinstance(piece, str) else "…" for piece in text)
            shown = ""
            for piece in pieces:
                if isinstance(piece, str):
                    shown += piece
                elif piece[0] in traced.python:
                    shown += machine.text(traced.names[piece[0]], piece[1])
                else:
                    shown += "…"
            if shown != python:
                fact = f"a text reads '{shown}' in the page, '{python}' in PyTorch"
                fix = "format tensors and whole numbers straight into the text"
                raise ExplorableError("verify", fact, where=where, line=line, fix=fix)


def _mismatch(
    output: Output, difference: Difference, where: str, why: str, fix: str
) -> ExplorableError:
    place = f" at {list(difference.place)}" if difference.place else ""
    fact = f"{output.what}{place} is {difference.got} in the page, {difference.expected} in PyTorch"
    fact += f"; {why}" if why else ""
    return ExplorableError("verify", fact, where=where, line=output.line, fix=fix)
