"""Where sizes move: rows and places that depend on the extents of now, not on their bounds. What
neighbouring strides cannot say becomes arithmetic on indices."""

from __future__ import annotations

from collections.abc import Sequence

from ..sizes import Size, moves, times
from . import index as ix
from .elements import Arithmetic
from .expr import Expr
from .index import Aff
from .lazy import Index, Lazy
from .lower import Call, lowering

Group = tuple[int, int, int, int]
"""Axes of the new shape and of the old one, each from and to, that hold the same elements."""


@lowering("aten.sym_size")
def _size(call: Call) -> Lazy:
    x = call.tensor(0)
    return call.lowering.number(x.shape[call.integer(1, "dim")])


@lowering("aten.sym_numel")
def _numel(call: Call) -> Lazy:
    count = 1
    for extent in call.tensor(0).shape:
        count = times(count, extent)
    return call.lowering.number(count)


def reshape_moving(call: Call, x: Lazy, shape: tuple[int, ...]) -> Lazy:
    """The same elements in row-major order, where extents move.

    Memory has the strides of the bounds. As long as only the first extent of what is split or
    joined moves, those strides serve: it is the one that no stride depends on.
    """
    groups = _groups(shape, x.shape)

    def index(i: Index) -> Index:
        back: list[Aff] = [Aff()] * len(x.shape)
        for first, last, start, stop in groups:
            here, new, old = i[first:last], shape[first:last], x.shape[start:stop]
            if new == old:
                back[start:stop] = here
            elif not moves(new[1:]) and not moves(old[1:]):
                back[start:stop] = ix.unflatten(ix.flatten(here, new), old)
            else:
                back[start:stop] = _unflatten(call, row_major(call, here, new), old)
        return tuple(back)

    return call.lowering.view(x, shape, index)


def _groups(shape: tuple[int, ...], old: tuple[int, ...]) -> list[Group]:
    """Axes from the right, closed as soon as both sides count the same."""
    found: list[Group] = []
    last, stop = len(shape), len(old)
    first, start = last, stop
    new_count = old_count = 1
    while first or start:
        grow_new = start == 0 or (first > 0 and int(new_count) <= int(old_count))
        grow_old = first == 0 or (start > 0 and int(old_count) <= int(new_count))
        if grow_new and first:
            first -= 1
            new_count = times(shape[first], new_count)
        if grow_old and start:
            start -= 1
            old_count = times(old[start], old_count)
        if new_count == old_count and first < last and start < stop:
            found.append((first, last, start, stop))
            last, stop, new_count, old_count = first, start, 1, 1
    if first < last or start < stop:
        found.append((first, last, start, stop))
    return found


def row_major(call: Call, index: Index, shape: Sequence[int]) -> Expr:
    """The number of an element among those there are now."""
    math = Arithmetic(call.exprs)
    total, stride = call.exprs.index(Aff()), call.exprs.const(1, "i32")
    for place, extent in zip(reversed(index), reversed(shape), strict=True):
        total = math.add(total, math.mul(call.exprs.index(place), stride))
        stride = math.mul(stride, call.extent(extent))
    return total


def _unflatten(call: Call, position: Expr, shape: Sequence[int]) -> Index:
    math = Arithmetic(call.exprs)
    index: list[Aff] = []
    rest = position
    for axis in range(len(shape) - 1, -1, -1):
        extent = shape[axis]
        here = rest
        if axis:
            number = call.extent(extent)
            here = math.op("remainder", rest, number)
            rest = math.op("floordiv", rest, number)
        index.append(Aff() if extent == 1 else call.exprs.as_index(here, extent))
    return tuple(reversed(index))


def linear(call: Call, index: Index, shape: Sequence[int]) -> Aff:
    """``row_major`` as an index, by plain strides where they serve."""
    if not moves(shape[1:]):
        return ix.flatten(index, tuple(shape))
    bound = 1
    for extent in shape:
        bound *= extent
    return call.exprs.as_index(row_major(call, index, shape), bound)


def remainder(call: Call, k: Aff, extent: int) -> Aff:
    """``k`` modulo an extent."""
    if not isinstance(extent, Size):
        return k % max(extent, 1)
    math = Arithmetic(call.exprs)
    rest = math.op("remainder", call.exprs.index(k), call.extent(extent))
    return call.exprs.as_index(rest, extent)


def moving_start(call: Call, position: int, extent: int) -> Aff:
    """Where a slice begins, if that or the extent moves. One that begins behind the end is empty,
    so only the front is guarded."""
    start = call.arg(position, "start")
    given = call.resolve(0 if start is None else start)
    assert given is not None
    value = call.exprs.cast(given.real(()), "i32")
    known = call.exprs.as_index(value, extent)
    if not any(True for _ in known.exprs()):
        if known.low >= 0:
            return known
        if known.high < 0 and (known + ix.size(extent)).low >= 0:
            return known + ix.size(extent)
    math = Arithmetic(call.exprs)
    zero = math.const(0, value)
    moved = math.add(value, call.extent(extent))
    chosen = math.select(math.test("lt", value, zero), moved, value)
    chosen = math.op("min", math.op("max", chosen, zero), call.extent(extent))
    return call.exprs.as_index(chosen, extent + 1)
