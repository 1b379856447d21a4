"""States that are always equal become one: an optimiser counts the steps of each parameter by
itself, and all of them count the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ..graphs import Arg, Graph, Output, Type, Value
from .module import Entry


def same_states(entries: Sequence[Entry], own: Collection[str]) -> dict[str, str]:
    """Slots that hold what an earlier one holds, whatever runs, and that earlier one.

    ``own``: slots that only these entries write. All begin as zeros; slots are supposed equal until
    some entry, run on equal ones, leaves them different: partition refinement, as
    E. F. Moore minimised automata (1956).
    """
    classes: dict[str, object] = dict(_types(entries, own))
    while len(set(classes.values())) < len(classes):
        found: dict[str, object] = {
            name: (classes[name], *after)
            for name, after in zip(classes, _results(entries, classes), strict=True)
        }
        firsts: dict[object, str] = {}
        same = {name: firsts.setdefault(mark, name) for name, mark in found.items()}
        if len(firsts) == len(set(classes.values())):
            return {name: first for name, first in same.items() if name != first}
        classes = dict(same)
    return {}


def with_one_state(entries: Sequence[Entry], same: Mapping[str, str]) -> list[Entry]:
    """Entries that read and write one slot for all that are the same."""
    return [Entry(e.name, _renamed(e.graph, same)) for e in entries] if same else list(entries)


def _types(entries: Sequence[Entry], own: Collection[str]) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for entry in entries:
        types = entry.graph.types()
        found |= {i.name: i.type for i in entry.graph.inputs if i.name in own}
        found |= {o.name: types[o.value] for o in entry.graph.outputs if o.name in own}
    return {name: kind for name, kind in found.items() if not kind.moves}


def _results(
    entries: Sequence[Entry], classes: Mapping[str, object]
) -> Iterator[tuple[object, ...]]:
    """Of each slot, a mark of what each entry leaves in it: equal for what is computed alike."""
    marks: list[dict[str, object]] = []
    for entry in entries:
        numbers = _numbered(entry.graph, classes)
        marks.append({output.name: numbers[output.value] for output in entry.graph.outputs})
    for name, kept in classes.items():
        yield tuple(left.get(name, ("kept", kept)) for left in marks)


def _numbered(graph: Graph, classes: Mapping[str, object]) -> dict[Value, int]:
    """A number for every value of a graph, equal for equal expressions."""
    known: dict[object, int] = {}
    numbers: dict[Value, int] = {}

    def spelled(arg: Arg) -> object:
        if isinstance(arg, Value):
            return numbers[arg]
        if isinstance(arg, tuple):
            return tuple(map(spelled, arg))
        # 0.0 equals -0.0 and False, and yet they are not the same.
        return arg if isinstance(arg, Graph) else (type(arg), repr(arg))

    def number(mark: object) -> int:
        return known.setdefault(mark, len(known))

    for given in graph.inputs:
        numbers[Value(given.name)] = number(("kept", classes.get(given.name, given.name)))
    for constant in graph.constants:
        numbers[Value(constant.name)] = number((constant.type, constant.data))
    for node in graph.nodes:
        named = tuple((name, spelled(arg)) for name, arg in node.kwargs)
        mark = number((node.op, spelled(node.args), named, node.outputs))
        for index in range(len(node.outputs)):
            numbers[Value(node.name, index)] = number((mark, "output", index))
    return numbers


def _renamed(graph: Graph, same: Mapping[str, str]) -> Graph:
    def renamed(arg: Arg) -> Arg:
        if isinstance(arg, Value):
            return Value(same[arg.name]) if arg.name in same else arg
        return tuple(map(renamed, arg)) if isinstance(arg, tuple) else arg

    read = {same.get(i.name, i.name): i for i in graph.inputs}
    nodes = [
        replace(
            node,
            args=tuple(map(renamed, node.args)),
            kwargs=tuple((name, renamed(arg)) for name, arg in node.kwargs),
        )
        for node in graph.nodes
    ]
    outputs = [
        Output(o.name, Value(same.get(o.value.name, o.value.name), o.value.index))
        for o in graph.outputs
        if o.name not in same
    ]
    return replace(
        graph,
        inputs=tuple(replace(i, name=name) for name, i in read.items()),
        nodes=tuple(nodes),
        outputs=tuple(outputs),
    )
