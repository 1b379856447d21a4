"""Operations whose Python number differs from iteration to iteration of a loop (``X[k]``,
``0.9 ** k``), as operations that take the number as a tensor."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from .periods import Kind, Numbers

aten = torch.ops.aten
Step = Callable[..., fx.Node]
"""Adds a node to the body of the loop."""

Build = Callable[[Step, fx.Node, Sequence[Any]], fx.Node]
"""The node's replacement, from its flat arguments in the body."""


@dataclass(frozen=True)
class Moved:
    """How a node takes its moving numbers: as 0-dim tensors of ``dtype``, in ``build``."""

    dtype: torch.dtype
    build: Build


def moved(node: fx.Node, kinds: Sequence[Kind]) -> Moved | None:
    """The rule for a node some of whose flat arguments are Numbers, None where there is none."""
    where = {k: kind for k, kind in enumerate(kinds) if isinstance(kind, Numbers)}
    value: torch.Tensor = node.meta["val"]
    if node.target in _PLACES:
        places, build = _PLACES[node.target]
        # Counted from the end where a list of sizes stands before them.
        allowed = {k % len(kinds) for k in places if -len(kinds) <= k < len(kinds)}
        first = where.get(places[0] % len(kinds))
        inside = first is not None and min(first.values) >= 0
        return Moved(torch.int64, build) if inside and set(where) <= allowed else None
    if node.target in _SCALARS and list(where) == [1] and len(kinds) == 2:
        (x, _) = node.args
        if isinstance(x, fx.Node) and x.meta["val"].dtype == value.dtype:
            return Moved(value.dtype, _scalar)
    if node.target is aten.full.default and list(where) == [value.ndim]:
        return Moved(value.dtype, _full)
    if node.target is aten.scalar_tensor.default and list(where) == [0]:
        return Moved(value.dtype, _full)
    return None


def _scalar(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    target, turned = _SCALARS[node.target]
    x, number = given
    return step(target, number, x) if turned else step(target, x, number)


def _full(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    value = node.meta["val"]
    return step(aten.expand.default, given[value.ndim], list(value.shape))


def _row(step: Step, index: fx.Node) -> fx.Node:
    return step(aten.reshape.default, index, [1])


def _places(step: Step, start: fx.Node, count: int, stride: int) -> fx.Node:
    places = step(aten.arange.default, count, dtype=torch.int64, device="cpu")
    if stride != 1:
        places = step(aten.mul.Tensor, places, stride)
    return step(aten.add.Tensor, places, start)


def _zeros(step: Step, node: fx.Node) -> fx.Node:
    value = node.meta["val"]
    return step(aten.zeros.default, list(value.shape), dtype=value.dtype, device="cpu")


def _select(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    x, dim, index = given
    row = step(aten.index_select.default, x, dim, _row(step, index))
    return step(aten.squeeze.dim, row, dim)


def _slice(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    x, dim, start = given[:3]
    count, stride = node.meta["val"].shape[dim], given[4] if len(given) > 4 else 1
    return step(aten.index_select.default, x, dim, _places(step, start, count, stride))


def _select_backward(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    gradient, dim, index = given[0], given[-2], given[-1]
    if dim < 0:
        dim += node.meta["val"].ndim
    row = step(aten.unsqueeze.default, gradient, dim)
    return step(aten.index_copy.default, _zeros(step, node), dim, _row(step, index), row)


def _slice_backward(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    gradient, dim, start, stride = given[0], given[-4], given[-3], given[-1]
    places = _places(step, start, gradient.meta["val"].shape[dim], stride)
    return step(aten.index_copy.default, _zeros(step, node), dim, places, gradient)


def _select_scatter(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    x, source, dim, index = given
    if dim < 0:
        dim += x.meta["val"].ndim
    row = step(aten.unsqueeze.default, source, dim)
    return step(aten.index_copy.default, x, dim, _row(step, index), row)


def _slice_scatter(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    x, source, dim, start = given[:4]
    stride = given[5] if len(given) > 5 else 1
    places = _places(step, start, source.meta["val"].shape[dim], stride)
    return step(aten.index_copy.default, x, dim, places, source)


def _bits(step: Step, node: fx.Node, given: Sequence[Any]) -> fx.Node:
    seed, at, ordinal, *size = given
    return step(torch.ops.explorable.bits.moving, seed, at, ordinal, size)


_PLACES: dict[Any, tuple[tuple[int, ...], Build]] = {
    aten.select.int: ((2,), _select),
    aten.slice.Tensor: ((2, 3), _slice),
    aten.select_backward.default: ((-1,), _select_backward),
    aten.slice_backward.default: ((-3, -2), _slice_backward),
    aten.select_scatter.default: ((3,), _select_scatter),
    aten.slice_scatter.default: ((3, 4), _slice_scatter),
    torch.ops.explorable.bits.default: ((2,), _bits),
}
"""Which flat arguments of an operation may move, the first of them always."""

_SCALARS: dict[Any, tuple[Any, bool]] = {
    aten.mul.Tensor: (aten.mul.Tensor, False),
    aten.add.Tensor: (aten.add.Tensor, False),
    aten.sub.Tensor: (aten.sub.Tensor, False),
    aten.div.Tensor: (aten.div.Tensor, False),
    aten.mul.Scalar: (aten.mul.Tensor, False),
    aten.div.Scalar: (aten.div.Tensor, False),
    aten.add.Scalar: (aten.add.Tensor, False),
    aten.sub.Scalar: (aten.sub.Tensor, False),
    aten.rsub.Scalar: (aten.sub.Tensor, True),
    aten.pow.Tensor_Scalar: (aten.pow.Tensor_Tensor, False),
}
