"""In-place code of a trace without writes: ``w += x``, ``out[k] = y``, initialisers and optimisers
become operations that give new tensors, so that loops over them can be found before the costly
passes, and the graph need not be run again for torch to do it.

torch's own functionalisation does the same node by node later, and everything that this pass does
not know it leaves to it: the graph is then given back as it was.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import fx
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx._lazy_graph_module import _make_graph_module
from torch.fx.node import map_arg

from ...errors import ExplorableError
from ..convert import LINE, writes
from .rolled_body import emit

aten = torch.ops.aten
LEAST_NODES = 100
"""Of shorter graphs torch's own way takes no time worth sparing."""
WHOLE = {aten.detach.default, aten.alias.default}
"""Views of all elements in their order, which a write goes through unchanged."""

TAKEN_APART = {aten.unbind.int, aten.split.Tensor, aten.split_with_sizes.default}


class _UnknownError(Exception):
    """A write that this pass leaves to torch."""


def without_writes(module: fx.GraphModule, mode: FakeTensorMode) -> fx.GraphModule:
    """The same graph without in-place operations; the module itself if it is short, has none, or
    has one that is left to torch."""
    nodes = module.graph.nodes
    if len(nodes) < LEAST_NODES or not any(map(writes, nodes)):
        return module
    try:
        return _Pure(module, mode).run()
    except _UnknownError:
        return module


def written_alone(module: fx.GraphModule) -> None:
    """Raises ExplorableError where the graph writes through ``x.unfold(dim, 1, 2)`` or
    ``x.expand(2, 3)``: torch's functionalisation makes zero what lies between the windows, and
    adds up what was written to elements that are one."""
    shown: dict[fx.Node, fx.Node] = {}
    for node in module.graph.nodes:
        source = node.args[0] if node.args and isinstance(node.args[0], fx.Node) else None
        if not isinstance(node.target, torch._ops.OpOverload) or source is None:
            continue
        if node.target is aten.unfold.default and _leaves_gaps(node, source):
            shown[node] = node
        if node.target is aten.expand.default and _repeats(node, source):
            shown[node] = node
        arguments = node.target._schema.arguments
        if source in shown and arguments[0].alias_info is not None:
            shown.setdefault(node, shown[source])
            if writes(node):
                raise _not_alone(shown[node].target).within(line=node.meta.get(LINE))


def _not_alone(view: object) -> ExplorableError:
    if view is aten.expand.default:
        fact = "a write into an expanded tensor, where several elements are one in memory"
        return ExplorableError("trace", fact, fix="write into a copy, x = x.expand(...).clone()")
    return ExplorableError(
        "trace",
        "a write through unfold, whose windows leave gaps",
        fix="write through a slice, x[..., ::2] = y, or use torch.index_put",
    )


def _leaves_gaps(node: fx.Node, source: fx.Node) -> bool:
    if not source.meta["val"].ndim:
        return False
    dim, size, step = cast("tuple[int, int, int]", node.args[1:])
    length, windows = (n.meta["val"].shape[dim] for n in (source, node))
    return step > size or windows * step != length


def _repeats(node: fx.Node, source: fx.Node) -> bool:
    after, before = node.meta["val"].shape, source.meta["val"].shape
    before = (1,) * (len(after) - len(before)) + tuple(before)
    return any(
        not isinstance(was, torch.SymInt)
        and was == 1
        and (isinstance(now, torch.SymInt) or now != 1)
        for was, now in zip(before, after, strict=True)
    )


@dataclass
class _View:
    """A node that shows part of another; ``version``: of the memory when it was last computed."""

    source: fx.Node
    version: int


class _Pure:
    def __init__(self, module: fx.GraphModule, mode: FakeTensorMode) -> None:
        self.module, self.mode = module, mode
        self.graph = fx.Graph()
        self.made: dict[fx.Node, fx.Node] = {}
        self.aliases: dict[fx.Node, fx.Node] = {}
        """Nodes that show the very elements of another."""
        self.views: dict[fx.Node, _View] = {}
        self.now: dict[fx.Node, fx.Node] = {}
        """What a base holds by now."""
        self.versions: dict[fx.Node, int] = {}

    def run(self) -> fx.GraphModule:
        for node in self.module.graph.nodes:
            if node.op == "output":
                for base, value in self.now.items():
                    if base.op == "placeholder":
                        # As torch's own pass does, for the one that looks what is written.
                        self.graph.call_function(aten.copy_.default, (self.made[base], value))
            self.node(node)
        module = _make_graph_module(self.module, self.graph)
        module.graph.eliminate_dead_code()
        return module

    def node(self, node: fx.Node) -> None:
        if node.op != "call_function":
            self.copy(node)
        elif writes(node):
            self.write(node)
        elif node.target in WHOLE:
            self.aliases[node] = cast("fx.Node", node.args[0])
        else:
            self.copy(node)
            source = self.shown(node)
            if source is not None:
                self.show(node, source)

    def shown(self, node: fx.Node) -> fx.Node | None:
        """The tensor that a view shows."""
        first = node.args[0] if node.args else None
        if not isinstance(first, fx.Node):
            return None
        if node.target is operator.getitem:
            return first if first.target in TAKEN_APART else None
        if not isinstance(node.target, torch._ops.OpOverload):
            return None
        schema = node.target._schema
        alias = [result.alias_info for result in schema.returns]
        return first if node.target in TAKEN_APART or any(alias) else None

    def show(self, node: fx.Node, source: fx.Node) -> None:
        self.views[node] = _View(source, self.versions.get(self.base(source), 0))

    def plain(self, node: fx.Node) -> fx.Node:
        """The node whose elements a node shows."""
        while node in self.aliases:
            node = self.aliases[node]
        return node

    def base(self, node: fx.Node) -> fx.Node:
        """The node that made the memory that a node shows."""
        node = self.plain(node)
        while node in self.views:
            node = self.plain(self.views[node].source)
        return node

    def value(self, node: fx.Node) -> fx.Node:
        """What an old node holds now, in the new graph."""
        node = self.plain(node)
        view = self.views.get(node)
        if view is None:
            return self.now.get(node) or self.made[node]
        version = self.versions.get(self.base(node), 0)
        if view.version != version:
            self.copy(node)
            view.version = version
        return self.made[node]

    def copy(self, node: fx.Node) -> None:
        made = self.graph.node_copy(node, self.value)
        made.meta = dict(node.meta)
        scale = made.kwargs.get("value", made.kwargs.get("alpha"))
        if isinstance(scale, fx.Node) and made.op == "call_function":
            made = self.scaled(made, scale)
        self.made[node] = made

    def emit(self, like: fx.Node, target: Callable[..., Any], *args: Any, **kwargs: Any) -> fx.Node:
        return emit(self.graph, self.mode, like.meta.get(LINE), target, *args, **kwargs)

    def scaled(self, node: fx.Node, scale: fx.Node) -> fx.Node:
        """``x + number * y`` with a number that was read from a tensor, by the tensor."""
        if scale.target is not aten._local_scalar_dense.default:
            return node
        number = scale.args[0]
        if node.target is aten.addcdiv.default:
            x, above, below = node.args
            part = self.emit(node, aten.div.Tensor, above, below)
        elif node.target is aten.addcmul.default:
            x, one, other = node.args
            part = self.emit(node, aten.mul.Tensor, one, other)
        elif node.target is aten.add.Tensor:
            x, part = node.args
        else:
            return node
        step = self.emit(node, aten.mul.Tensor, part, number)
        made = self.emit(node, aten.add.Tensor, x, step)
        return made if made.meta["val"].dtype == node.meta["val"].dtype else node

    def write(self, node: fx.Node) -> None:
        """An in-place operation, and what it means for the memory it writes to."""
        target = cast("torch._ops.OpOverload", node.target)
        into = node.args[0] if node.args else None
        alias = [argument.alias_info for argument in target._schema.arguments]
        if not isinstance(into, fx.Node) or any(a and a.is_write for a in alias[1:]):
            raise _UnknownError
        if len(target._schema.returns) != 1:
            raise _UnknownError
        self.store(into, self.fitting(node, into, self.written(node, target, into)), node)
        self.aliases[node] = into

    def written(self, node: fx.Node, target: torch._ops.OpOverload, into: fx.Node) -> fx.Node:
        """The new value of what is written to."""
        others = map_arg(node.args[1:], self.value)
        kwargs = map_arg(node.kwargs, self.value)
        if target is aten.copy_.default:
            return cast("fx.Node", others[0])
        if target is aten.zero_.default:
            return self.emit(node, aten.zeros_like.default, self.value(into))
        name, overload = target._schema.name.removeprefix("aten::"), target._overloadname
        packet = getattr(aten, name.removesuffix("_"), None)
        if not name.endswith("_") or overload not in getattr(packet, "overloads", list)():
            raise _UnknownError
        functional = getattr(packet, overload)
        made = self.graph.call_function(functional, (self.value(into), *others), dict(kwargs))
        made.meta = dict(node.meta)
        scale = kwargs.get("value", kwargs.get("alpha"))
        return self.scaled(made, scale) if isinstance(scale, fx.Node) else made

    def fitting(self, node: fx.Node, into: fx.Node, value: fx.Node) -> fx.Node:
        """A value in the type of what it is written to."""
        wanted = into.meta["val"]
        given = value.meta["val"]
        if node.target is not aten.copy_.default and given.shape != wanted.shape:
            raise _UnknownError
        if given.dtype != wanted.dtype:
            value = self.emit(node, aten._to_copy.default, value, dtype=wanted.dtype)
        if given.shape != wanted.shape:
            value = self.emit(node, aten.expand.default, value, list(wanted.shape))
        return value

    def store(self, into: fx.Node, value: fx.Node, node: fx.Node) -> None:
        """Put a value where ``into`` looks."""
        into = self.plain(into)
        view = self.views.get(into)
        base = self.base(into)
        if view is None:
            self.now[base] = value
            self.versions[base] = self.versions.get(base, 0) + 1
            return
        self.store(view.source, self.scattered(into, view.source, value, node), node)
        self.made[into] = value
        view.version = self.versions[base]

    def scattered(self, into: fx.Node, source: fx.Node, value: fx.Node, node: fx.Node) -> fx.Node:
        """The source of a view with another value in the view's place."""
        whole, args = self.value(source), into.args[1:]
        if into.target is aten.select.int:
            return self.emit(node, aten.select_scatter.default, whole, value, *args)
        if into.target is aten.slice.Tensor:
            return self.emit(node, aten.slice_scatter.default, whole, value, *args)
        if into.target in (aten.view.default, aten.unsqueeze.default, aten.squeeze.dim):
            return self.emit(node, aten.reshape.default, value, list(source.meta["val"].shape))
        raise _UnknownError
