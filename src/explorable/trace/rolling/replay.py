"""The same operation on the same types again, as in every iteration of a loop: its node is added
without asking torch anew what comes out."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode, in_kernel_invocation_manager
from torch.fx.experimental import proxy_tensor

from ..draws import philox as philox  # it registers the operation of draws

_BITS = torch.ops.explorable.bits.default

UNREPLAYED = {
    torch.Tag.data_dependent_output,
    torch.Tag.nondeterministic_seeded,
    torch.Tag.inplace_view,
}


@dataclass(frozen=True)
class _Recipe:
    """What one operation gave: the types of its tensors, and values that show them."""

    values: tuple[FakeTensor, ...]
    several: bool
    view: bool


class _UnknownError(Exception):
    """An argument that a key cannot hold."""


class Replays:
    """Calls operations in one trace, from memory where the types were the same before."""

    def __init__(self) -> None:
        self._recipes: dict[object, _Recipe | None] = {}
        self._kinds: dict[Any, str] = {}

    def call(self, func: Any, args: Any, kwargs: Any) -> Any:  # Any: torch's own protocol
        """The operation's result, as a node of the graph that is being made."""
        mode = proxy_tensor.get_proxy_mode()
        kind = self._kind(func) if mode is not None and args else ""
        if mode is None or not kind:
            return func(*args, **kwargs)
        tracer: Any = mode.tracer
        try:
            # The number of a draw says nothing about its type.
            counted = args[:2] + args[3:] if func is _BITS else args
            named = ((name, _key(value, kind)) for name, value in kwargs.items())
            key = (func, _key(counted, kind), *named)
            recipe = self._recipes.get(key)
            given = _proxies((args, kwargs), tracer) if recipe is not None else None
        except (_UnknownError, TypeError):
            return func(*args, **kwargs)
        if recipe is not None and given is not None:
            return _replayed(func, args, given, recipe, tracer)
        if key in self._recipes:
            return func(*args, **kwargs)
        before = _last(tracer.graph)
        result = func(*args, **kwargs)
        self._recipes[key] = _recipe(func, args[0], result, before, _last(tracer.graph))
        return result

    def _kind(self, func: Any) -> str:
        """Whether an operation's results are new tensors (of a type that numbers do not change:
        ``pointwise``), one view of its first argument, or neither (``""``)."""
        known = self._kinds.get(func)
        if known is None:
            schema = func._schema
            fresh = all(result.alias_info is None for result in schema.returns)
            plain = (
                (func.namespace == "aten" or func is _BITS)
                and not schema.is_mutable
                and (fresh or len(schema.returns) == 1)
                and all(str(result.type) == "Tensor" for result in schema.returns)
                and not UNREPLAYED & set(func.tags)
                and "lift_fresh" not in str(func)
            )
            name = "pointwise" if torch.Tag.pointwise in func.tags else "fresh"
            known = self._kinds[func] = "" if not plain else name if fresh else "view"
        return known


def _last(graph: fx.Graph) -> fx.Node:
    return graph._root._prev


def _key(part: Any, kind: str) -> object:
    if isinstance(part, torch.Tensor):
        if part.is_conj() or part.is_neg() or part.layout is not torch.strided:
            raise _UnknownError
        shape, stride = tuple(part.shape), part.stride()
        if any(type(size) is not int for size in shape):
            raise _UnknownError
        place = part.storage_offset() if kind == "view" else 0
        return (part.dtype, shape, stride, place, isinstance(part, FakeTensor))
    if isinstance(part, (list, tuple)):
        return tuple(_key(inner, kind) for inner in part)
    if isinstance(part, (torch.SymInt, torch.SymFloat, torch.SymBool)):
        raise _UnknownError
    # 1, 1.0 and True are equal, and promote differently.
    return type(part) if kind == "pointwise" and _is_number(part) else (type(part), part)


def _is_number(part: object) -> bool:
    return isinstance(part, (int, float)) and not isinstance(part, bool)


def _proxies(part: Any, tracer: Any) -> Any:
    """The arguments with nodes for tensors."""
    if isinstance(part, torch.Tensor) and not isinstance(part, FakeTensor):
        return tracer.create_arg(part)
    if isinstance(part, torch.Tensor):
        slot = proxy_tensor.get_proxy_slot(part, tracer, None)
        if slot is None:
            raise _UnknownError
        return slot.proxy.node
    if isinstance(part, (list, tuple)):
        return type(part)(_proxies(inner, tracer) for inner in part)
    if isinstance(part, dict):
        return {name: _proxies(inner, tracer) for name, inner in part.items()}
    return part


def _recipe(func: Any, source: Any, result: Any, before: fx.Node, after: fx.Node) -> _Recipe | None:
    several = isinstance(result, (tuple, list))
    found = tuple(result) if isinstance(result, (tuple, list)) else (result,)
    node = after
    for _ in range(len(found) if several else 0):
        node = node._prev
    first = node._prev
    while first is not before and first.op == "get_attr":
        first = first._prev
    alone = first is before and node.target is func
    if not alone or not all(isinstance(value, FakeTensor) for value in found):
        return None
    if any(type(size) is not int for value in found for size in value.shape):
        return None
    # A lazy conjugate or negative is more than its type.
    if any(value.is_conj() or value.is_neg() for value in found):
        return None
    value = node.meta.get("val")
    values: Any = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if len(values) != len(found):
        return None
    view = func._schema.returns[0].alias_info is not None
    if view and (not isinstance(source, FakeTensor) or source.dtype != found[0].dtype):
        return None
    return _Recipe(values, several, view)


def _replayed(func: Any, tensors: Any, given: Any, recipe: _Recipe, tracer: Any) -> Any:
    args, kwargs = given
    node = tracer.create_node("call_function", func, args, kwargs)
    made: list[FakeTensor] = []
    for k, value in enumerate(recipe.values):
        here = node
        if recipe.several:
            here = tracer.create_node("call_function", operator.getitem, (node, k), {})
        here.meta["val"] = value
        tensor = _like(value, tensors[0] if recipe.view else None)
        proxy = fx.Proxy(here, tracer)
        proxy_tensor.set_proxy_slot(tensor, tracer, proxy_tensor._ProxyTensor(proxy, None))
        made.append(tensor)
    if recipe.several:
        node.meta["val"] = recipe.values
        return tuple(made)
    return made[0]


def _like(value: FakeTensor, base: FakeTensor | None) -> FakeTensor:
    mode: FakeTensorMode = value.fake_mode
    shape, stride = value.shape, value.stride()
    with in_kernel_invocation_manager(mode):
        if base is None:
            memory = torch.empty_strided(shape, stride, dtype=value.dtype, device="meta")
        else:
            memory = torch.as_strided(base, shape, stride, value.storage_offset())
    return FakeTensor(mode, memory, value.fake_device)
