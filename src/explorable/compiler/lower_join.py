"""Joins and overlays: cat, stack, pad, slice_scatter and their kin, as selects between elements or,
where that would compute too much, written piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..graphs import Type
from ..sizes import times
from . import index as ix
from .elements import Arithmetic
from .expr import Expr
from .index import Aff
from .lazy import Element, Index, Lazy, direct
from .lower import Call, lowering
from .lower_views import position, replaced, slice_start, wrapped
from .program import Buffer

JOIN_INLINE = 4
"""cat of up to this many cheap tensors stays a select; more are written piece by piece."""
Own: TypeAlias = Callable[[Index], tuple[Index, Expr]]
"""The index into the source of a scatter, and whether it holds there."""


def join(call: Call, parts: list[Lazy], axis: int) -> Lazy:
    """cat: a chain of selects while that is short and cheap; stored piece by piece when
    realised."""
    math = Arithmetic(call.exprs)
    kind = call.output
    starts: list[Aff] = []
    end = Aff()
    for part in parts:
        starts.append(end)
        end += ix.size(part.shape[axis])
    cheap = len(parts) <= JOIN_INLINE and sum(p.probe()[0] for p in parts) <= 12

    def at(i: Index) -> Element:
        chosen = _convert(math, parts[-1], replaced(i, axis, i[axis] - starts[-1]), kind.dtype)
        for k in range(len(parts) - 2, -1, -1):
            before = math.test("lt", call.exprs.index(i[axis]), call.exprs.index(starts[k + 1]))
            if before.op == "const":
                if before.attr:
                    own = replaced(i, axis, i[axis] - starts[k])
                    chosen = _convert(math, parts[k], own, kind.dtype)
                continue
            own = _convert(math, parts[k], replaced(i, axis, i[axis] - starts[k]), kind.dtype)
            chosen = tuple(math.select(before, p, q) for p, q in zip(own, chosen, strict=True))
        return chosen

    def pieces(target: Buffer) -> None:
        for part, start in zip(parts, starts, strict=True):
            typed = call.lowering.lazy(
                Type(part.shape, kind.dtype), _converted(math, part, kind.dtype)
            )

            def at_piece(i: Index, start: Aff = start) -> Aff:
                return ix.flatten(replaced(i, axis, i[axis] + start), kind.shape)

            call.lowering.write(typed, target, at_piece)

    small = kind.shape[axis] <= 4
    lazy = Lazy(call.exprs, kind.shape, kind.dtype, at, pieces=None if cheap and small else pieces)
    if not cheap and not small:
        call.lowering.realise(lazy)
    return lazy


def _converted(math: Arithmetic, part: Lazy, dtype: str):
    def at(i: Index) -> Element:
        return _convert(math, part, i, dtype)

    return at


def _convert(math: Arithmetic, part: Lazy, index: Index, dtype: str) -> Element:
    return math.convert(part.at(index), part.dtype, dtype)


@lowering("aten.cat")
def _cat(call: Call) -> Lazy:
    found = [p for p in call.tensors(0, "tensors") if p is not None]
    rank = len(call.output.shape)
    parts = [p for p in found if p.size and len(p.shape) == rank]
    if not parts:
        return call.lazy(lambda i: found[0].at(i))
    axis = wrapped(call.integer(1, "dim", 0), rank)
    if len(parts) == 1 and parts[0].dtype == call.output.dtype:
        return parts[0]
    return join(call, parts, axis)


@lowering("aten.constant_pad_nd")
def _pad(call: Call) -> Lazy:
    x = direct(call.tensor(0))
    amounts = call.integers(1, "pad") or ()
    value = call.resolve(call.arg(2, "value", 0))
    math = Arithmetic(call.exprs)
    fill = math.convert(value.at(()), value.dtype, x.dtype) if value is not None else ()
    rank = len(x.shape)
    before = [0] * rank
    for k in range(len(amounts) // 2):
        before[rank - 1 - k] = amounts[2 * k]

    def at(i: Index) -> Element:
        inner = tuple(k - b for k, b in zip(i, before, strict=True))
        inside = call.exprs.const(True, "bool")
        for k, extent in zip(inner, x.shape, strict=True):
            inside = math.test("and", inside, in_range(call, k, extent))
        if inside.op == "const" and not inside.attr:
            return fill
        return tuple(math.select(inside, p, f) for p, f in zip(x.at(inner), fill, strict=True))

    return call.lazy(at)


def in_range(call: Call, k: Aff, extent: int) -> Expr:
    """Whether 0 <= k < extent."""
    math = Arithmetic(call.exprs)
    here = call.exprs.index(k)
    above = math.test("ge", here, math.const(0, here))
    return math.test("and", above, math.test("lt", here, call.extent(extent)))


@lowering("aten.slice_scatter")
def _slice_scatter(call: Call) -> Lazy:
    x, source = call.tensor(0), call.tensor(1)
    axis = wrapped(call.integer(2, "dim", 0), len(x.shape))
    start, step = slice_start(call, 3, x.shape[axis]), call.integer(5, "step", 1)

    def own(i: Index) -> tuple[Index, Expr]:
        math = Arithmetic(call.exprs)
        k = i[axis] - start
        inside = in_range(call, k, times(source.shape[axis], step))
        if step > 1:
            rest = call.exprs.index(k % step)
            inside = math.test("and", inside, math.test("eq", rest, math.const(0, rest)))
        return replaced(i, axis, k // step), inside

    return _overlay(call, x, source, own)


@lowering("aten.select_scatter")
def _select_scatter(call: Call) -> Lazy:
    x, source = call.tensor(0), call.tensor(1)
    axis = wrapped(call.integer(2, "dim"), len(x.shape))
    at = position(call, 3, "index", x.shape[axis])

    def own(i: Index) -> tuple[Index, Expr]:
        math = Arithmetic(call.exprs)
        here = math.test("eq", call.exprs.index(i[axis]), call.exprs.index(at))
        return (*i[:axis], *i[axis + 1 :]), here

    return _overlay(call, x, source, own)


@lowering("aten.diagonal_scatter")
def _diagonal_scatter(call: Call) -> Lazy:
    x, source = call.tensor(0), call.tensor(1)
    rank = len(x.shape)
    offset = call.integer(2, "offset", 0)
    a = wrapped(call.integer(3, "dim1", 0), rank)
    b = wrapped(call.integer(4, "dim2", 1), rank)

    def own(i: Index) -> tuple[Index, Expr]:
        math = Arithmetic(call.exprs)
        on = math.test("eq", call.exprs.index(i[b]), call.exprs.index(i[a] + offset))
        rest = tuple(k for axis, k in enumerate(i) if axis not in (a, b))
        return (*rest, i[a] if offset >= 0 else i[b]), on

    return _overlay(call, x, source, own)


def _overlay(call: Call, x: Lazy, source: Lazy, own: Own) -> Lazy:
    math, source = Arithmetic(call.exprs), direct(source)

    def at(i: Index) -> Element:
        index, inside = own(i)
        if inside.op == "const":
            return _convert(math, source, index, x.dtype) if inside.attr else x.at(i)
        new = _convert(math, source, index, x.dtype)
        return tuple(math.select(inside, p, q) for p, q in zip(new, x.at(i), strict=True))

    return call.lazy(at)
