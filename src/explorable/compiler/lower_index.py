"""Reads and writes at positions that are data: gather, index; scatter, index_put, put and running
sums. Writes are sequential kernels, so that equal positions accumulate in torch's order."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ExplorableError
from ..graphs import Type
from . import index as ix
from .elements import Arithmetic
from .expr import Expr
from .index import Aff
from .lazy import Element, Index, Lazy, loop, place
from .lower import Call, lowering
from .lower_reduce import reduce
from .lower_views import data_index, reshape, wrapped
from .program import Buffer, Phase, Reduction, Store
from .promote import broadcast


def cheap(call: Call, lazy: Lazy) -> Lazy:
    """The same tensor, stored first if an element costs more than a load."""
    cost, heavy = lazy.probe()
    if heavy or cost > 3:
        call.lowering.realise(lazy.root)
        cost, heavy = lazy.probe()
    return lazy


def _along(axis: int, index: Index, by: Aff) -> Index:
    return (*index[:axis], by, *index[axis + 1 :])


@lowering("aten.gather")
def _gather(call: Call) -> Lazy:
    x, where = cheap(call, call.tensor(0)), cheap(call, call.tensor(2))
    if not x.shape:
        return call.lazy(lambda i: x.at(()))
    axis = wrapped(call.integer(1, "dim"), len(x.shape))
    return call.lazy(
        lambda i: x.at(_along(axis, i, data_index(call, where.real(i), x.shape[axis])))
    )


@lowering("aten.index_select")
def _index_select(call: Call) -> Lazy:
    x, where = cheap(call, call.tensor(0)), cheap(call, call.tensor(2))
    if not x.shape:
        return call.lazy(lambda i: x.at(()))
    axis = wrapped(call.integer(1, "dim"), len(x.shape))
    rank = len(where.shape)

    def at(i: Index) -> Element:
        own = i[axis : axis + rank] if rank else ()
        rest = i[axis + rank :] if rank else i[axis + 1 :]
        here = data_index(call, where.real(own), x.shape[axis])
        return x.at((*i[:axis], here, *rest))

    return call.lazy(at)


class Positions:
    """The tensors of an indexing ``x[a, :, b]``: the shape they broadcast to and where it goes."""

    def __init__(self, call: Call, x: Lazy, indices: list[Lazy | None]) -> None:
        self.call, self.x = call, x
        given = list(indices) + [None] * (len(x.shape) - len(indices))
        if any(t is not None and t.dtype in ("bool", "uint8") for t in given):
            raise ExplorableError(
                "compiler",
                "a bool mask as an index gives a shape that depends on data",
                fix="use torch.where or a masked sum",
            )
        self.given = [None if t is None else cheap(call, t) for t in given]
        self.axes = [k for k, t in enumerate(given) if t is not None]
        shape: tuple[int, ...] = ()
        for t in given:
            if t is not None:
                shape = _broadcast_shape(shape, t.shape)
        self.shape = shape
        together = self.axes == list(range(self.axes[0], self.axes[-1] + 1))
        self.start = self.axes[0] if together else 0

    @property
    def result(self) -> tuple[int, ...]:
        """The shape of ``x[...]``."""
        rest = [e for k, e in enumerate(self.x.shape) if k not in self.axes]
        return (*rest[: self.start], *self.shape, *rest[self.start :])

    def into(self, i: Index) -> Index:
        """The index into x for an index into the result."""
        rank = len(self.shape)
        own = i[self.start : self.start + rank]
        rest = [*i[: self.start], *i[self.start + rank :]]
        back: list[Aff] = []
        for axis, t in enumerate(self.given):
            if t is None:
                back.append(rest.pop(0))
            else:
                value = t.real(broadcast(own, t.shape))
                back.append(data_index(self.call, value, self.x.shape[axis]))
        return tuple(back)


def _broadcast_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    rank = max(len(a), len(b))
    one, other = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    # An extent that moves is no 1, whatever its bound.
    wide = (q if p == 1 else p for p, q in zip(one, other, strict=True))
    return tuple(0 if 0 in (p, q) else e for e, p, q in zip(wide, one, other, strict=True))


@lowering("aten.index")
def _index(call: Call) -> Lazy:
    x = cheap(call, call.tensor(0))
    positions = Positions(call, x, call.tensors(1, "indices"))
    return call.lazy(lambda i: x.at(positions.into(i)))


def _started(call: Call, x: Lazy) -> Buffer:
    """A fresh copy of ``x`` to write into."""
    target = call.lowering.temp(x.size * x.planes, x.item)
    call.lowering.write(x, target)
    return target


Change = Callable[[Arithmetic, Expr, Expr], Expr]


def _put(
    call: Call,
    target: Buffer,
    kind: Type,
    source: Lazy,
    shape: tuple[int, ...],
    where: Callable[[Index], Index],
    change: Change | None,
) -> None:
    """For every point of ``shape`` in order, change ``target`` at ``where(point)`` by the
    source."""
    if Type(shape, kind.dtype).size == 0 or kind.size == 0:
        return
    math = Arithmetic(call.exprs)
    dims, index = loop(call.exprs, shape)
    position = ix.flatten(where(index), kind.shape)
    parts = math.convert(source.at(broadcast(index, source.shape)), source.dtype, kind.dtype)
    stores: list[Store] = []
    for p, part in enumerate(parts):
        at = place(target, position, p, len(parts))
        value = part if change is None else change(math, call.exprs.load(target, at), part)
        stores.append(Store(target, at, value))
    call.lowering.loops(dims, (Phase((), tuple(stores)),), ordered=True)


def _add(math: Arithmetic, old: Expr, new: Expr) -> Expr:
    return math.test("or", old, new) if old.dtype == "bool" else math.add(old, new)


@lowering("aten.index_put")
def _index_put(call: Call) -> Lazy:
    x, source = call.tensor(0), cheap(call, call.tensor(2, "values"))
    given = call.tensors(1, "indices")
    positions = Positions(call, x, given)
    target = _started(call, x)
    change = _add if call.flag(3, "accumulate") else None
    _put(call, target, x.type, source, positions.result, positions.into, change)
    return call.lowering.stored(target, x.type)


def _scattered(call: Call, change: Change | None) -> Lazy:
    x, where, source = call.tensor(0), cheap(call, call.tensor(2)), cheap(call, call.tensor(3))
    target = _started(call, x)
    into, shape = _scatter_index(call, x, where)
    _put(call, target, x.type, source, shape, into, change)
    return call.lowering.stored(target, x.type)


def _scatter_index(
    call: Call, x: Lazy, where: Lazy
) -> tuple[Callable[[Index], Index], tuple[int, ...]]:
    if not x.shape:
        return (lambda i: ()), where.shape
    axis = wrapped(call.integer(1, "dim"), len(x.shape))

    def into(i: Index) -> Index:
        return _along(axis, i, data_index(call, where.real(i), x.shape[axis]))

    return into, where.shape


@lowering("aten.scatter", "aten.scatter_add")
def _scatter(call: Call) -> Lazy:
    op = call.arg(4, "reduce")
    if "scatter_add" in call.node.op or op == "add":
        return _scattered(call, _add)
    if op == "multiply":
        return _scattered(call, lambda m, old, new: m.mul(old, new))
    return _scattered(call, None)


@lowering("aten.put")
def _flat_put(call: Call) -> Lazy:
    x, where, source = call.tensor(0), cheap(call, call.tensor(1)), cheap(call, call.tensor(2))
    target = _started(call, x)
    listed, values = (reshape(call, t, (t.size,)) for t in (where, source))

    def into(i: Index) -> Index:
        return ix.unflatten(data_index(call, listed.real(i), x.size), x.shape)

    change = _add if call.flag(3, "accumulate") else None
    _put(call, target, x.type, values, listed.shape, into, change)
    return call.lowering.stored(target, x.type)


_REDUCERS: dict[str, Change] = {
    "sum": _add,
    "mean": _add,
    "prod": lambda m, old, new: m.mul(old, new),
    "amax": lambda m, old, new: m.op("max", old, new),
    "amin": lambda m, old, new: m.op("min", old, new),
}


@lowering("aten.scatter_reduce", "aten.index_reduce")
def _scatter_reduce(call: Call) -> Lazy:
    x, where, source = call.tensor(0), cheap(call, call.tensor(2)), cheap(call, call.tensor(3))
    kind, shape = x.type, where.shape
    name = str(call.arg(4, "reduce"))
    if "index_reduce" in call.node.op:
        axis = wrapped(call.integer(1, "dim"), max(len(x.shape), 1))
        shape, slim = source.shape, where

        def along(i: Index) -> Index:
            if not x.shape:
                return ()
            at = slim.real((i[axis],) if slim.shape else ())
            return _along(axis, i, data_index(call, at, x.shape[axis]))

        into: Callable[[Index], Index] = along
    else:
        into, shape = _scatter_index(call, x, where)
    math = Arithmetic(call.exprs)
    target = _started(call, x)
    included = call.flag(5, "include_self", True)
    name = "prod" if name == "multiply" else name
    if not included:
        neutral = {
            "prod": math.exprs.const(1, x.item), "amax": math.lowest(x.item),
            "amin": math.highest(x.item),
        }.get(name, math.exprs.const(0, x.item))  # fmt: skip
        empty = call.lowering.lazy(Type((), x.dtype), lambda i: (neutral,))
        _put(call, target, kind, empty, shape, into, None)
    _put(call, target, kind, source, shape, into, _REDUCERS[name])
    total = call.lowering.stored(target, kind)
    if name != "mean":
        return total
    one = call.lowering.lazy(Type((), x.dtype), lambda i: (math.exprs.const(1, x.item),))
    first = 1 if included else 0
    counts = call.lowering.temp(x.size, x.item)
    fill = call.lowering.lazy(kind, lambda i: (math.exprs.const(first, x.item),))
    call.lowering.write(fill, counts)
    _put(call, counts, kind, one, shape, into, _add)
    count = call.lowering.stored(counts, kind)

    def at(i: Index) -> Element:
        number = count.real(i)
        number = math.op("max", number, math.const(1, number))
        if kind.dtype.startswith("float"):
            return (math.div(total.real(i), number),)
        return (math.floor_divide(total.real(i), number),)

    return call.lazy(at)


def _running(op: str) -> Callable[[Call], Lazy | tuple[Lazy, ...]]:
    def lower(call: Call) -> Lazy | tuple[Lazy, ...]:
        x = call.tensor(0)
        kind = call.output
        if not x.shape or x.size == 0:
            result = call.lazy(
                lambda i: Arithmetic(call.exprs).convert(x.at(i), x.dtype, kind.dtype)
            )
            if op not in ("cummax", "cummin"):
                return result
            return result, call.lazy(lambda i: (call.exprs.const(0, "i64"),), 1)
        axis = wrapped(call.integer(1, "dim"), len(x.shape))
        math = Arithmetic(call.exprs)
        dims, index = loop(call.exprs, x.shape)
        inner = tuple(v for v in dims if v in index[axis].free)
        outer = tuple(v for v in dims if v not in inner)
        parts = math.convert(x.at(index), x.dtype, kind.dtype)
        position = ix.flatten(index, x.shape)
        if op in ("cummax", "cummin"):
            best = call.exprs.accumulator(parts[0].dtype, dims)
            at = call.exprs.accumulator("i64", dims)
            reductions = (Reduction(op, parts[0], at, call.exprs.index(index[axis]), best),)
            results = ((best,), (at,))
        else:
            accs = tuple(call.exprs.accumulator(p.dtype, dims) for p in parts)
            name = {"cumsum": "sum", "cumprod": "prod"}[op]
            if name == "prod" and len(parts) == 2:
                raise ExplorableError("compiler", "cumprod of complex numbers is not there yet")
            reductions = tuple(Reduction(name, p, a) for p, a in zip(parts, accs, strict=True))
            results = (accs,)
        made: list[Lazy] = []
        stores: list[Store] = []
        for number, result in enumerate(results):
            buffer = call.lowering.temp(x.size * len(result), result[0].dtype)
            stores += [
                Store(buffer, place(buffer, position, p, len(result)), part)
                for p, part in enumerate(result)
            ]
            made.append(call.lowering.stored(buffer, call.node.outputs[number]))
        call.lowering.loops(outer, (Phase(inner, tuple(stores), reductions, running=True),))
        return tuple(made) if len(made) > 1 else made[0]

    return lower


for _name in ("cumsum", "cumprod", "cummax", "cummin"):
    lowering(f"aten.{_name}")(_running(_name))


@lowering("aten.searchsorted.Scalar")
def _searchsorted(call: Call) -> Lazy:
    """The number of sorted elements below (or up to) each value: a sum, as the lists are short."""
    edges, values = cheap(call, call.tensor(0)), cheap(call, call.tensor(1))
    right = call.flag(3, "right") or call.arg(99, "side") == "right"
    math = Arithmetic(call.exprs)
    count = edges.shape[-1]
    wide = Type((*values.shape, count), "int64")

    def below(i: Index) -> Element:
        edge = edges.at((*i[: len(edges.shape) - 1], i[-1]) if len(edges.shape) > 1 else (i[-1],))
        value = math.convert(values.at(i[:-1]), values.dtype, edges.dtype)
        test = math.test("le" if right else "lt", edge[0], value[0])
        return math.convert((test,), "bool", "int64")

    lazy = call.lowering.lazy(wide, below)
    found = reduce(call, lazy, (len(values.shape),), "sum", Type(values.shape, "int64"))
    return call.lazy(lambda i: math.convert(found.at(i), "int64", call.output.dtype))
