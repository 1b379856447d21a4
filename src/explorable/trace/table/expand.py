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
from functools import partial
from typing import Any, cast

import torch
from torch import fx
from torch._C import DispatchKey
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx._lazy_graph_module import _make_graph_module
from torch.fx.node import map_arg
from torch.utils._pytree import tree_map_only

from ..convert import LINE, writes
from ..extents import Symbols, Sympy
from ..torch_tracer import make_fx
from .decompose import TABLE
from .numbers import LeftToTorchError, Numbers, Translation, apart, bounds

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
    sizes: tuple[Sympy, ...] = ()
    """Symbols of its first inputs: the sizes that move."""
    guards: tuple[Sympy, ...] = ()
    """What it takes for true of them."""


_PARTS: dict[object, _Part] = {}


def expanded(
    module: fx.GraphModule, mode: FakeTensorMode, symbols: Symbols
) -> fx.GraphModule | None:
    """The graph in operations that the table has no rule for; None: it is left to torch.

    The graph may end in copies into its own inputs, which tell what was written to them. Loops and
    branches stay, with bodies taken apart.
    """
    try:
        return _Expansion(module, mode, symbols).run() if _are_known(module) else None
    except LeftToTorchError:
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
    def __init__(self, module: fx.GraphModule, mode: FakeTensorMode, symbols: Symbols) -> None:
        self.module, self.mode, self.symbols = module, mode, symbols
        self.graph = fx.Graph()
        self.made: dict[fx.Node, Any] = {}  # Any: a node, or several of an operation taken apart
        self.sizes: dict[Sympy, fx.Node] = {}
        """Inputs that are sizes, by their symbols."""
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
            value = node.meta.get("val")
            if node.op == "placeholder" and isinstance(value, torch.SymInt):
                self.sizes[value.node.expr] = self.made[node]
        return _make_graph_module(self.module, self.graph)

    def new(self, node: fx.Node) -> Any:  # Any: as in `made`
        return self.made[node]

    def part(self, node: fx.Node) -> fx.Node:
        """The body of a loop, taken apart, or a literal."""
        made = self.copy(node)
        body = getattr(self.module, str(node.target))
        if isinstance(body, fx.GraphModule):
            made.target = f"{node.target}_apart"
            setattr(self.module, made.target, _Expansion(body, self.mode, self.symbols).run())
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
        values = [made.meta["val"] for made in given]
        numbers = Numbers(self.symbols)
        key = (node.target, torch.get_default_dtype(), _key(args, numbers), _key(kwargs, numbers))
        if not self.sizes.keys() >= set(numbers.met):
            raise LeftToTorchError
        key = (*key, numbers.bounds())
        part = _PARTS.get(key)
        if part is None:
            part = _PARTS[key] = self.taken_apart(node, values, numbers)
            if len(_PARTS) > KEPT:
                del _PARTS[next(iter(_PARTS))]
        return self.inlined(part, given, numbers, node)

    def taken_apart(self, node: fx.Node, values: list[Any], numbers: Numbers) -> _Part:
        """What the table makes of an operation on these types."""
        if not numbers.met:
            tensors = [tensor.detach() for tensor in values]
            return _Part(_taken_apart(node, tensors, self.mode, 0), self.mode)
        alone, there = apart(numbers)
        given = [*alone.sizes, *map(there.values, values)]
        graph = _taken_apart(node, given, alone.mode, len(alone.sizes))
        if any(isinstance(n.meta.get("val"), (torch.SymFloat, torch.SymBool)) for n in graph.nodes):
            raise LeftToTorchError
        return _Part(graph, alone.mode, alone.own, alone.guards())

    def inlined(
        self, part: _Part, given: list[fx.Node], numbers: Numbers, node: fx.Node
    ) -> Any:  # Any: as in `made`
        """A part's nodes at the end of the graph, each with the line of the node it stands for."""
        known: dict[fx.Node, fx.Node] = {}
        inputs = iter([*(self.sizes[symbol] for symbol in numbers.met), *given])
        here = self.here(dict(zip(part.sizes, numbers.met, strict=True)))
        for guard in part.guards:
            cast("Any", self.mode.shape_env).evaluate_expr(guard.xreplace(here.symbols))
        for inner in part.graph.nodes:
            if inner.op == "placeholder":
                known[inner] = next(inputs)
            elif inner.op == "output":
                return map_arg(inner.args[0], known.__getitem__)
            else:
                made = self.graph.node_copy(inner, known.__getitem__)
                value = inner.meta["val"]
                if part.mode is not self.mode:
                    value = tree_map_only(torch.Tensor, partial(self.alike, here), value)
                if part.sizes:
                    value = tree_map_only(torch.SymInt, here.number, value)
                made.meta = {"val": value, LINE: node.meta.get(LINE)}
                known[inner] = made
        raise AssertionError("a graph ends in its output")

    def here(self, symbols: Mapping[Sympy, Sympy]) -> Translation:
        """From the symbols of a part to those of this trace."""
        hints = {symbol: bounds(self.symbols, symbol).hint for symbol in symbols.values()}
        known = {symbol: self.sizes[symbol].meta["val"] for symbol in symbols.values()}
        return Translation(self.mode, symbols, hints, known)

    def alike(self, here: Translation, value: torch.Tensor) -> torch.Tensor:
        """A tensor of another trace, of this one; one shows what all of its type are."""
        sizes = (*value.shape, *value.stride())
        moves = any(type(size) is not int for size in sizes)
        place = 0 if moves else value.storage_offset()
        key = (tuple(map(str, map(here.number, sizes))) if moves else sizes, place, value.dtype)
        if key not in self.shown:
            made = here.tensor(value)
            if place:
                with self.mode:
                    memory = torch.empty(place + _extent(made), dtype=made.dtype)
                    made = memory.as_strided(made.shape, made.stride(), place)
            self.shown[key] = made
        return self.shown[key]


def _extent(tensor: torch.Tensor) -> int:
    """Places in memory from the first element to the last."""
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return 1 + sum(max(size - 1, 0) * step for size, step in steps)


def _taken_apart(node: fx.Node, values: list[Any], mode: FakeTensorMode, sizes: int) -> fx.Graph:
    """The graph of an operation on ``values``; the first ``sizes`` of them stand for themselves."""
    order = iter(range(sizes, len(values)))
    place = cast("Any", lambda _: _Place(next(order)))  # pyright: ignore[reportUnknownLambdaType]
    places, named = map_arg(node.args, place), map_arg(node.kwargs, place)

    def call(*given: torch.Tensor) -> Any:
        return cast("Any", node.target)(*_filled(places, given), **_filled(named, given))

    try:
        with mode, torch.no_grad():
            made = make_fx(
                torch.func.functionalize(call, remove="mutations"), decomposition_table=TABLE
            )(*values)
    except Exception as error:  # torch, run on the whole graph, says it with the author's line
        raise LeftToTorchError from error
    made.graph.eliminate_dead_code()
    for inner in made.graph.nodes:
        if not _is_known(inner) or writes(inner):
            raise LeftToTorchError
    return made.graph


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


def _key(part: Any, numbers: Numbers) -> object:
    """Equal for arguments with which an operation comes apart in the same way."""
    if isinstance(part, torch.Tensor):
        if part.layout is not torch.strided or part.is_conj() or part.is_neg():
            raise LeftToTorchError
        shape, stride = tuple(part.shape), part.stride()
        if any(type(size) is not int for size in (*shape, *stride)):
            sizes = tuple(map(numbers.key, shape)), tuple(map(numbers.key, stride))
            return (part.dtype, *sizes)
        place = part.storage_offset()
        if type(place) is not int:
            raise LeftToTorchError
        return (part.dtype, shape, stride, place)
    if isinstance(part, (list, tuple)):
        return tuple(_key(inner, numbers) for inner in part)
    if isinstance(part, Mapping):
        return tuple((name, _key(inner, numbers)) for name, inner in part.items())
    if isinstance(part, torch.SymInt):
        return numbers.key(part)
    if part is None or isinstance(part, (bool, int, float, complex, str)):
        return (type(part), part)
    if isinstance(part, (torch.dtype, torch.device, torch.layout, torch.memory_format)):
        return part
    raise LeftToTorchError
