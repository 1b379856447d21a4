"""Tensors from nothing: full, arange, eye and their kin, as constants and index arithmetic."""

from __future__ import annotations

from ..errors import ExplorableError
from . import index as ix
from .elements import Arithmetic
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .promote import broadcast


def _filled(call: Call, value: Lazy | None) -> Lazy:
    if value is None:
        value = call.number(0)
    parts = Arithmetic(call.exprs).convert(value.at(()), value.dtype, call.output.dtype)
    lazy = call.lazy(lambda i: parts)
    lazy.number = "scalar_tensor" not in call.node.op and value.number and call.output.shape == ()
    lazy.number = False
    return lazy


@lowering("aten.full")
def _full(call: Call) -> Lazy:
    return _filled(call, call.tensor(1, "fill_value"))


@lowering("aten.full_like", "aten.fill", "aten.new_full")
def _full_like(call: Call) -> Lazy:
    place = 2 if "new_full" in call.node.op else 1
    return _filled(call, call.tensor(place, "value" if "fill" in call.node.op else "fill_value"))


@lowering("aten.scalar_tensor")
def _scalar_tensor(call: Call) -> Lazy:
    return _filled(call, call.tensor(0, "s"))


@lowering(
    "aten.zeros", "aten.zeros_like", "aten.new_zeros", "aten.empty", "aten.empty_like",
    "aten.empty_permuted", "aten.empty_strided", "aten.new_empty", "aten.new_empty_strided",
    "aten._efficientzerotensor", "aten.zero",
)  # fmt: skip
def _zeros(call: Call) -> Lazy:
    return _filled(call, call.number(0))


@lowering("aten.ones", "aten.ones_like", "aten.new_ones")
def _ones(call: Call) -> Lazy:
    return _filled(call, call.number(1))


@lowering("aten.arange")
def _arange(call: Call) -> Lazy:
    overload = call.node.op.rsplit(".", 1)[-1]
    plain = overload in ("default", "out")
    start = call.number(0) if plain else call.tensor(0, "start")
    step = call.resolve(call.arg(2, "step", 1)) or call.number(1)
    dtype = call.output.dtype
    math = Arithmetic(call.exprs)
    work = dtype if dtype.startswith("int") or dtype == "uint8" else "float64"

    def at(i: Index) -> Element:
        (first,) = math.convert(start.at(()), start.dtype, work)
        (each,) = math.convert(step.at(()), step.dtype, work)
        (k,) = math.convert((call.exprs.index(i[0]),), "int32", work)
        value = math.add(first, math.mul(k, each))
        return math.convert((value,), work, dtype)

    return call.lazy(at)


@lowering("aten.eye")
def _eye(call: Call) -> Lazy:
    math = Arithmetic(call.exprs)

    def at(i: Index) -> Element:
        same = math.test("eq", call.exprs.index(i[0]), call.exprs.index(i[1]))
        return math.convert((same,), "bool", call.output.dtype)

    return call.lazy(at)


@lowering("aten.tril", "aten.triu")
def _triangle(call: Call) -> Lazy:
    x = call.tensor(0)
    offset = call.integer(1, "diagonal", 0)
    lower = "tril" in call.node.op
    math = Arithmetic(call.exprs)

    def at(i: Index) -> Element:
        row, column = call.exprs.index(i[-2] + offset), call.exprs.index(i[-1])
        kept = math.test("le" if lower else "ge", column, row)
        return tuple(math.select(kept, p, math.const(0, p)) for p in x.at(i))

    return call.lazy(at)


@lowering("aten.copy")
def _copy(call: Call) -> Lazy:
    x, source = call.tensor(0), call.tensor(1)
    math = Arithmetic(call.exprs)
    return call.lazy(
        lambda i: math.convert(source.at(broadcast(i, source.shape)), source.dtype, x.dtype)
    )


@lowering("aten.linspace")
def _linspace(call: Call) -> Lazy:
    """As torch: from the start in the first half, from the end in the second."""
    start, end = call.tensor(0, "start"), call.tensor(1, "end")
    (count,) = call.output.shape
    dtype = call.output.dtype
    if not dtype.startswith("float"):
        raise ExplorableError(
            "compiler", "linspace of integers or complex numbers is not there yet"
        )
    math = Arithmetic(call.exprs)

    def at(i: Index) -> Element:
        (low,) = math.convert(start.at(()), start.dtype, dtype)
        (high,) = math.convert(end.at(()), end.dtype, dtype)
        if count == 1:
            return (low,)
        step = math.div(math.sub(high, low), math.const(count - 1, low))
        here = call.exprs.index(i[0])
        (k,) = math.convert((here,), "int32", dtype)
        (back,) = math.convert((call.exprs.index(i[0] * -1 + (count - 1)),), "int32", dtype)
        early = math.test("lt", here, math.const(count // 2, here))
        up = math.add(low, math.mul(step, k))
        return (math.select(early, up, math.sub(high, math.mul(step, back))),)

    return call.lazy(at)


def positions(i: Index, shape: tuple[int, ...]) -> ix.Aff:
    """The row-major number of an element, for draws that are keyed by it."""
    return ix.flatten(i, shape)
