"""A group of wired figures, traced: every function of it as an entry table, every place by its
name.

Places: ``control:<name>``, ``value:<name>.<path>``, ``state:<sim>.<path>``, ``key:<sim>``,
``step:<sim>``, ``record:<sim>.<name>``, ``history:<sim>.<name>``, ``draw:<figure>.<n>``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from ..compiler.module import Entry
from ..errors import ExplorableError
from ..graphs import Graph, Output, Type
from ..parts.controls import Control, Integer, Seed, Slider
from ..parts.source import definition_line
from ..parts.span import Range
from ..trace import author_line, explain
from ..trace.drawing.history import example, step_number
from ..trace.drawing.text import live_text, split_text
from ..trace.draws.random import random_numbers
from ..trace.forms.arrays import as_tensors
from ..trace.state import state_tensors, substitute
from ..trace.tensors import tensor_type
from ..trace.tree import flatten, plain_tensors
from .arguments import arguments, examples, place
from .drag import TracedDrag, trace_drags
from .drawn import Drawn, draw
from .entries import (
    Function,
    Inputs,
    Plains,
    Table,
    entries,
    output_types,
    short,
    static_key,
    trace_table,
)
from .extents import Fixed, by_slot
from .fields import TracedField, trace_fields
from .figure import Figure
from .kept import alike_always, alike_at
from .page import Page
from .simulation import Simulation
from .stepping import apply_step
from .value import Value
from .wires import all_wires, drawn_by, in_a_mark, page_names, parameter_labels, upstream


@dataclass(frozen=True, eq=False)
class TracedValue:
    value: Value
    run: Table
    types: dict[str, Type]
    """By path."""


@dataclass(frozen=True, eq=False)
class TracedSimulation:
    simulation: Simulation
    init: Table
    step: Table
    record: Table | None
    state: dict[str, Type]
    """By path."""
    records: dict[str, Type]
    first: Table | None = None
    """The first step, where it is special: an optimiser's."""
    late: dict[str, Type] = field(default_factory=dict)
    """State that the first step makes, by path."""


@dataclass(frozen=True, eq=False)
class TracedFigure:
    figure: Figure
    run: Table
    layouts: tuple[Any, ...]
    """Pairs of layout and outputs as the spec has them; ``layout_of`` tells which belongs to a
    variant."""
    layout_of: dict[str, int]
    edited: frozenset[Control]

    def drawn(self, key: str) -> Drawn:
        """What the author's function drew for the variant called ``key``."""
        return next(v.extra for v in self.run.variants if v.key == key)


@dataclass(eq=False)
class Group:
    """Figures that share a module, and everything they read."""

    figures: list[Figure]
    names: dict[Control, str]
    labels: dict[Control, str]
    fixed: frozenset[Control] = frozenset()
    """Controls whose sizes do not move in this group."""
    values: dict[int, TracedValue] = field(default_factory=dict)
    simulations: dict[int, TracedSimulation] = field(default_factory=dict)
    drawings: list[TracedFigure] = field(default_factory=list)
    drags: list[TracedDrag] = field(default_factory=list)
    fields: list[TracedField] = field(default_factory=list)
    order: list[Value | Simulation] = field(default_factory=list)
    prototypes: dict[int, Any] = field(default_factory=dict)
    """Eager results of values and simulations, whose structure the traced ones take; made before a
    trace."""
    _pages: dict[frozenset[tuple[str, str]], Page] = field(default_factory=dict)

    def page(self, plains: Plains) -> Page:
        """The controls at these plain values and else at their first; what was run once stays."""
        return self._pages.setdefault(self.settings(plains), Page(plains))

    def settings(self, plains: Plains) -> frozenset[tuple[str, str]]:
        """Equal for equal plain values."""
        return frozenset((self.names[c], static_key(c, plain)) for c, plain in plains.items())

    def tables(self) -> Iterator[Table]:
        """Every entry table, in dependency order."""
        for node in self.order:
            if isinstance(node, Value):
                yield self.values[id(node)].run
            else:
                traced = self.simulations[id(node)]
                yield traced.init
                if traced.first is not None:
                    yield traced.first
                yield traced.step
                if traced.record is not None:
                    yield traced.record
        for drawn in (*self.drawings, *self.drags, *self.fields):
            yield drawn.run

    def idle(self) -> set[Control]:
        """Controls whose values no entry reads or depends on."""
        tables = list(self.tables())
        used = {slot for table in tables for slot in table.inputs()}
        static = {control for table in tables for control in table.statics}
        unread = {c for c, name in self.names.items() if f"control:{name}" not in used}
        return unread - static

    def sizes(self) -> set[Control]:
        """Controls that the shape of something follows."""
        graphs = (variant.graph for table in self.tables() for variant in table.variants)
        found = {named.name for graph in graphs for named in graph.sizes()}
        owners = by_slot({name: control for control, name in self.names.items()}, self.names)
        return {owners[name] for name in found}

    def bounds(self) -> dict[str, tuple[float, float]]:
        """What the page keeps the numbers of controls between (core/controls.js), by slot."""
        return {
            f"control:{name}": (control.low, control.high)
            for control, name in self.names.items()
            if isinstance(control, (Slider, Integer, Range))
        }

    def states(self) -> list[str]:
        """The slots of all states, which only the group's own entries write."""
        held = ((t.simulation.name, t.state | t.late) for t in self.simulations.values())
        return [place("state", name, path) for name, paths in held for path in paths]

    def entries(self) -> list[Entry]:
        """What the compiler is given; no entry twice."""
        return list({entry.name: entry for entry in entries(self.tables())}.values())


def trace_group(figures: list[Figure]) -> Group:
    """Traces every function that ``figures`` need.

    Where one of them must know a size that the results of others follow, nothing follows it: the
    group is traced again with one entry per value.
    """
    fixed: frozenset[Control] = frozenset()
    while True:
        try:
            return trace_fixed(figures, fixed)
        except Fixed as found:
            fixed |= found.controls
        except ExplorableError:
            raise
        except Exception as error:
            # The author's function, run in Python to know what a value or a state is made of.
            if author_line(error) is None:
                raise
            raise explain(error) from error


def trace_fixed(figures: list[Figure], fixed: frozenset[Control]) -> Group:
    """As `trace_group`, where sizes of the ``fixed`` controls do not move."""
    nodes: list[Any] = list(dict.fromkeys(n for figure in figures for n in upstream(figure)))
    everything = [*nodes, *figures]
    _distinct(everything)
    group = Group(figures, page_names(everything), parameter_labels(everything), fixed)
    for node in nodes:
        group.order.append(node)
        if isinstance(node, Value):
            group.values[id(node)] = _trace_value(group, node)
        else:
            group.simulations[id(node)] = _trace_simulation(group, node)
    for figure in figures:
        drawing = _trace_figure(group, figure)
        group.drawings.append(drawing)
        group.drags += trace_drags(group, drawing)
        group.fields += trace_fields(group, drawing)
    _check_drawn(group, everything)
    _check_seeds(group, everything)
    return group


def _distinct(nodes: list[Any]) -> None:
    known: dict[str, Any] = {}
    for node in nodes:
        if known.setdefault(node.name, node) is not node:
            line = definition_line(node.wires.function)
            raise ExplorableError("figure", f"two functions are called '{node.name}'", line=line)


def _trace_value(group: Group, value: Value) -> TracedValue:
    line = definition_line(value.wires.function)

    def run(values: Inputs, plains: Plains) -> tuple[dict[str, Any], None]:
        with ExitStack() as stack:
            given = arguments(group, value.wires, values, plains, stack)
            stack.enter_context(random_numbers(0, 0))
            leaves, _ = flatten(as_tensors(value.wires.function(**given)))
            try:
                tensors = plain_tensors(leaves)
            except TypeError as error:
                fact = (
                    f"a value gives tensors, got {type(leaves[str(error)]).__name__} at '{error}'"
                )
                raise ExplorableError("figure", fact, line=line) from None
            return {place("value", value.name, path): t for path, t in tensors.items()}, None

    what = f"value '{value.name}'"
    function = Function(
        what,
        f"value_{value.name}",
        line,
        value.wires.controls,
        value.wires.function,
        lambda plains: examples(group, value.wires, plains),
        run,
        alike=alike_always(value),
    )
    table = trace_table(function, group.names, group.fixed)
    kinds = table.types(what, line)
    prefix = len(place("value", value.name, "x")) - 1
    return TracedValue(value, table, {name[prefix:]: kind for name, kind in kinds.items()})


def _trace_simulation(group: Group, simulation: Simulation) -> TracedSimulation:
    name, what = simulation.name, f"simulation '{simulation.name}'"

    def init(values: Inputs, plains: Plains) -> tuple[dict[str, Any], None]:
        with ExitStack() as stack:
            given = arguments(group, simulation.wires, values, plains, stack)
            stream = stack.enter_context(random_numbers(0, 0))
            state = as_tensors(simulation.wires.function(**given))
            outputs = {place("state", name, p): t for p, t in state_tensors(state).items()}
            return outputs | {f"key:{name}": stream.seed}, None

    started = Function(
        what,
        f"init_{name}",
        simulation.line,
        simulation.wires.controls,
        simulation.wires.function,
        lambda plains: examples(group, simulation.wires, plains),
        init,
        alike=alike_always(simulation.wires),
    )
    init_table = trace_table(started, group.names, group.fixed)
    kinds = init_table.types(what, simulation.line)
    key = f"key:{name}"
    prefix = len(place("state", name, "x")) - 1
    state = {slot[prefix:]: kind for slot, kind in kinds.items() if slot != key}
    wires = simulation.step_wires
    line = definition_line(wires.function)
    same = alike_always(simulation)

    def step(values: Inputs, plains: Plains) -> tuple[dict[str, Any], None]:
        with ExitStack() as stack:
            tree = group.prototypes[id(simulation)].state
            held = [p for p in state_tensors(tree) if place("state", name, p) in values]
            tensors = {path: values[place("state", name, path)] for path in held}
            tree = stack.enter_context(substitute(tree, tensors))
            given = arguments(group, wires, values, plains, stack)
            stack.enter_context(random_numbers(values[key], values[f"step:{name}"]))
            after, record = apply_step(wires.function, tree, given)
            outputs = {place("state", name, p): t for p, t in state_tensors(after).items()}
            if record is not None:
                for kept, tensor in plain_tensors(record.tensors).items():
                    outputs[f"record:{name}.{kept}"] = tensor
            return outputs, None

    def traced_step(entry: str, held: dict[str, Type], steps: int) -> Table:
        def inputs(plains: Plains) -> Inputs:
            group.prototypes[id(simulation)] = Page(plains).start(simulation).advance(steps)
            found = {place("state", name, path): example(kind) for path, kind in held.items()}
            found |= {key: step_number(0), f"step:{name}": step_number(1)}
            return found | examples(group, wires, plains)

        author = wires.function
        stepped = Function(
            what, f"{entry}_{name}", line, wires.controls, author, inputs, step, alike=same
        )
        return trace_table(stepped, group.names, group.fixed)

    # An eager step first: its checks name what a step may not change, in the author's words.
    after = state_tensors(Page().start(simulation).advance(1).state)
    late = {path: tensor_type(t) for path, t in after.items() if path not in state}
    if late:
        _still(group, state)
    first = traced_step("first", state, 0) if late else None
    table = traced_step("step", state | late, 1 if late else 0)
    found = table.types(what, line)
    for path, kind in (state | late).items():
        for got in [found, *([first.types(what, line)] if first else [])]:
            if (changed := got.get(place("state", name, path))) != kind:
                fact = f"step changed '{path or 'state'}' from {kind} to {changed}"
                raise ExplorableError("figure", fact, where=what, line=line)
    prefix = len(f"record:{name}.")
    records = {
        slot[prefix:]: kind for slot, kind in found.items() if slot.startswith(f"record:{name}.")
    }
    _still(group, records)
    known = (first, late)
    if not records:
        return TracedSimulation(simulation, init_table, table, None, state, {}, *known)
    if simulation.options.record_every == 1:
        return TracedSimulation(simulation, init_table, table, table, state, records, *known)
    known = (first and _without(first, f"record:{name}."), late)
    plain = _without(table, f"record:{name}.")
    recording = Table(
        table.statics,
        tuple(replace(v, entry=v.entry.replace("step_", "record_", 1)) for v in table.variants),
    )
    return TracedSimulation(simulation, init_table, plain, recording, state, records, *known)


def _still(group: Group, kinds: dict[str, Type]) -> None:
    """What a first step makes, and a history's rows, have sizes that do not move."""
    sizes = {named.name for kind in kinds.values() for named in kind.sizes}
    if sizes:
        owners = by_slot({name: control for control, name in group.names.items()}, group.names)
        raise Fixed(frozenset(owners[name] for name in sizes))


def _without(table: Table, prefix: str) -> Table:
    from .entries import prune

    def cut(graph: Graph) -> Graph:
        outputs = tuple(o for o in graph.outputs if not o.name.startswith(prefix))
        return prune(replace(graph, outputs=outputs))

    return replace(table, variants=tuple(replace(v, graph=cut(v.graph)) for v in table.variants))


def _trace_figure(group: Group, figure: Figure) -> TracedFigure:
    by_slot = {group.names[c]: c for c in figure.wires.controls.values()}
    named: dict[tuple[int, Type], str] = {}

    def run(values: Inputs, plains: Plains) -> tuple[dict[str, Any], Drawn]:
        slots = {
            name: values[f"control:{name}"]
            for name, control in by_slot.items()
            if in_a_mark(control)
        }
        with ExitStack() as stack:
            given = arguments(group, figure.wires, values, plains, stack)
            store = stack.enter_context(live_text())
            layout = figure.layout(given)
            drawn = draw(
                layout, split=lambda text: split_text(text, store), slots=slots, controls=by_slot
            )
            store.check_drawn()
            outputs = {str(k): tensor for k, tensor in enumerate(drawn.tensors)}
            return outputs, drawn.bare()

    def finish(graph: Graph, drawn: Drawn) -> Graph:
        types = output_types(graph)
        outputs: list[Output] = []
        for output in graph.outputs:
            number = int(output.name)
            kind = types[output.name]
            again = sum(1 for k, t in named if k == number and t != kind)
            suffix = f".{again}" if again else ""
            slot = named.setdefault((number, kind), f"draw:{figure.name}.{number}{suffix}")
            outputs.append(replace(output, name=slot))
        drawn.names = [output.name for output in outputs]
        return replace(graph, outputs=tuple(outputs))

    function = Function(
        f"figure '{figure.name}'",
        f"draw_{figure.name}",
        figure.line,
        figure.wires.controls,
        figure.wires.function,
        lambda plains: examples(group, figure.wires, plains),
        run,
        finish,
        alike_at(figure),
    )
    table = trace_table(function, group.names, group.fixed)
    layouts: list[Any] = []
    layout_of: dict[str, int] = {}
    edited: set[Control] = set()
    for variant in table.variants:
        layout = variant.extra.spec()  # with its outputs
        if layout not in layouts:
            layouts.append(layout)
        layout_of[variant.key] = layouts.index(layout)
        edited |= {by_slot[name] for name in variant.extra.edited}
    return TracedFigure(figure, table, tuple(layouts), layout_of, frozenset(edited))


def _check_drawn(group: Group, nodes: list[Any]) -> None:
    """A control that is edited in a mark needs one; a shared one may have it in another bundle."""
    edited = {control for drawing in group.drawings for control in drawing.edited}
    edited |= {control for drag in group.drags for control in drag.controls}
    for wires in (wires for node in nodes for wires in all_wires(node)):
        for parameter, control in wires.controls.items():
            if in_a_mark(control) and control not in edited and "." in group.names[control]:
                raise ExplorableError(
                    "figure",
                    f"no mark draws '{parameter}', so the reader cannot change it",
                    where=f"'{wires.function.__name__}'",
                    line=control.line,
                    fix=drawn_by(control, parameter),
                )


def _check_seeds(group: Group, nodes: list[Any]) -> None:
    """A seed that changes nothing was forgotten."""
    idle = group.idle()
    for control, name in group.names.items():
        if isinstance(control, Seed) and control in idle:
            raise ExplorableError(
                "figure",
                f"'{short(name)}' has no effect",
                line=control.line,
                fix=f"call torch.manual_seed({short(name)}) in the same function",
            )
