"""sort, median and nanmedian: lines sorted by c/sort.h. topk and kthvalue arrive as sort and
slice."""

from __future__ import annotations

import math

from ..errors import ExplorableError
from ..graphs import ITEM_BYTES, Type
from ..sizes import Size
from .lazy import Lazy
from .lower import Call, lowering
from .opaque import held, run_opaque

MEDIAN, NANMEDIAN = -1, -2
"""In place of a first item: which one is known when the line is sorted."""


def _sorted(
    call: Call,
    x: Lazy,
    dim: int,
    kinds: tuple[Type, Type],
    *,
    first: int,
    count: int,
    descending: bool,
) -> tuple[Lazy, ...]:
    if x.planes == 2:
        raise ExplorableError("compiler", f"'{x.dtype}' has no order to sort by")
    shape = x.shape or (1,)
    axis = dim % len(shape)
    n, outer, inner = shape[axis], math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
    if isinstance(n, Size) and outer > 1:
        fact = "a size that moves is sorted along the first dimension only"
        raise ExplorableError("compiler", fact, fix="x.mT.sort(0), or one row after the other")
    if kinds[0].size == 0:
        empty = tuple(call.lowering.lazy(k, lambda i: ()) for k in kinds)
        return empty
    room = 2 * n * (ITEM_BYTES[x.dtype] + 4)
    return run_opaque(
        call,
        f"sort_lines_{x.item}",
        "",
        (held(call, x),),
        kinds,
        (outer, n, inner, first, count, int(descending)),
        scratch=(room, "u8"),
        needs=frozenset({f"sort_{x.item}"}),
    )


def _kinds(call: Call) -> tuple[Type, Type]:
    values, indices = call.node.outputs
    return values, indices


@lowering("aten.sort")
def _sort(call: Call) -> tuple[Lazy, ...]:
    x = call.tensor(0)
    stable = call.node.op.endswith(".stable")
    dim = call.integer(2 if stable else 1, "dim", -1)
    descending = call.flag(3 if stable else 2, "descending")
    n = x.shape[dim] if x.shape else 1
    return _sorted(call, x, dim, _kinds(call), first=0, count=n, descending=descending)


@lowering("aten.median.dim", "aten.nanmedian.dim")
def _median(call: Call) -> tuple[Lazy, ...]:
    first = NANMEDIAN if "nanmedian" in call.node.op else MEDIAN
    dim = call.integer(1, "dim", -1)
    return _sorted(call, call.tensor(0), dim, _kinds(call), first=first, count=1, descending=False)


@lowering("aten.nanmedian.default")
def _median_of_all(call: Call) -> Lazy:
    x = call.tensor(0)
    if not x.size:
        nothing = call.exprs.const(math.nan, x.item)
        return call.lazy(lambda i: (nothing,))
    flat = call.lowering.stored(held(call, x), Type((x.size,), x.dtype))
    kinds = (Type((), x.dtype), Type((), "int64"))
    return _sorted(call, flat, 0, kinds, first=NANMEDIAN, count=1, descending=False)[0]
