"""Tensors from nothing: full, empty and arange, as constants and index arithmetic."""

from __future__ import annotations

from .elements import Arithmetic
from .lazy import Element, Index, Lazy
from .lower import Call, lowering


def _filled(call: Call, value: Lazy | None) -> Lazy:
    if value is None:
        value = call.number(0)
    parts = Arithmetic(call.exprs).convert(value.at(()), value.dtype, call.output.dtype)
    return call.lazy(lambda i: parts)


@lowering("aten.full")
def _full(call: Call) -> Lazy:
    return _filled(call, call.tensor(1, "fill_value"))


@lowering("aten.full_like")
def _full_like(call: Call) -> Lazy:
    return _filled(call, call.tensor(1, "fill_value"))


@lowering("aten.scalar_tensor")
def _scalar_tensor(call: Call) -> Lazy:
    return _filled(call, call.tensor(0, "s"))


@lowering("aten.empty", "aten.empty_permuted", "aten.empty_strided", "aten.new_empty_strided")
def _zeros(call: Call) -> Lazy:
    return _filled(call, call.number(0))


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
