"""A group of figures -> traced entries: one Graph per function and static value, with slots named
as places.

What Python must know (toggles, choices, lengths, integers in shapes) gives one variant per value;
everything else is an input of the graph.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from ..compiler.module import Entry
from ..errors import ExplorableError, Line
from ..graphs import Arg, Graph, Node, Type, Value
from ..parts.accept import first
from ..parts.controls import Choice, Control, Integer, Points, Seed, Text, Toggle
from ..parts.uploads import Rows, has_length
from ..trace import NeedsValue, explain, trace
from ..trace.drawing.arrival import class_slot, slot_value
from .extents import (
    PREFIX,
    Fixed,
    Unsized,
    by_slot,
    check_sizes,
    may_be_size,
    sized_slots,
    with_numbers,
    with_size_outputs,
)
from .kept import Alike, kept

MOST_ENTRIES = 64

Inputs = dict[str, Any]  # slot name -> example tensor or int, then the traced one
Plains = dict[Control, Any]  # plain values of the static controls
Json = Any  # the shapes of spec.d.ts


@dataclass(frozen=True)
class Variant:
    """One entry point: for these static values, this graph."""

    key: str
    entry: str
    statics: Plains
    graph: Graph
    extra: Any = None
    """What the traced function left beside its tensors: a figure's Drawn."""


@dataclass(frozen=True)
class Table:
    """The entry points of one function (spec.d.ts, EntryTable)."""

    statics: tuple[Control, ...]
    variants: tuple[Variant, ...]

    def spec(self, names: Mapping[Control, str]) -> Json:
        """The table as the spec writes it."""
        return {
            "statics": [static_name(control, names) for control in self.statics],
            "entries": {variant.key: variant.entry for variant in self.variants},
        }

    def variant(self, plains: Callable[[Control], Any]) -> Variant:
        """The variant that runs at these plain values."""
        key = "|".join(static_key(control, plains(control)) for control in self.statics)
        return next(variant for variant in self.variants if variant.key == key)

    def inputs(self) -> set[str]:
        """Slots that some variant reads."""
        return {i.name for variant in self.variants for i in variant.graph.inputs}

    def types(self, what: str, line: Line | None) -> dict[str, Type]:
        """Outputs by slot; variants must agree, for a slot has one type."""
        known: dict[str, Type] = {}
        for variant in self.variants:
            for name, kind in output_types(variant.graph).items():
                if name.startswith(PREFIX):
                    continue
                if known.setdefault(name, kind) != kind:
                    raise ExplorableError(
                        "figure",
                        f"'{name}' is {known[name]} or {kind}, depending on "
                        "a toggle, a choice or a size",
                        where=what,
                        line=line,
                        fix="give it one shape, or compute it in the figure",
                    )
        return known


@dataclass(frozen=True)
class Function:
    """What is needed to trace one of the author's functions."""

    what: str
    """For messages: ``figure 'plane'``."""
    entry: str
    line: Line | None
    controls: dict[str, Control]
    """Those it reads, by parameter."""
    author: Callable[..., Any]
    inputs: Callable[[Plains], Inputs]
    """Examples of everything but its own controls' slots."""
    run: Callable[[Inputs, Plains], tuple[dict[str, Any], Any]]
    """Inputs to outputs by slot name, and what is left beside them."""
    finish: Callable[[Graph, Any], Graph] = field(default=lambda graph, extra: graph)
    alike: Alike = field(default=lambda plains: None)
    """Equal where one trace does for these plain values; None where nothing is kept (kept.py)."""


def trace_table(
    function: Function,
    names: Mapping[Control, str],
    fixed: frozenset[Control] = frozenset(),
    static: Iterable[Control] = (),
) -> Table:
    """One variant per value of what Python must know: of toggles, choices and what is ``static``,
    and of what a trace or a lowering asks for. Sizes of ``fixed`` controls do not move.

    Raises Fixed where the sizes of controls that the function does not take would have to be known.
    """
    known: list[Control] = [
        c
        for c in function.controls.values()
        if isinstance(c, (Toggle, Choice)) or (c in fixed and has_length(c))
    ]
    known += [c for c in static if c in function.controls.values() and c not in known]
    owners = by_slot(function.controls, names)
    every = by_slot({name: control for control, name in names.items()}, names)
    tracing = _Tracing(function, names, fixed)
    while True:
        try:
            return Table(tuple(known), tuple(tracing.variants(known)))
        except NeedsValue as needs:
            asked, tracing.line = needs.names, needs.line
        except Unsized as needs:
            asked, tracing.reason = needs.names, needs.error
        more = [owners[slot] for slot in sorted(asked) if slot in owners]
        more = [control for control in dict.fromkeys(more) if control not in known]
        if not more:
            others = frozenset(every[slot] for slot in asked if slot in every)
            if others - fixed and not others & set(known):
                raise Fixed(others, tracing.line)
            raise ExplorableError(
                "figure",
                f"python needs a value that moves: {', '.join(sorted(asked))}",
                where=function.what,
                line=tracing.line or function.line,
            )
        known += more


@dataclass
class _Tracing:
    """The traces of one function, and why its last one did not do."""

    function: Function
    names: Mapping[Control, str]
    fixed: frozenset[Control]
    line: Line | None = None
    """The author's line that asked for a value."""
    reason: ExplorableError | None = None
    """What an operation said that needs one."""

    def variants(self, static: list[Control]) -> Iterator[Variant]:
        """One graph per combination of values."""
        function = self.function
        choices = [_values(control, function, self.names) for control in static]
        count = 1
        for values in choices:
            count *= len(values)
        if count > MOST_ENTRIES:
            raise self._too_many(static, count)
        for number, values in enumerate(itertools.product(*choices)):
            plains = dict(zip(static, values, strict=True))
            key = "|".join(static_key(control, value) for control, value in plains.items())
            entry = f"{function.entry}_{number}" if count > 1 else function.entry
            yield Variant(key, entry, plains, *self._made(key, plains))

    def _too_many(self, static: list[Control], count: int) -> ExplorableError:
        asked = ", ".join(f"'{short(self.names[control])}'" for control in static)
        if self.reason is not None:
            fix = f"give {asked} a range of at most {MOST_ENTRIES} values, one entry point each"
            return ExplorableError(
                self.reason.floor,
                self.reason.fact,
                where=self.function.what,
                line=self.reason.line or self.function.line,
                fix=self.reason.fix or fix,
            )
        line = self.line or self.function.line
        counted = line is not None and "len(" in line.text
        return ExplorableError(
            "figure",
            f"python needs the value of {asked}: {count} entry points (limit {MOST_ENTRIES})",
            where=self.function.what,
            line=line,
            fix="len() fixes a size that moves; use .shape[0]"
            if counted
            else "use torch.arange(n) and masks, or a smaller range",
        )

    def _made(self, key: str, plains: Plains) -> tuple[Graph, Any]:
        function = self.function
        same = function.alike(plains)
        slots = tuple((name, self.names[c]) for name, c in function.controls.items())
        graph, extra = kept(
            None if same is None else (same, function.entry, key, slots, len(self.fixed)),
            lambda: self._inputs(plains),
            lambda inputs: self._trace(plains, inputs),
        )
        extra = copy(extra)
        made = with_size_outputs(function.finish(graph, extra))
        check_sizes(function.entry, made)
        return made, extra

    def _trace(self, plains: Plains, inputs: Inputs) -> tuple[Graph, Any]:
        function = self.function
        left: list[Any] = []

        def run(values: Inputs) -> dict[str, Any]:
            outputs, extra = function.run(values, plains)
            left.append(extra)
            return outputs

        try:
            graph = trace(run, inputs, where=function.what, author=function.author)
        except NeedsValue:
            raise
        except ExplorableError as error:
            raise error.within(where=function.what, line=function.line) from error
        except Exception as error:
            raise explain(error).within(where=function.what, line=function.line) from error
        return prune(graph), left[-1]

    def _inputs(self, plains: Plains) -> Inputs:
        inputs = self.function.inputs(plains)
        for control in self.function.controls.values():
            slot = control_slot(control, self.names)
            if may_be_size(control) and control not in plains and control not in self.fixed:
                inputs |= sized_slots(control, slot)
                continue
            if not (isinstance(control, (Integer, Seed)) and control in plains):
                example = slot_value(control, first(control))
                if example is not None:
                    inputs[slot] = example
                classes = class_slot(control)
                if classes is not None:
                    inputs[f"{slot}.classes"] = classes
        sized = {named.name for i in inputs.values() if isinstance(i, Type) for named in i.sizes}
        owners = by_slot({self.names[control]: control for control in plains}, self.names)
        if sized & set(owners):
            # Values and runs are as large as the control says, of which this function takes one
            # value at a time.
            raise Fixed(frozenset(owners[slot] for slot in sized & set(owners)), self.line)
        return with_numbers(inputs)


def _values(control: Control, function: Function, names: Mapping[Control, str]) -> list[Any]:
    match control:
        case Toggle():
            return [False, True]
        case Choice():
            return list(control.options)
        case Integer():
            return list(range(control.low, control.high + 1))
        case Points() | Text() | Rows():
            return list(range(control.min, control.max + 1))
        case _:
            raise ExplorableError(
                "figure",
                f"python needs the value of '{short(names[control])}', which has no end of values",
                where=function.what,
                line=function.line,
                fix="use it in torch.manual_seed and tensor arithmetic only",
            )


def control_slot(control: Control, names: Mapping[Control, str]) -> str:
    """The place where the page writes a control."""
    return f"control:{names[control]}"


def static_name(control: Control, names: Mapping[Control, str]) -> str:
    """How an entry table calls a static control."""
    return names[control] + (".length" if has_length(control) else "")


def static_key(control: Control, value: Any) -> str:
    """A static value in the key of an entry table; a length may be given as the text or points
    itself."""
    match control:
        case Toggle():
            return "true" if value else "false"
        case Choice():
            return str(list(control.options).index(value))
        case Points() | Text() | Rows():
            return str(value if isinstance(value, int) else length_of(control, value))
        case _:
            return str(value)


def length_of(control: Control, value: Any) -> int:
    """How many points or characters a plain value has."""
    if isinstance(control, Points) and control.classes is not None:
        return len(value[0])
    return len(value)


def short(name: str) -> str:
    """``plane.theta`` -> ``theta``: the author's own word, for messages."""
    return name.rsplit(".", 1)[-1]


def output_types(graph: Graph) -> dict[str, Type]:
    """Outputs of a graph by name."""
    types = graph.types()
    return {output.name: types[output.value] for output in graph.outputs}


def prune(graph: Graph) -> Graph:
    """The graph without inputs and constants that nothing reads."""
    used: set[str] = {output.value.name for output in graph.outputs}

    def read(args: Iterable[Arg]) -> None:
        for arg in args:
            if isinstance(arg, Value):
                used.add(arg.name)
            elif isinstance(arg, tuple):
                read(arg)

    kept: list[Node] = []
    for node in reversed(graph.nodes):
        if node.name in used:
            kept.append(node)
            read(node.args)
            read(value for _, value in node.kwargs)
    pruned = replace(
        graph,
        nodes=tuple(reversed(kept)),
        inputs=tuple(i for i in graph.inputs if i.name in used),
        constants=tuple(c for c in graph.constants if c.name in used),
    )
    # The numbers that extents follow are read, though by no node.
    used |= {named.name for named in pruned.sizes()}
    return replace(pruned, inputs=tuple(i for i in graph.inputs if i.name in used))


def entries(tables: Iterable[Table]) -> list[Entry]:
    """What the compiler is given."""
    return [Entry(variant.entry, variant.graph) for table in tables for variant in table.variants]
