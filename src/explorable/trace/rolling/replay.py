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
from torch._subclasses.fake_tensor import FakeTensor, in_kernel_invocation_manager
from torch.fx.experimental import proxy_tensor

from ..draws import philox as philox  # it registers the operation of draws

_BITS = torch.ops.explorable.bits.default

UNREPLAYED = {
    torch.Tag.data_dependent_output,
    torch.Tag.nondeterministic_seeded,
    torch.Tag.inplace_view,
}


_TENSORS = {"Tensor", "List[Tensor]"}


@dataclass(frozen=True)
class _Recipe:
    """What one operation gave: values that show the types of its tensors, and whether it made new
    ones (``fresh``), views of its first argument, or wrote into that (``write``)."""

    values: tuple[FakeTensor, ...]
    states: tuple[dict[str, object], ...]
    """Their attributes now, before any of their numbers was asked for."""
    several: type | None
    """Of what it gave, a tuple or a list; None: one tensor."""
    makes: str


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
            given = None
            if recipe is not None:
                given = _nodes(args, recipe, tracer), _nodes(kwargs, recipe, tracer)
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
        """Whether an operation's results are new tensors, views of its first argument or that
        itself, written to (``write``), or none of these (``""``); ``pointwise``: their types are
        the same for all numbers."""
        known = self._kinds.get(func)
        if known is None:
            schema = func._schema
            fresh = all(result.alias_info is None for result in schema.returns)
            plain = (
                (func.namespace == "aten" or func is _BITS)
                and (fresh or len(schema.returns) == 1)
                and all(str(result.type) in _TENSORS for result in schema.returns)
                and not UNREPLAYED & set(func.tags)
                and "lift_fresh" not in str(func)
            )
            name = "fresh" if fresh else "view"
            if schema.is_mutable:
                name = "write"
                plain = plain and _writes_first(schema)
            name = "pointwise" if torch.Tag.pointwise in func.tags else name
            known = self._kinds[func] = name if plain else ""
        return known


def _writes_first(schema: Any) -> bool:
    """``x.add_(...)``: the first argument alone is written, and comes back."""
    written = [bool(given.alias_info and given.alias_info.is_write) for given in schema.arguments]
    return bool(schema.returns) and written.index(True) == 0 and sum(written) == 1


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
    if kind == "pointwise" and type(part) in (int, float, torch.SymInt, torch.SymFloat):
        return type(part)
    if isinstance(part, (torch.SymInt, torch.SymFloat, torch.SymBool)):
        raise _UnknownError
    # 1, 1.0 and True are equal, and promote differently.
    return (type(part), part)


def _nodes(part: Any, recipe: _Recipe, tracer: Any) -> Any:
    """The arguments with nodes for tensors."""
    if isinstance(part, FakeTensor):
        slot = tracer.tensor_tracker.get(part)
        # What torch knows the number of is to be known afterwards as well.
        if slot is None or (recipe.makes == "write" and slot.constant is not None):
            raise _UnknownError
        return slot.proxy.node
    if isinstance(part, torch.Tensor):
        return tracer.create_arg(part)
    if isinstance(part, (list, tuple)):
        return type(part)([_nodes(inner, recipe, tracer) for inner in part])
    if isinstance(part, dict):
        return {name: _nodes(inner, recipe, tracer) for name, inner in part.items()}
    if isinstance(part, (torch.SymInt, torch.SymFloat)):
        number = proxy_tensor.fetch_sym_proxy(tracer)(part)
        return number.node if isinstance(number, fx.Proxy) else number
    return part


def _recipe(func: Any, source: Any, result: Any, before: fx.Node, after: fx.Node) -> _Recipe | None:
    several = type(result) if isinstance(result, (tuple, list)) else None
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
    makes = "fresh"
    if func._schema.is_mutable:
        makes = "write"
        if found[0] is not source or source.constant is not None:
            return None
    elif func._schema.returns[0].alias_info is not None:
        makes = "view"
        if not isinstance(source, FakeTensor) or source.dtype != found[0].dtype:
            return None
    return _Recipe(values, tuple(dict(vars(value)) for value in values), several, makes)


def _replayed(func: Any, tensors: Any, given: Any, recipe: _Recipe, tracer: Any) -> Any:
    args, kwargs = given
    node = tracer.create_node("call_function", func, args, kwargs)
    made: list[FakeTensor] = []
    for k, value in enumerate(recipe.values):
        here = node
        if recipe.several:
            here = tracer.create_node("call_function", operator.getitem, (node, k), {})
        here.meta["val"] = value
        tensor = tensors[0] if recipe.makes == "write" else _like(recipe, k, tensors[0])
        slot = proxy_tensor._ProxyTensor(fx.Proxy(here, tracer), None)
        tracer.tensor_tracker[tensor] = slot
        made.append(tensor)
    if recipe.several:
        node.meta["val"] = recipe.several(recipe.values)
        return recipe.several(made)
    return made[0]


def _like(recipe: _Recipe, k: int, base: torch.Tensor) -> FakeTensor:
    value = recipe.values[k]
    shape, stride = value.shape, value.stride()
    if recipe.makes == "view":
        with in_kernel_invocation_manager(value.fake_mode):
            memory = torch.as_strided(base, shape, stride, value.storage_offset())
    else:
        with torch._C._DisableTorchDispatch():
            memory = torch.empty_strided(shape, stride, dtype=value.dtype, device="meta")
    # FakeTensor(...), which asks each time what was asked when the shown value was made.
    made = torch.Tensor._make_subclass(
        FakeTensor,
        memory,
        False,
        dispatch_device=True,
        device_for_backend_keys=value._fake_device,
    )
    torch._C._set_throw_on_mutable_data_ptr(made)
    vars(made).update(recipe.states[k])
    return made
