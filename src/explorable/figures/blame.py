"""Why a page and PyTorch disagree: Python fixed a value while the function was traced, or remembers
one from an earlier call, or the compiler is at fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..graphs import Arg, Graph, Value
from ..parts.controls import Control
from ..trace.compare import compare
from .entries import control_slot, short
from .group import Group
from .page import Page
from .reference import reference
from .settings import ends

_COMPILER = "this is a fault of the compiler, not of your figure: please report it with the file"


@dataclass
class Standing:
    """What each output was at the default, in PyTorch and in the page, by slot and step."""

    outputs: dict[tuple[str, int], tuple[Any, Any]] = field(
        default_factory=dict[tuple[str, int], tuple[Any, Any]]
    )

    def note(self, slot: str, step: int, expected: Any, got: Any) -> None:
        """Keeps an output that agreed at the default."""
        self.outputs[slot, step] = (expected, got)

    def blame(
        self,
        group: Group,
        controls: list[Control],
        number: int,
        slot: str,
        step: int,
        got: Any,
        expected: Any,
    ) -> tuple[str, str]:
        """What is wrong with output ``number`` where ``controls`` are moved, and what to do; the
        first is empty where the numbers say all."""
        roots = _roots(group, slot)
        if (slot, step) not in self.outputs or not controls:
            controls = list(_unread(group, roots, number, step, expected))
            return _fixed(group, controls, roots) if controls else ("", _COMPILER)
        before, shown = self.outputs[slot, step]
        python_moved = not compare(before, expected).agrees
        page_moved = not compare(shown, got).agrees
        if page_moved and not python_moved:
            moved = _named(group, controls)
            fact = f"it follows {moved} in the page, but in PyTorch it stays: python remembers it"
            fix = "compute it anew in each call: no cache and no global may hold what moves"
            return fact, fix
        if python_moved and not page_moved and not _reads(group, controls, roots):
            return _fixed(group, controls, roots)
        return "", _COMPILER


def _named(group: Group, controls: list[Control]) -> str:
    return ", ".join(f"'{short(group.names[control])}'" for control in controls)


def _fixed(group: Group, controls: list[Control], roots: set[str]) -> tuple[str, str]:
    constants = sorted({root[1:] for root in roots if root.startswith("=") and root[1:]})
    fact = f"it does not follow {_named(group, controls)}"
    fact += ": a value was fixed while the function was traced"
    held = f", from {', '.join(constants[:4])}" if constants else ""
    fix = f"python decided it{held}: by the type of a tensor, or by an earlier call"
    return fact, f"{fix}; compute it from the arguments by torch's functions"


def _unread(
    group: Group, roots: set[str], number: int, step: int, expected: Any
) -> Iterator[Control]:
    """Controls that nothing of an output in the page reads, though PyTorch's follows them."""
    for control in group.names:
        if _reads(group, [control], roots):
            continue
        pages = (Page({control: plain}, step) for plain in ends(control))
        outputs = (reference(group, page).outputs for page in pages)
        if any(not compare(expected, found[number].tensor).agrees for found in outputs):
            yield control


def _reads(group: Group, controls: list[Control], roots: set[str]) -> bool:
    """Whether an operation leads from one of the controls to the output, or an entry is chosen by
    it."""
    static = {control for table in group.tables() for control in table.statics}
    slots = tuple(control_slot(control, group.names) for control in controls)
    return bool(static & set(controls)) or any(
        root == slot or root.startswith(f"{slot}.") for root in roots for slot in slots
    )


def _roots(group: Group, slot: str) -> set[str]:
    """Every slot behind an output, through values and states, and ``=label`` of each constant."""
    behind: dict[str, set[str]] = {}
    for table in group.tables():
        for variant in table.variants:
            for name, found in _behind(variant.graph):
                behind.setdefault(name, set()).update(found)
    roots: set[str] = set()
    stack = [slot]
    while stack:
        name = stack.pop()
        if name not in roots:
            roots.add(name)
            stack += behind.get(name, ())
    return roots


def _behind(graph: Graph) -> Iterator[tuple[str, set[str]]]:
    """Outputs of a graph, each with the inputs and constants that lead to it."""
    known: dict[str, set[str]] = {given.name: {given.name} for given in graph.inputs}
    known |= {constant.name: {f"={constant.label}"} for constant in graph.constants}
    for node in graph.nodes:
        known[node.name] = _within((*node.args, *(value for _, value in node.kwargs)), known)
    for output in graph.outputs:
        yield output.name, known[output.value.name]


def _within(args: tuple[Arg, ...], known: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    for arg in args:
        if isinstance(arg, Value):
            found |= known[arg.name]
        elif isinstance(arg, tuple):
            found |= _within(arg, known)
    return found
