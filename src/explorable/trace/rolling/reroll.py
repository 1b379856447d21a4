"""An author's long Python loop, which a trace has written out, as one `scan` again: thousands of
equal nodes become the body of a loop. Values are those of the nodes written out, in their order.

Runs on fx graphs between the passes of a trace, so that later passes see the body once.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx
from torch._higher_order_ops.scan import scan_op
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx._lazy_graph_module import _make_graph_module

from ...errors import Line
from ..convert import LINE, writes
from .moving_numbers import moved
from .periods import LEAST_REPEATS, Each, Numbers, Same, Stretch, stretches
from .rolled_body import Body, emit

aten = torch.ops.aten
MOST_SINGLES = 8
"""Tensors that stand alone in a stack of one per iteration; more are left where they are."""


def reroll(module: fx.GraphModule, mode: FakeTensorMode) -> fx.GraphModule:
    """The same graph with its long periodic stretches as loops; the module itself if it has
    none."""
    rows = _rows(module.graph)
    nodes = [n for n in module.graph.nodes if n.op == "call_function" and n not in rows]
    planned = [s for s in stretches(nodes, rows) if _fits(s, nodes)]
    if not planned:
        return module
    return _Rolling(module, mode, nodes, rows, planned).run()


def _rows(graph: fx.Graph) -> dict[fx.Node, fx.Node]:
    """Nodes that are one of many rows of a tensor (``for x in X``, ``X[k]``), and the tensor or
    what takes it apart."""
    if any(map(writes, _without_last_copies(graph))):
        return {}
    found: dict[tuple[fx.Node, object], list[fx.Node]] = {}
    for node in graph.nodes:
        if node.op != "call_function" or not node.args or not isinstance(node.args[0], fx.Node):
            continue
        source = node.args[0]
        if node.target is operator.getitem and source.target is aten.unbind.int:
            found.setdefault((source, None), []).append(node)
        elif node.target is aten.select.int and isinstance(node.args[2], int):
            found.setdefault((source, node.args[1]), []).append(node)
    return {
        node: source
        for (source, _), nodes in found.items()
        if len(nodes) >= LEAST_REPEATS
        for node in nodes
    }


def _without_last_copies(graph: fx.Graph) -> list[fx.Node]:
    """The nodes before those that only write results back into inputs."""
    nodes = list(graph.nodes)[:-1]
    while nodes and nodes[-1].target is aten.copy_.default and not nodes[-1].users:
        nodes.pop()
    return nodes


def _fits(stretch: Stretch, nodes: Sequence[fx.Node]) -> bool:
    """Whether what happens in an iteration can stand in the body of a loop."""
    for slot, kinds in enumerate(stretch.kinds):
        node = nodes[stretch.start + slot]
        if isinstance(node.target, torch._ops.HigherOrderOperator) or writes(node):
            return False
        if any(isinstance(kind, Numbers) for kind in kinds) and moved(node, kinds) is None:
            return False
        for kind in kinds:
            if isinstance(kind, Each) and not _stackable(kind.values):
                return False
            if isinstance(kind, Same) and isinstance(kind.value, fx.Node):
                if not isinstance(kind.value.meta.get("val"), torch.Tensor):
                    return False
    return all(_still(nodes[stretch.start + k]) for k in range(stretch.period))


def _still(node: fx.Node) -> bool:
    """Whether every extent is a plain number, and every result a tensor."""
    value = node.meta.get("val")
    parts = value if isinstance(value, (tuple, list)) else (value,)
    return all(
        part is None
        or (isinstance(part, torch.Tensor) and all(type(size) is int for size in part.shape))
        for part in parts
    )


def _stackable(values: Sequence[fx.Node]) -> bool:
    first = values[0].meta.get("val")
    if not isinstance(first, torch.Tensor):
        return False
    singles = sum(1 for value in values if value.op == "placeholder")
    alike = all(
        isinstance(v.meta.get("val"), torch.Tensor)
        and v.meta["val"].shape == first.shape
        and v.meta["val"].dtype == first.dtype
        for v in values
    )
    return alike and singles <= MOST_SINGLES


@dataclass(frozen=True)
class _Row:
    """Row ``index`` of a tensor of the new graph that has one row per iteration."""

    source: fx.Node
    index: int


class _Rolling:
    """The new graph as it grows, and what of it stands for the old one's nodes."""

    def __init__(
        self,
        module: fx.GraphModule,
        mode: FakeTensorMode,
        nodes: Sequence[fx.Node],
        rows: Mapping[fx.Node, fx.Node],
        planned: Sequence[Stretch],
    ) -> None:
        self.module, self.mode, self.nodes, self.rows = module, mode, nodes, rows
        self.turned: dict[tuple[fx.Node, object], fx.Node] = {}
        self.graph = fx.Graph()
        self.made: dict[fx.Node, fx.Node | _Row] = {}
        self.line: Line | None = None
        self.root: dict[str, Any] = {}
        self.starts = {nodes[s.start]: s for s in planned}
        self.inside = {n: s for s in planned for n in nodes[s.start : s.end]}

    def run(self) -> fx.GraphModule:
        """The new module."""
        for node in self.module.graph.nodes:
            self.line = node.meta.get(LINE)
            if node in self.starts:
                self.loop(self.starts[node])
            elif node not in self.inside:
                self.copy(node)
        for name, _ in self.module.named_children():
            self.root[name] = getattr(self.module, name)
        for node in self.graph.find_nodes(op="get_attr"):
            self.root.setdefault(node.target, getattr(self.module, node.target, None))
        module = _make_graph_module(self.root, self.graph)
        module.graph.eliminate_dead_code()
        module.recompile()
        return module

    def copy(self, node: fx.Node) -> None:
        """A node outside of every loop."""
        if node in self.rows:
            return
        if node.target is aten.unbind.int and all(user in self.rows for user in node.users):
            return
        if node.target in (aten.stack.default, aten.cat.default) and node.args[0]:
            parts: Any = node.args[0]
            if sum(isinstance(self.place(part), _Row) for part in parts) >= LEAST_REPEATS:
                self.made[node] = self.joined(node, parts)
                return
        made = self.graph.node_copy(node, self.get)
        made.meta = dict(node.meta)
        self.made[node] = made

    def row(self, node: fx.Node) -> _Row:
        """A node that is one of many rows: its number, and the tensor with the rows first."""
        given: Any = node.args
        if node.target is aten.select.int:
            source, dim, index = given
        else:
            source, index = given[0].args[0], given[1]
            dim = given[0].args[1] if len(given[0].args) > 1 else 0
        size = source.meta["val"].shape[dim]
        if (source, dim) not in self.turned:
            made = self.get(source)
            turned = made if dim == 0 else self.emit(aten.movedim.int, made, dim, 0)
            self.turned[source, dim] = turned
        return _Row(self.turned[source, dim], index % size)

    def joined(self, node: fx.Node, parts: Sequence[fx.Node]) -> fx.Node:
        """``stack`` or ``cat`` of many rows."""
        dim: Any = node.args[1] if len(node.args) > 1 else 0
        size = node.meta["val"].ndim
        rows = self.stacked(parts)
        if node.target is aten.stack.default:
            return rows if dim % size == 0 else self.emit(aten.movedim.int, rows, 0, dim % size)
        # Rows of any length lie beside each other along dim: (n, ..., m, ...) to (..., n * m, ...).
        dim %= size
        moved_rows = self.emit(aten.movedim.int, rows, 0, dim)
        return self.emit(aten.reshape.default, moved_rows, list(node.meta["val"].shape))

    def place(self, old: fx.Node) -> fx.Node | _Row:
        """What stands for an old node."""
        if old not in self.made and old in self.rows:
            # A row may come later in the graph than the loop that reads it.
            self.made[old] = self.row(old)
        return self.made[old]

    def get(self, old: fx.Node) -> fx.Node:
        """What stands for an old node alone."""
        made = self.place(old)
        if isinstance(made, _Row):
            made = self.made[old] = self.emit(aten.select.int, made.source, 0, made.index)
        return made

    def emit(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> fx.Node:
        """A new node."""
        return emit(self.graph, self.mode, self.line, target, *args, **kwargs)

    def stacked(self, values: Sequence[fx.Node]) -> fx.Node:
        """One tensor of a row per value."""
        pieces: list[fx.Node] = []
        k = 0
        while k < len(values):
            row = self.place(values[k])
            run = 1
            if isinstance(row, _Row):
                step = 0
                while k + run < len(values):
                    other = self.place(values[k + run])
                    if not isinstance(other, _Row) or other.source is not row.source:
                        break
                    step = step or other.index - row.index
                    if step not in (1, -1) or other.index != row.index + run * step:
                        break
                    run += 1
                pieces.append(self.part(row.source, row.index, run, step or 1))
            else:
                pieces.append(self.emit(aten.unsqueeze.default, row, 0))
            k += run
        return pieces[0] if len(pieces) == 1 else self.emit(aten.cat.default, pieces, 0)

    def part(self, source: fx.Node, first: int, count: int, step: int) -> fx.Node:
        """``count`` rows of a tensor from ``first`` on, upwards or downwards."""
        low = first if step > 0 else first - count + 1
        if (low, count) != (0, source.meta["val"].shape[0]):
            source = self.emit(aten.slice.Tensor, source, 0, low, low + count)
        return source if step > 0 else self.emit(aten.flip.default, source, [0])

    def counted(self, values: Sequence[int | float], dtype: torch.dtype) -> fx.Node:
        """One number per iteration as a tensor."""
        first, step = values[0], values[1] - values[0]
        if dtype == torch.int64 and all(v == first + k * step for k, v in enumerate(values)):
            places = self.emit(aten.arange.default, len(values), dtype=dtype, device="cpu")
            if step != 1:
                places = self.emit(aten.mul.Tensor, places, step)
            return places if first == 0 else self.emit(aten.add.Tensor, places, first)
        name = f"numbers_{len(self.root)}"
        self.root[name] = torch.tensor(list(values), dtype=dtype)
        made = self.graph.get_attr(name)
        made.meta["val"] = self.mode.from_tensor(self.root[name])
        return made

    def loop(self, stretch: Stretch) -> None:
        """A stretch as one node."""
        body = Body(self, stretch)
        body.fill()
        used = self.used_outside(stretch)
        depths = body.depths
        last = {s: stretch.count - 1 for s in used if used[s] <= {stretch.count - 1}}
        kept = [s for s in used if s not in last or s not in depths]
        results = [body.carried(s, d) for s, deep in depths.items() for d in range(1, deep + 1)]
        results += [body.slots[s] for s in kept]
        made = [emit(body.graph, self.mode, None, aten.clone.default, r) for r in results]
        body.graph.output(made)
        module = fx.GraphModule({}, body.graph)
        name = f"rolled_{len(self.root)}"
        self.root[name] = module
        initial = [
            self.emit(aten.clone.default, self.get(body.first(s, d)))
            for s, deep in depths.items()
            for d in range(1, deep + 1)
        ]
        each = [self.emit(aten.clone.default, x) for x in body.each]
        outer = [self.emit(aten.clone.default, self.get(o)) for o in body.outer]
        node = self.graph.call_function(
            scan_op, (self.graph.get_attr(name), initial, each, tuple(outer))
        )
        with self.mode:
            values = [r.meta["val"] for r in made[: len(initial)]]
            values += [
                torch.empty((stretch.count, *r.meta["val"].shape), dtype=r.meta["val"].dtype)
                for r in made[len(initial) :]
            ]
        node.meta = {"val": values, LINE: self.nodes[stretch.start].meta.get(LINE)}
        parts = [self.emit(operator.getitem, node, k) for k in range(len(made))]
        finals = {
            s: part
            for (s, d), part in zip(
                [(s, d) for s, deep in depths.items() for d in range(1, deep + 1)],
                parts,
                strict=False,
            )
            if d == 1
        }
        stacks = dict(zip(kept, parts[len(initial) :], strict=True))
        for s in used:
            for k in used[s]:
                old = self.nodes[stretch.start + k * stretch.period + s]
                ended = k == stretch.count - 1 and s in finals
                self.made[old] = finals[s] if ended else _Row(stacks[s], k)

    def used_outside(self, stretch: Stretch) -> dict[int, set[int]]:
        """Which iterations' values of which slots are read after the loop."""
        found: dict[int, set[int]] = {}
        for s in range(stretch.period):
            for k in range(stretch.count):
                node = self.nodes[stretch.start + k * stretch.period + s]
                if any(self.inside.get(user) is not stretch for user in node.users):
                    found.setdefault(s, set()).add(k)
        return found
