"""Pass two of a graph that has no writes left: operations of the table are taken apart one by one,
each kind on the same types once in a process, and all other nodes are kept as they stand.

What torch's functionalisation does to such a graph, without running all of it again. Where
something is met that only torch knows how to take apart, the graph is left to torch.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import fx
from torch._C import DispatchKey
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx._lazy_graph_module import _make_graph_module
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.node import map_arg
from torch.utils._pytree import tree_map_only

from ..convert import LINE, writes
from .decompose import TABLE

aten = torch.ops.aten
LAZY = {aten._conj.default, aten._neg_view.default}
"""Their results are read in another way by the next operation, which only torch knows."""


KEPT = 4096
"""Parts that a process remembers: a page's many figures and saves ask for the same ones."""


@dataclass(frozen=True)
class _Part:
    """What the table made of an operation on some types, in one trace's mode."""

    graph: fx.Graph
    mode: FakeTensorMode


_PARTS: dict[object, _Part] = {}


class _LeftToTorchError(Exception):
    """Something that this pass does not know."""


def expanded(module: fx.GraphModule, mode: FakeTensorMode) -> fx.GraphModule | None:
    """The graph in operations that the table has no rule for; None: it is left to torch.

    The graph may end in copies into its own inputs, which tell what was written to them. Loops and
    branches stay, with bodies taken apart.
    """
    try:
        return _Expansion(module, mode).run() if _are_known(module) else None
    except _LeftToTorchError:
        return None


def _are_known(module: fx.GraphModule, *, inside: bool = False) -> bool:
    for node in module.graph.nodes:
        if node.op == "get_attr":
            part = getattr(module, str(node.target))
            if isinstance(part, fx.GraphModule) and not _are_known(part, inside=True):
                return False
        elif not _is_known(node) or (inside and writes(node)):
            return False
    return True


def _is_known(node: fx.Node) -> bool:
    if node.op != "call_function":
        return node.op in ("placeholder", "output")
    target = node.target
    if not isinstance(target, torch._ops.OpOverload):
        return True
    if target._schema.is_mutable:
        into = node.args[0]
        written = isinstance(into, fx.Node) and into.op == "placeholder"
        return target is aten.copy_.default and written and not node.users
    return target not in LAZY


class _Expansion:
    def __init__(self, module: fx.GraphModule, mode: FakeTensorMode) -> None:
        self.module, self.mode = module, mode
        self.graph = fx.Graph()
        self.made: dict[fx.Node, Any] = {}  # Any: a node, or several of an operation taken apart
        self.shown: dict[object, torch.Tensor] = {}

    def run(self) -> fx.GraphModule:
        for node in self.module.graph.nodes:
            if node.op == "get_attr":
                self.made[node] = self.part(node)
                continue
            if node.target is operator.getitem:
                several = self.made[node.args[0]]
                if not isinstance(several, fx.Node):
                    self.made[node] = several[node.args[1]]
                    continue
            if _has_rule(node.target):
                self.made[node] = self.expand(node)
            else:
                self.made[node] = self.copy(node)
        return _make_graph_module(self.module, self.graph)

    def new(self, node: fx.Node) -> Any:  # Any: as in `made`
        return self.made[node]

    def part(self, node: fx.Node) -> fx.Node:
        """The body of a loop, taken apart, or a literal."""
        made = self.copy(node)
        body = getattr(self.module, str(node.target))
        if isinstance(body, fx.GraphModule):
            made.target = f"{node.target}_apart"
            setattr(self.module, made.target, _Expansion(body, self.mode).run())
        return made

    def copy(self, node: fx.Node) -> fx.Node:
        made = self.graph.node_copy(node, self.new)
        made.meta = dict(node.meta)
        return made

    def expand(self, node: fx.Node) -> Any:  # Any: as in `made`
        given: list[fx.Node] = []

        def place(argument: fx.Node) -> torch.Tensor:
            found = self.made[argument]
            given.append(found)
            return found.meta["val"]

        args = map_arg(node.args, place)
        kwargs = map_arg(node.kwargs, place)
        tensors = [made.meta["val"] for made in given]
        key = (node.target, torch.get_default_dtype(), _key(args), _key(kwargs))
        part = _PARTS.get(key)
        if part is None:
            part = _PARTS[key] = _Part(self.taken_apart(node, args, kwargs, tensors), self.mode)
            if len(_PARTS) > KEPT:
                del _PARTS[next(iter(_PARTS))]
        return self.inlined(part, given, node)

    def taken_apart(
        self, node: fx.Node, args: Any, kwargs: Any, tensors: list[torch.Tensor]
    ) -> fx.Graph:
        """What the table makes of an operation on these types."""
        order = iter(range(len(tensors)))
        place = cast("Any", lambda _: _Place(next(order)))  # pyright: ignore[reportUnknownLambdaType]
        places, named = map_arg(node.args, place), map_arg(node.kwargs, place)

        def call(*given: torch.Tensor) -> Any:
            return cast("Any", node.target)(*_filled(places, given), **_filled(named, given))

        try:
            with self.mode, torch.no_grad():
                made = make_fx(
                    torch.func.functionalize(call, remove="mutations"),
                    decomposition_table=TABLE,
                    tracing_mode="real",
                )(*(tensor.detach() for tensor in tensors))
        except Exception as error:  # torch, run on the whole graph, says it with the author's line
            raise _LeftToTorchError from error
        made.graph.eliminate_dead_code()
        for inner in made.graph.nodes:
            if not _is_known(inner) or writes(inner):
                raise _LeftToTorchError
        return made.graph

    def inlined(self, part: _Part, given: list[fx.Node], node: fx.Node) -> Any:
        """A part's nodes at the end of the graph, each with the line of the node it stands for."""
        known: dict[fx.Node, fx.Node] = {}
        inputs = iter(given)
        for inner in part.graph.nodes:
            if inner.op == "placeholder":
                known[inner] = next(inputs)
            elif inner.op == "output":
                return map_arg(inner.args[0], known.__getitem__)
            else:
                made = self.graph.node_copy(inner, known.__getitem__)
                value = inner.meta["val"]
                if part.mode is not self.mode:
                    value = tree_map_only(torch.Tensor, self.alike, value)
                made.meta = {"val": value, LINE: node.meta.get(LINE)}
                known[inner] = made
        raise AssertionError("a graph ends in its output")

    def alike(self, value: torch.Tensor) -> torch.Tensor:
        """A tensor of another trace, of this one; one shows what all of its type are."""
        shape, stride = tuple(value.shape), value.stride()
        key = (shape, stride, value.dtype)
        if key not in self.shown:
            with self.mode:
                self.shown[key] = torch.empty_strided(shape, stride, dtype=value.dtype)
        return self.shown[key]


def _has_rule(target: object) -> bool:
    if not isinstance(target, torch._ops.OpOverload):
        return False
    composite = target.has_kernel_for_dispatch_key(DispatchKey.CompositeImplicitAutograd)
    return target in TABLE or composite


class _Place:
    """Stands for the tensor of this number."""

    def __init__(self, number: int) -> None:
        self.number = number


def _filled(part: Any, tensors: tuple[torch.Tensor, ...]) -> Any:
    if isinstance(part, _Place):
        return tensors[part.number]
    if isinstance(part, (list, tuple)):
        return type(part)(_filled(inner, tensors) for inner in part)
    if isinstance(part, Mapping):
        return {name: _filled(inner, tensors) for name, inner in part.items()}
    return part


def _key(part: Any) -> object:
    """Equal for arguments with which an operation comes apart in the same way."""
    if isinstance(part, torch.Tensor):
        if part.layout is not torch.strided or part.is_conj() or part.is_neg():
            raise _LeftToTorchError
        if any(type(size) is not int for size in part.shape):
            raise _LeftToTorchError
        return (part.dtype, tuple(part.shape), part.stride(), part.storage_offset())
    if isinstance(part, (list, tuple)):
        return tuple(_key(inner) for inner in part)
    if isinstance(part, Mapping):
        return tuple((name, _key(inner)) for name, inner in part.items())
    if part is None or isinstance(part, (bool, int, float, complex, str)):
        return (type(part), part)
    if isinstance(part, (torch.dtype, torch.device, torch.layout, torch.memory_format)):
        return part
    raise _LeftToTorchError
