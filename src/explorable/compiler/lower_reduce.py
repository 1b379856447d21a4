"""Reductions: sums, products, extremes, logical ones and their positions; norms, variance,
softmax."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..graphs import Type
from ..sizes import moves, times
from . import index as ix
from .elements import Arithmetic
from .expr import Expr
from .index import Aff, Var
from .lazy import Element, Index, Lazy, place
from .lower import Call, lowering
from .lower_sizes import linear
from .lower_views import wrapped
from .program import Phase, Reduction, Store
from .sums import UNROLL, side_by_side, together


def axes_of(call: Call, position: int, rank: int, name: str = "dim") -> tuple[int, ...]:
    """The reduced axes, all of them when the argument is absent or empty."""
    given = call.integers(position, name)
    if not given:
        return tuple(range(rank))
    return tuple(sorted({wrapped(d, max(rank, 1)) for d in given} if rank else set()))


def reduce(
    call: Call, x: Lazy, axes: tuple[int, ...], op: str, kind: Type, *, dtype: str | None = None
) -> Lazy:
    """``op`` (sum, prod, max, min, and, or) over ``axes`` of ``x`` converted to ``dtype``;
    ``kind`` is
    the result's type with or without the reduced dimensions."""
    math = Arithmetic(call.exprs)
    work = dtype or kind.dtype
    if work == "bool":
        op = {"max": "or", "min": "and", "sum": "or", "prod": "and"}.get(op, op)
    kept = tuple(a for a in range(len(x.shape)) if a not in axes)
    keepdim = len(kind.shape) == len(x.shape)

    def element(index: Index) -> Element:
        return math.convert(x.at(index), x.dtype, work)

    def spread(outer: Index, inner: Index) -> Index:
        full: list[Aff] = [Aff()] * len(x.shape)
        for axis, k in zip(kept, outer, strict=True):
            full[axis] = k
        for axis, k in zip(axes, inner, strict=True):
            full[axis] = k
        return tuple(full)

    def outer_of(index: Index) -> Index:
        return tuple(index[a] for a in kept) if keepdim else index

    count = _count(x, axes)
    if count <= UNROLL and not moves(tuple(x.shape[a] for a in axes)):
        points = [ix.unflatten(Aff(k), tuple(x.shape[a] for a in axes)) for k in range(count)]

        def unrolled(index: Index) -> Element:
            parts = [element(spread(outer_of(index), p)) for p in points]
            if not parts:
                item = call.lowering.lazy(Type((), work), element).item
                return (_identity(math, op, item),) * (2 if work.startswith("complex") else 1)
            total = parts[0]
            for part in parts[1:]:
                total = _combine(math, op, total, part)
            return total

        cost, heavy = x.probe()
        if count > 1 and (heavy or cost > 12):
            call.lowering.realise(x.root)
        return call.lowering.lazy(Type(kind.shape, work), unrolled)

    if op == "sum" and kind.size and x.planes == 1 and (shared := together(x, kept, axes)) > 1:
        return side_by_side(call, x, kept, axes, element, Type(kind.shape, work), shared)
    outer_dims, outer = _dims(call, [x.shape[a] for a in kept])
    inner_dims, inner = _dims(call, [x.shape[a] for a in axes])
    parts = element(spread(outer, inner))
    accs = tuple(call.exprs.accumulator(p.dtype, outer_dims) for p in parts)
    if op == "prod" and len(parts) == 2:
        raise _unsupported("prod of complex numbers")
    reductions = tuple(Reduction(op, p, a) for p, a in zip(parts, accs, strict=True))
    return _stored(call, Type(kind.shape, work), outer_dims, outer, inner_dims, reductions, [accs])[
        0
    ]


def _count(x: Lazy, axes: tuple[int, ...]) -> int:
    """How many elements are reduced to one."""
    count = 1
    for axis in axes:
        count = times(count, x.shape[axis])
    return count


def _unsupported(fact: str) -> Exception:
    from ..errors import ExplorableError

    return ExplorableError("compiler", f"{fact} is not there yet")


def _dims(call: Call, extents: Sequence[int]) -> tuple[tuple[Var, ...], Index]:
    from .lazy import loop

    return loop(call.exprs, tuple(extents))


def _stored(
    call: Call,
    kind: Type,
    outer_dims: tuple[Var, ...],
    outer: Index,
    inner_dims: tuple[Var, ...],
    reductions: tuple[Reduction, ...],
    results: Sequence[Element],
    kinds: Sequence[Type] | None = None,
) -> tuple[Lazy, ...]:
    lowering_ = call.lowering
    kept_shape = tuple(v for v in kind.shape)
    made: list[Lazy] = []
    stores: list[Store] = []
    for number, parts in enumerate(results):
        own = kinds[number] if kinds else kind
        buffer = lowering_.temp(own.size * len(parts), parts[0].dtype)
        shape = tuple((k.terms[0][0].high + 1 if k.terms else 1) for k in outer)
        position = ix.flatten(outer, shape)
        stores += [
            Store(buffer, place(buffer, position, p, len(parts)), part)
            for p, part in enumerate(parts)
        ]
        made.append(lowering_.stored(buffer, Type(kept_shape, own.dtype)))
    if kind.size:
        lowering_.loops(outer_dims, (Phase(inner_dims, tuple(stores), reductions),))
    return tuple(made)


def _combine(math: Arithmetic, op: str, a: Element, b: Element) -> Element:
    if op in ("and", "or"):
        return (math.test(op, a[0], b[0]),)
    if op == "sum":
        return math.c_add(a, b)
    if op == "prod":
        return math.c_mul(a, b)
    return (math.op(op, a[0], b[0]),)


def _identity(math: Arithmetic, op: str, item: str) -> Expr:
    if op == "max":
        return math.lowest(item)
    if op == "min":
        return math.highest(item)
    return math.exprs.const({"sum": 0, "prod": 1, "and": True, "or": False}[op], item)


def _then(call: Call, lazy: Lazy, change: Callable[[Arithmetic, Element], Element]) -> Lazy:
    """A pointwise change of a reduction's result."""
    math = Arithmetic(call.exprs)
    return call.lowering.lazy(
        Type(lazy.shape, call.output.dtype),
        lambda i: math.convert(change(math, lazy.at(i)), lazy.dtype, call.output.dtype),
    )


@lowering("aten.sum")
def _sum(call: Call) -> Lazy:
    x = call.tensor(0)
    return reduce(call, x, axes_of(call, 1, len(x.shape)), "sum", call.output)


@lowering("aten.mean")
def _mean(call: Call) -> Lazy:
    x = call.tensor(0)
    axes = axes_of(call, 1, len(x.shape))
    total = reduce(call, x, axes, "sum", call.output)
    count = _count(x, axes)
    return _then(call, total, lambda m, a: tuple(m.div(p, call.extent(count, p.dtype)) for p in a))


@lowering("aten.prod")
def _prod(call: Call) -> Lazy:
    x = call.tensor(0)
    dim = None if "dim" not in call.node.op else call.integer(1, "dim")
    rank = len(x.shape)
    axes = tuple(range(rank)) if dim is None or not rank else (wrapped(dim, rank),)
    return reduce(call, x, axes, "prod", call.output)


def _extreme(op: str) -> Callable[[Call], Lazy]:
    def lower(call: Call) -> Lazy:
        x = call.tensor(0)
        return reduce(call, x, axes_of(call, 1, len(x.shape)), op, call.output)

    return lower


lowering("aten.amax", "aten.max.default")(_extreme("max"))
lowering("aten.amin", "aten.min.default")(_extreme("min"))


@lowering("aten.any")
def _any(call: Call) -> Lazy:
    x = call.tensor(0)
    rank = len(x.shape)
    axes = axes_of(call, 1, rank) if "dim" in call.node.op else tuple(range(rank))
    found = reduce(call, x, axes, "or", Type(call.output.shape, "bool"))
    return _then(call, found, lambda m, a: a)


def positions(call: Call, x: Lazy, axes: tuple[int, ...], op: str, kind: Type) -> tuple[Lazy, Lazy]:
    """(best value, int64 row-major position within ``axes`` of the first best); NaN is best of
    all."""
    kept = tuple(a for a in range(len(x.shape)) if a not in axes)
    outer_dims, outer = _dims(call, [x.shape[a] for a in kept])
    inner_dims, inner = _dims(call, [x.shape[a] for a in axes])
    full: list[Aff] = [Aff()] * len(x.shape)
    for axis, k in zip((*kept, *axes), (*outer, *inner), strict=True):
        full[axis] = k
    value = x.real(tuple(full))
    where = call.exprs.index(linear(call, inner, tuple(x.shape[a] for a in axes)))
    best = call.exprs.accumulator(value.dtype, outer_dims)
    at = call.exprs.accumulator("i64", outer_dims)
    reduction = Reduction(op, value, at, where, best)
    value_kind = Type(kind.shape, x.dtype)
    first, second = _stored(
        call,
        value_kind,
        outer_dims,
        outer,
        inner_dims,
        (reduction,),
        [(best,), (at,)],
        [value_kind, Type(kind.shape, "int64")],
    )
    return first, second


@lowering("aten.argmax", "aten.argmin")
def _argmax(call: Call) -> Lazy:
    x = call.tensor(0)
    rank = len(x.shape)
    given = call.arg(1, "dim")
    axes = (
        tuple(range(rank))
        if given is None or not rank
        else (wrapped(call.integer(1, "dim"), rank),)
    )
    return positions(call, x, axes, call.node.op.split(".")[1], call.output)[1]


def _with_index(op: str) -> Callable[[Call], tuple[Lazy, ...]]:
    def lower(call: Call) -> tuple[Lazy, ...]:
        x = call.tensor(0)
        rank = len(x.shape)
        axes = (wrapped(call.integer(1, "dim"), rank),) if rank else ()
        return positions(call, x, axes, op, call.output)

    return lower


lowering("aten.max.dim")(_with_index("argmax"))
lowering("aten.min.dim")(_with_index("argmin"))
