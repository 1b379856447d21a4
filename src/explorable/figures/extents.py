"""Sizes that move, as figures see them: which controls may be one, the slots that say how large a
result is, and what to do where one entry cannot serve every size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..compiler import Entry, check_lowering
from ..errors import ExplorableError, Line
from ..graphs import Graph, Node, Output, Type, Value
from ..parts.controls import Control, Integer, Points, Text
from ..parts.uploads import Rows, has_length
from ..sizes import Named, Size
from ..trace import Moving

Inputs = dict[str, Any]  # slot name -> example tensor, Type or int, then the traced one
PREFIX = "size:"


class Fixed(Exception):  # noqa: N818 a request to the caller, not a failure
    """Controls whose size cannot move in this group: trace it again, one entry per value."""

    def __init__(self, controls: frozenset[Control], line: Line | None = None) -> None:
        self.controls, self.line = controls, line
        super().__init__(", ".join(sorted(control.kind for control in controls)))


class Unsized(Exception):  # noqa: N818 as above
    """An operation needs the number of a size that moves."""

    def __init__(self, names: frozenset[str], error: ExplorableError) -> None:
        self.names, self.error = names, error
        super().__init__(str(error))


def length_slot(slot: str) -> str:
    """Where the page writes how many points or characters a control's slot holds."""
    return f"{slot}.length"


def sized_slots(control: Control, slot: str) -> Inputs:
    """Examples of the slots of a control that may be a size; its number stands first."""
    if isinstance(control, Integer):
        return {slot: Moving(control.low, control.high)}
    assert isinstance(control, (Points, Text, Rows))  # the only other ones
    size = Size(Named(length_slot(slot), control.min, control.max))
    found: Inputs = {length_slot(slot): Moving(control.min, control.max)}
    if isinstance(control, Text):
        return found | {slot: Type((size,), "int64")}
    if isinstance(control, Rows):
        return found | {slot: Type((size, control.value.shape[1]), "float32")}
    if control.classes is not None:
        found[f"{slot}.classes"] = Type((size,), "int64")
    return found | {slot: Type((size, 2), "float32")}


def may_be_size(control: Control) -> bool:
    """Whether a control's number can be an extent; of an integer its bounds decide."""
    if isinstance(control, Integer):
        return 0 <= control.low
    return has_length(control)


def with_numbers(inputs: Inputs) -> Inputs:
    """The inputs with every number that an extent follows, numbers first."""
    kinds = [kind for kind in inputs.values() if isinstance(kind, Type)]
    if not kinds:
        return inputs
    numbers = {named for kind in kinds for named in kind.sizes}
    ordered = sorted(numbers, key=lambda named: named.name)
    found: Inputs = {named.name: Moving(named.low, named.high) for named in ordered}
    found |= {name: value for name, value in inputs.items() if isinstance(value, Moving)}
    return found | inputs


def with_size_outputs(graph: Graph) -> Graph:
    """The graph that also says how large its results are: the page reads a shape and what has it
    from one and the same run."""
    types = graph.types()
    nodes: list[Node] = []
    outputs: list[Output] = []
    for output in graph.outputs:
        kind = types[output.value]
        for axis, name in size_slots(output.name, kind).items():
            node = f"size_{len(nodes)}"
            args = (output.value, axis)
            nodes.append(Node(node, "aten.sym_size.int", args, (), (Type((), "int64"),)))
            if all(name != other.name for other in outputs):
                outputs.append(Output(name, Value(node)))
    return replace(graph, nodes=(*graph.nodes, *nodes), outputs=(*graph.outputs, *outputs))


def size_slots(slot: str, kind: Type) -> dict[int, str]:
    """Axis -> the slot of its size, of a result whose shape moves and that the page reads."""
    if not kind.moves or slot.startswith(("state:", "control:")):
        return {}
    moving = [extent for extent in kind.shape if isinstance(extent, Size)]
    distinct = list(dict.fromkeys(moving))
    names = {e: f"{PREFIX}{slot}" + (f".{k}" if k else "") for k, e in enumerate(distinct)}
    return {axis: names[e] for axis, e in enumerate(kind.shape) if isinstance(e, Size)}


def check_sizes(entry: str, graph: Graph) -> None:
    """Raises Unsized if something in the graph needs the number of a size."""
    sizes = graph.sizes()
    if not sizes:
        return
    try:
        check_lowering(Entry(entry, graph))
    except ExplorableError as error:
        raise Unsized(frozenset(named.name for named in sizes), error) from None


def shape_spec(slot: str, kind: Type) -> list[Any]:
    """``Slot``'s shape: an extent that moves is its bound and the slot of its size."""
    named = size_slots(slot, kind)
    return [
        [int(extent), named[axis]] if axis in named else int(extent)
        for axis, extent in enumerate(kind.shape)
    ]


def shape_now(shape: list[Any], number: Callable[[str], int]) -> tuple[int, ...]:
    """The shape of now of a spec's slot; ``number`` reads the slot of a size."""
    return tuple(e if isinstance(e, int) else number(e[1]) for e in shape)


def by_slot(controls: Mapping[str, Control], names: Mapping[Control, str]) -> Mapping[str, Control]:
    """Slot of a number -> the control it belongs to."""
    return dict(_slots(controls, names))


def _slots(
    controls: Mapping[str, Control], names: Mapping[Control, str]
) -> Iterator[tuple[str, Control]]:
    for control in controls.values():
        slot = f"control:{names[control]}"
        yield slot, control
        if has_length(control):
            yield length_slot(slot), control
