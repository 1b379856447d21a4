"""Views: reads of other elements, expressed as index rewrites that cost nothing."""

from __future__ import annotations

from ..errors import ExplorableError
from ..graphs import Value
from ..sizes import Size, moves
from . import index as ix
from .elements import Arithmetic
from .expr import Expr
from .index import Aff
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .lower_sizes import moving_start, remainder, reshape_moving


def wrapped(axis: int, rank: int) -> int:
    """A negative axis counted from the end."""
    return axis + rank if axis < 0 else axis


def replaced(index: Index, axis: int, by: Aff) -> Index:
    """The index with another position along one axis."""
    return (*index[:axis], by, *index[axis + 1 :])


@lowering("aten.view", "aten.view_copy", "aten.unsqueeze", "aten.squeeze")
def _reshape(call: Call) -> Lazy:
    x = call.tensor(0)
    if x.dtype != call.output.dtype:
        raise ExplorableError("compiler", "a view as another dtype is not there yet")
    return reshape(call, x, call.output.shape)


def reshape(call: Call, x: Lazy, shape: tuple[int, ...]) -> Lazy:
    """The same elements in row-major order."""
    if shape == x.shape:
        return x
    if moves(shape) or moves(x.shape):
        return reshape_moving(call, x, shape)

    def index(i: Index) -> Index:
        return (
            ix.unflatten(ix.flatten(i, shape), x.shape) if x.size else tuple(Aff() for _ in x.shape)
        )

    return call.lowering.view(x, shape, index)


@lowering("aten.permute", "aten.permute_copy")
def _permute(call: Call) -> Lazy:
    x = call.tensor(0)
    order = [wrapped(d, len(x.shape)) for d in call.integers(1, "dims") or ()]

    def index(i: Index) -> Index:
        back: list[Aff] = [Aff()] * len(order)
        for position, axis in enumerate(order):
            back[axis] = i[position]
        return tuple(back)

    return call.lowering.view(x, call.output.shape, index)


@lowering("aten.expand")
def _expand(call: Call) -> Lazy:
    x = call.tensor(0)
    extra = len(call.output.shape) - len(x.shape)

    def index(i: Index) -> Index:
        return tuple(Aff() if e == 1 else k for k, e in zip(i[extra:], x.shape, strict=True))

    return call.lowering.view(x, call.output.shape, index)


@lowering("aten.slice", "aten.slice_copy")
def _slice(call: Call) -> Lazy:
    x = call.tensor(0)
    axis = wrapped(call.integer(1, "dim", 0), len(x.shape))
    start, step = slice_start(call, 2, x.shape[axis]), call.integer(4, "step", 1)
    return call.lowering.view(
        x, call.output.shape, lambda i: replaced(i, axis, i[axis] * step + start)
    )


@lowering("aten.narrow_copy")
def _narrow(call: Call) -> Lazy:
    x = call.tensor(0)
    axis = wrapped(call.integer(1, "dim"), len(x.shape))
    start = slice_start(call, 2, x.shape[axis])
    return call.lowering.view(x, call.output.shape, lambda i: replaced(i, axis, i[axis] + start))


def slice_start(call: Call, position: int, extent: int) -> Aff:
    """Where a slice begins."""
    start = call.arg(position, "start")
    if isinstance(start, Value) or isinstance(extent, Size):
        return moving_start(call, position, extent)
    first = 0 if start is None else call.integer(position, "start")
    return Aff(min(max(first + extent if first < 0 else first, 0), extent))


@lowering("aten.select", "aten.select_copy")
def _select(call: Call) -> Lazy:
    x = call.tensor(0)
    axis = wrapped(call.integer(1, "dim", 0), len(x.shape))
    extent = x.shape[axis]
    at = position(call, 2, "index", extent)
    return call.lowering.view(x, call.output.shape, lambda i: (*i[:axis], at, *i[axis:]))


def position(call: Call, argument: int, name: str, extent: int) -> Aff:
    """An int argument, Python's or one that moves, as an index; negative counts from the end."""
    lazy = call.tensor(argument, name)
    return data_index(call, lazy.real(()), extent)


def data_index(call: Call, expr: Expr, extent: int) -> Aff:
    """An integer expression as an index into ``extent`` places; negative counts from the end."""
    known = call.exprs.as_index(expr, extent)
    if not any(True for _ in known.exprs()):
        if known.low >= 0:
            return known
        if known.high < 0:
            return known + ix.size(extent)
    math = Arithmetic(call.exprs)
    narrow = call.exprs.cast(expr, "i32")
    zero = math.const(0, narrow)
    moved = math.add(narrow, call.extent(extent))
    chosen = math.select(math.test("lt", narrow, zero), moved, narrow)
    if isinstance(extent, Size):
        chosen = math.op("min", chosen, call.exprs.index(ix.size(extent) + -1))
    return call.exprs.as_index(chosen, extent)


@lowering("aten.diagonal")
def _diagonal(call: Call) -> Lazy:
    x = call.tensor(0)
    rank = len(x.shape)
    offset = call.integer(1, "offset", 0)
    a = wrapped(call.integer(2, "dim1", 0), rank)
    b = wrapped(call.integer(3, "dim2", 1), rank)
    down, right = max(-offset, 0), max(offset, 0)

    def index(i: Index) -> Index:
        rest = list(i[:-1])
        back: list[Aff] = []
        for axis in range(rank):
            if axis == a:
                back.append(i[-1] + down)
            elif axis == b:
                back.append(i[-1] + right)
            else:
                back.append(rest.pop(0))
        return tuple(back)

    return call.lowering.view(x, call.output.shape, index)


@lowering("aten.unfold")
def _unfold(call: Call) -> Lazy:
    x = call.tensor(0)
    axis = wrapped(call.integer(1, "dimension"), max(len(x.shape), 1))
    step = call.integer(3, "step")
    if not x.shape:
        return call.lowering.view(x, call.output.shape, lambda i: ())
    return call.lowering.view(
        x, call.output.shape, lambda i: replaced(i[:-1], axis, i[axis] * step + i[-1])
    )


@lowering("aten.flip")
def _flip(call: Call) -> Lazy:
    x = call.tensor(0)
    axes = {wrapped(d, len(x.shape)) for d in call.integers(1, "dims") or ()}

    def index(i: Index) -> Index:
        return tuple(
            k * -1 + (ix.size(x.shape[axis]) + -1) if axis in axes else k
            for axis, k in enumerate(i)
        )

    return call.lowering.view(x, call.output.shape, index)


@lowering("aten.repeat")
def _repeat(call: Call) -> Lazy:
    x = call.tensor(0)
    extra = len(call.output.shape) - len(x.shape)
    return call.lowering.view(
        x,
        call.output.shape,
        lambda i: tuple(remainder(call, k, e) for k, e in zip(i[extra:], x.shape, strict=True)),
    )


@lowering("aten.split_with_sizes")
def _split(call: Call) -> tuple[Lazy, ...]:
    x = call.tensor(0)
    axis = wrapped(call.integer(2, "dim", 0), len(x.shape))
    parts: list[Lazy] = []
    start = Aff()
    for kind in call.node.outputs:
        parts.append(call.lowering.view(x, kind.shape, _shifted(axis, start)))
        start += ix.size(kind.shape[axis])
    return tuple(parts)


def _shifted(axis: int, start: Aff):
    def index(i: Index) -> Index:
        return replaced(i, axis, i[axis] + start)

    return index


@lowering("aten.unbind_copy")
def _unbind(call: Call) -> tuple[Lazy, ...]:
    x = call.tensor(0)
    axis = wrapped(call.integer(1, "dim", 0), len(x.shape))

    def part(k: int) -> Lazy:
        shape = call.node.outputs[k].shape
        return call.lowering.view(x, shape, lambda i: (*i[:axis], Aff(k), *i[axis:]))

    return tuple(part(k) for k in range(len(call.node.outputs)))


@lowering("aten.as_strided", "aten.as_strided_copy")
def _as_strided(call: Call) -> Lazy:
    x = call.tensor(0)
    strides = call.integers(2, "stride") or ()
    offset = (
        call.integer(3, "storage_offset", 0) if call.arg(3, "storage_offset") is not None else 0
    )

    def index(i: Index) -> Index:
        place = Aff(offset)
        for k, stride in zip(i, strides, strict=True):
            place += k * stride
        return ix.unflatten(place, x.shape)

    return call.lowering.view(x, call.output.shape, index)


@lowering("aten.view_as_real", "aten.view_as_real_copy")
def _view_as_real(call: Call) -> Lazy:
    x = call.tensor(0)
    cost, heavy = x.probe()
    if heavy or cost > 3:
        call.lowering.realise(x.root)
    math = Arithmetic(call.exprs)

    def at(i: Index) -> Element:
        parts = x.at(i[:-1])
        if not i[-1].terms:
            return (parts[i[-1].const],)
        first = math.test("eq", call.exprs.index(i[-1]), call.exprs.const(0, "i32"))
        return (math.select(first, *parts),)

    return call.lazy(at)


@lowering("aten.view_as_complex", "aten.view_as_complex_copy")
def _view_as_complex(call: Call) -> Lazy:
    x = call.tensor(0)
    return call.lazy(lambda i: (x.real((*i, Aff())), x.real((*i, Aff(1)))))
