"""Sums that share the work of one loop: the forces along x, y and z of one pair of bodies."""

from __future__ import annotations

from collections.abc import Callable

from ..graphs import Type
from ..sizes import moves
from . import index as ix
from .index import Aff
from .lazy import ITEM_DTYPE, Element, Index, Lazy, loop
from .lower import Call
from .program import Phase, Reduction, Store

UNROLL = 4
"""Reductions over up to this many elements become one expression."""
SHARED = 8
"""Operations from which an element is worth sharing between the sums along a short last dim."""


def together(x: Lazy, kept: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many sums are made in one loop, as they share work: those along a short last dim."""
    if len(kept) < 2 or kept[-1] < max(axes) or moves((x.shape[kept[-1]],)):
        return 1
    cost, _ = x.probe()
    return x.shape[kept[-1]] if cost > SHARED and x.shape[kept[-1]] <= UNROLL else 1


def side_by_side(
    call: Call,
    x: Lazy,
    kept: tuple[int, ...],
    axes: tuple[int, ...],
    element: Callable[[Index], Element],
    kind: Type,
    count: int,
) -> Lazy:
    """Sums over ``axes``, those along the last kept dim in one loop."""
    outer_dims, outer = loop(call.exprs, tuple(x.shape[a] for a in kept[:-1]))
    inner_dims, inner = loop(call.exprs, tuple(x.shape[a] for a in axes))
    buffer = call.lowering.temp(kind.size, ITEM_DTYPE[kind.dtype])
    reductions, stores = list[Reduction](), list[Store]()
    shape = tuple(x.shape[a] for a in kept)
    for k in range(count):
        full: list[Aff] = [Aff()] * len(x.shape)
        for axis, place_ in zip((*kept, *axes), (*outer, Aff(k), *inner), strict=True):
            full[axis] = place_
        (part,) = element(tuple(full))
        acc = call.exprs.accumulator(part.dtype, outer_dims)
        reductions.append(Reduction("sum", part, acc))
        stores.append(Store(buffer, ix.flatten((*outer, Aff(k)), shape), acc))
    call.lowering.loops(outer_dims, (Phase(inner_dims, tuple(stores), tuple(reductions)),))
    return call.lowering.stored(buffer, kind)
