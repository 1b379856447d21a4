"""What an author's function receives while it is traced: its arguments made of the graph's inputs,
and examples of those inputs. Page (page.py) is the same for an eager run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ExplorableError
from ..graphs import Type
from ..parts.accept import first
from ..parts.controls import Choice, Control, Integer, Seed, Toggle
from ..trace.drawing.arrival import from_slot
from ..trace.drawing.history import example, step_number
from ..trace.state import substitute
from ..trace.tree import flatten
from .entries import Inputs, Plains, control_slot
from .kept import kept_result
from .simulation import Run, Simulation
from .value import Value
from .wires import Wires

if TYPE_CHECKING:
    from .group import Group


def examples(group: Group, wires: Wires, plains: Plains) -> Inputs:
    """Examples of the slots that a function's values and simulations fill."""
    inputs: Inputs = {}
    page, at = group.page(plains), group.settings(plains)
    for node in wires.nodes.values():
        if isinstance(node, Value):
            group.prototypes[id(node)] = kept_result(node, page, at)
            inputs |= {s: example(kind) for s, kind in value_slots(group, node).items()}
            continue
        group.prototypes[id(node)] = page.node(node)
        traced = group.simulations[id(node)]
        for path, kind in traced.state.items():
            inputs[place("state", node.name, path)] = example(kind)
        inputs[f"step:{node.name}"] = step_number(0)
        length = node.options.history
        for name, kind in ({"step": Type((), "float32")} | traced.records).items():
            inputs[f"history:{node.name}.{name}"] = example(Type((length, *kind.shape), "float32"))
    return inputs


def place(kind: str, name: str, path: str) -> str:
    """``value:wave.x``; the empty path is the whole."""
    return f"{kind}:{name}.{path}" if path else f"{kind}:{name}"


def arguments(
    group: Group, wires: Wires, values: Inputs, plains: Plains, stack: ExitStack
) -> dict[str, Any]:
    """The arguments of one of the author's functions, from the inputs of its graph."""
    found = dict(wires.constants)
    for parameter, control in wires.controls.items():
        found[parameter] = traced_control(control, values, plains, group.names)
    for parameter, node in wires.nodes.items():
        if isinstance(node, Value):
            found[parameter] = traced_value(group, node, values)
        else:
            found[parameter] = traced_run(group, node, values, stack)
    return found


def value_slots(group: Group, value: Value) -> dict[str, Type]:
    """What the page keeps of a value, by slot."""
    kinds = group.values[id(value)].types
    return {place("value", value.name, path): kind for path, kind in kinds.items()}


def traced_value(group: Group, value: Value, values: Inputs) -> Any:
    """The pytree of a value that a traced function reads."""
    _, rebuild = flatten(group.prototypes[id(value)])
    return rebuild([values[slot] for slot in value_slots(group, value)])


def traced_run(group: Group, node: Simulation, values: Inputs, stack: ExitStack) -> Run:
    """The run of a simulation that a traced function reads, until ``stack`` ends."""
    traced = group.simulations[id(node)]
    tensors = {p: values[place("state", node.name, p)] for p in traced.state}
    state = stack.enter_context(substitute(group.prototypes[id(node)].state, tensors))
    history = History(
        node.name, {n: values[f"history:{node.name}.{n}"] for n in ("step", *traced.records)}
    )
    return Run(state, values[f"step:{node.name}"], history)


@dataclass(frozen=True)
class History:
    """The history that a traced figure reads: slots that the page fills."""

    simulation: str
    slots: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        if name not in self.slots:
            raise ExplorableError(
                "figure",
                f"'{self.simulation}' records no '{name}'; one of: {', '.join(self.slots)}",
                fix=f"step returns what it records: return state, ex.record({name}=...)",
            )
        return self.slots[name]


def traced_control(
    control: Control, values: Inputs, plains: Plains, names: dict[Control, str]
) -> Any:
    """A control as the author's function receives it in a trace."""
    match control:
        case Toggle():
            return plains[control]
        case Choice():
            return control.options[plains[control]]
        case Integer() | Seed() if control in plains:
            return plains[control]
        case _:
            length = plains.get(control)
            value = first(control)
            text = value if isinstance(value, str) else ""
            text = text if length is None else text[:length].ljust(length)
            slot = control_slot(control, names)
            classes = values.get(f"{slot}.classes")
            return from_slot(control, values[slot], length, text, classes)
