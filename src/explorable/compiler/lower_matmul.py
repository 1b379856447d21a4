"""Matrix products: mm, bmm, addmm, dot. Large float32 ones become Matmul kernels, others sums."""

from __future__ import annotations

from dataclasses import replace

from ..graphs import Type
from ..sizes import moves
from . import index as ix
from .elements import Arithmetic
from .index import Aff, Var
from .lazy import Element, Index, Lazy
from .lower import Call, Lowering, lowering
from .lower_reduce import reduce
from .program import Buffer, Matmul, Operand, Store

DEPTH = 4
"""Products over fewer terms than this are sums written out."""
MOVING_WORK = 1 << 15
"""Products of sizes that move stay sums below this: a text of two lines is not worth a tile."""


def product(call: Call, left: Lazy, right: Lazy) -> Lazy:
    """(b, m, k) @ (b, k, n)."""
    lowering_ = call.lowering
    batch, rows, depth = left.shape
    columns = right.shape[2]
    kind = Type((batch, rows, columns), left.dtype)
    fast = left.dtype == "float32" and depth > DEPTH and rows * columns * depth >= 64
    moving = moves((*left.shape, columns))
    if moving:
        fast = fast and rows * columns * depth >= MOVING_WORK
    if fast and rows > 1 and columns > 1:
        one, other = operand(lowering_, left), operand(lowering_, right)
        if not moves((columns, depth)):
            return _kernel(call, kind, depth, one, other)
        if other.buffer.kind not in ("array", "static") and not moves((batch,)):
            return _one_by_one(call, kind, depth, one, other)
    for lazy in (left, right):
        cost, heavy = lazy.probe()
        if heavy or cost > 1:
            lowering_.realise(lazy.root)
    math = Arithmetic(call.exprs)

    def term(i: Index) -> Element:
        b, m, n, k = i
        return math.c_mul(left.at((b, m, k)), right.at((b, k, n)))

    terms = lowering_.lazy(Type((batch, rows, columns, depth), left.dtype), term)
    return reduce(call, terms, (3,), "sum", kind)


def operand(lowering_: Lowering, lazy: Lazy) -> Operand:
    """The matrices as strides over one buffer; stored first, in their own layout, if they
    aren't."""
    found = _strided(lowering_, lazy)
    if found is None:
        lowering_.realise(lazy.root)
        found = _strided(lowering_, lazy)
    if found is None:
        lowering_.realise(lazy)
        found = _strided(lowering_, lazy)
    assert found is not None
    return found


def _strided(lowering_: Lowering, lazy: Lazy) -> Operand | None:
    exprs = lowering_.exprs
    dims: list[Var] = [exprs.var(max(e, 2)) for e in lazy.shape]
    (value,) = lazy.at(tuple(ix.of(v) for v in dims))
    if value.op != "load" or not isinstance(value.attr, tuple):
        return None
    buffer, aff = value.attr
    strides = [aff.coefficient(v) for v in dims]
    rest = aff - sum((ix.of(v) * s for v, s in zip(dims, strides, strict=True)), Aff())
    if rest.terms or rest.const < 0:
        return None
    return Operand(buffer, rest.const, *strides)


def _kernel(call: Call, kind: Type, depth: int, left: Operand, right: Operand) -> Lazy:
    target = call.lowering.temp(kind.size, "f32")
    _multiply(call, kind.shape, depth, left, right, target, 0)
    return call.lowering.stored(target, kind)


def _one_by_one(call: Call, kind: Type, depth: int, left: Operand, right: Operand) -> Lazy:
    """A product per batch: where columns or depth move, so does the length of packed panels, and
    the panels of several batches would have no place of their own."""
    batch, rows, columns = kind.shape
    target = call.lowering.temp(kind.size, "f32")
    for number in range(batch):
        one, other = (
            replace(o, offset=o.offset + number * o.batch, batch=0) for o in (left, right)
        )
        _multiply(call, (1, rows, columns), depth, one, other, target, number * rows * columns)
    return call.lowering.stored(target, kind)


def _multiply(
    call: Call,
    shape: tuple[int, ...],
    depth: int,
    left: Operand,
    right: Operand,
    target: Buffer,
    start: int,
) -> None:
    """Add the kernel of (batch, rows, columns) numbers, stored from ``start`` on."""
    lowering_, exprs = call.lowering, call.exprs
    batch, rows, columns = (exprs.var(extent) for extent in shape)
    dims = (batch, rows, columns)
    acc = exprs.accumulator("f32", dims)
    store = Store(target, ix.flatten(tuple(map(ix.of, dims)), shape) + start, acc)
    lowering_.kernels.append(
        Matmul(dims, depth, left, right, (acc,), (store,), lowering_.note, lowering_.line)
    )


def _shaped(call: Call, lazy: Lazy, shape: tuple[int, ...], axes: tuple[int, ...]) -> Lazy:
    """``lazy`` with new axes of extent 1 at ``axes``."""

    def index(i: Index) -> Index:
        return tuple(k for axis, k in enumerate(i) if axis not in axes)

    return call.lowering.view(lazy, shape, index)


def _result(call: Call, made: Lazy, axes: tuple[int, ...]) -> Lazy:
    """``made`` without its axes of extent 1."""
    shape = tuple(e for axis, e in enumerate(made.shape) if axis not in axes)

    def index(i: Index) -> Index:
        rest = list(i)
        return tuple(Aff() if axis in axes else rest.pop(0) for axis in range(len(made.shape)))

    return call.lowering.view(made, shape, index)


def _mm(call: Call, a: Lazy, b: Lazy) -> Lazy:
    one = _shaped(call, a, (1, *a.shape), (0,))
    other = _shaped(call, b, (1, *b.shape), (0,))
    return _result(call, product(call, one, other), (0,))


@lowering("aten.mm")
def _mm_op(call: Call) -> Lazy:
    return _mm(call, call.tensor(0), call.tensor(1))


@lowering("aten.bmm")
def _bmm(call: Call) -> Lazy:
    return product(call, call.tensor(0), call.tensor(1))
