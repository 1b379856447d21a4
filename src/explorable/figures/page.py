"""Page: one setting of the controls, run eagerly in PyTorch: what the reader's page would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from ..errors import ExplorableError
from ..parts.accept import accept, first
from ..parts.controls import Control
from ..parts.source import calling_line
from ..trace.drawing.arrival import arrive
from ..trace.draws.random import random_numbers
from ..trace.forms.arrays import as_tensors
from ..trace.state import nudge
from .simulation import Run, Simulation, shown
from .value import Value
from .wires import Wires, all_wires, page_names, parameter_names, upstream


@dataclass(eq=False)
class Page:
    """Controls at some values (the first ones where nothing is said), and what was computed from
    them."""

    settings: Mapping[Control, Any] = field(default_factory=dict[Control, Any])
    """Plain values."""
    steps: int = 0
    """How far a simulation has run when a figure reads it."""
    given: dict[int, Any] = field(default_factory=dict)
    """Results the caller passed for values and simulations, by identity; then those computed
    here."""

    nudged: bool = False
    """Whether simulations begin one unit in the last place (float32) from where init puts them."""

    arrived: Mapping[Control, Any] = field(default_factory=dict[Control, Any])
    """Controls as functions receive them, where they were made elsewhere."""

    def control(self, control: Control) -> Any:
        """The control as the author's function receives it."""
        if control in self.arrived:
            return self.arrived[control]
        return arrive(control, self.plain(control))

    def plain(self, control: Control) -> Any:
        """The control's plain value."""
        return self.settings.get(control, first(control))

    def arguments(self, wires: Wires) -> dict[str, Any]:
        """Every argument of a function but the state, by parameter."""
        found = dict(wires.constants)
        found |= {name: self.control(control) for name, control in wires.controls.items()}
        found |= {name: self.node(node) for name, node in wires.nodes.items()}
        return found

    def node(self, node: Value | Simulation) -> Any:
        """The pytree of a value, the Run of a simulation; computed once."""
        if id(node) not in self.given:
            if isinstance(node, Value):
                arguments = self.arguments(node.wires)
                with shown(arguments) as seen, random_numbers(0, 0):
                    self.given[id(node)] = as_tensors(node.wires.function(**seen))
            else:
                self.given[id(node)] = self.start(node).advance(self.steps)
        return self.given[id(node)]

    def forget_values(self) -> None:
        """A run went on: what was computed from it is no longer true."""
        for key in [key for key, value in self.given.items() if not isinstance(value, Run)]:
            del self.given[key]

    def start(self, simulation: Simulation) -> Run:
        """A Run at step 0."""
        arguments = self.arguments(simulation.wires)
        with random_numbers(0, 0) as stream:
            state = as_tensors(simulation.wires.function(**arguments))
        run = Run.begin(simulation, state, stream.seed, self.arguments(simulation.step_wires))
        if self.nudged:
            nudge(run.state)
        return run


def page_for(
    node: Any, overrides: Mapping[str, Any], *, steps: int = 0
) -> tuple[Page, dict[str, Any]]:
    """The page that a call ``node(**overrides)`` asks for, and overridden constants of its own
    function."""
    settings: dict[Control, Any] = {}
    given: dict[int, Any] = {}
    constants: dict[str, Any] = {}
    own = all_wires(node)
    nodes = [*upstream(node), node]
    names = page_names(nodes)
    by_page = {name: control for control, name in names.items()}
    by_word = parameter_names(node, names)
    for name, value in overrides.items():
        held = [w for w in own if name in w.controls]
        if held:
            control = held[0].controls[name]
            settings[control] = accept(control, name, value)
        elif name in by_page:
            settings[by_page[name]] = accept(by_page[name], name, value)
        elif name in by_word and not any(name in (*w.nodes, *w.constants) for w in own):
            control = by_page[by_word[name]]
            settings[control] = accept(control, name, value)
        elif any(name in w.nodes for w in own):
            source = next(w.nodes[name] for w in own if name in w.nodes)
            if isinstance(source, Simulation) and not isinstance(value, Run):
                fact = f"'{name}' is a run, got {type(value).__name__}"
                fix = f"pass {source.name}.run(steps)"
                raise ExplorableError("figure", fact, line=calling_line(), fix=fix)
            given[id(source)] = value
        elif any(name in w.constants for w in own):
            constants[name] = value
        else:
            known = sorted(
                {n for w in own for n in (*w.nodes, *w.constants)} | set(by_word) | set(by_page)
            )
            near = get_close_matches(name, known, 1, 0.5)
            fix = f"did you mean '{near[0]}'?" if near else ""
            fact = f"'{node.name}' has no '{name}'; one of: {', '.join(known)}"
            raise ExplorableError("figure", fact, line=calling_line(), fix=fix)
    return Page(settings, steps, given), constants
