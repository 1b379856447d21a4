"""Special functions beyond the everyday ones, as calls of the C library."""

from __future__ import annotations

import math

from ..errors import ExplorableError
from .elements import Arithmetic
from .lazy import Element, Lazy
from .lower import Call, lowering
from .lower_pointwise import pointwise

_NAMES = {
    "aten.i0": "i0",
    "aten.special_i0e": "i0e",
    "aten.special_i1": "i1",
    "aten.special_i1e": "i1e",
    "aten.special_bessel_j0": "bessel_j0",
    "aten.special_bessel_j1": "bessel_j1",
    "aten.special_modified_bessel_i0": "i0",
    "aten.special_modified_bessel_i1": "i1",
    "aten.special_erfcx": "erfcx",
    "aten.special_ndtri": "ndtri",
}


@lowering(*_NAMES)
def _special(call: Call) -> Lazy:
    name = _NAMES[".".join(call.node.op.split(".")[:2])]
    x = call.tensor(0)
    return pointwise(call, [x], call.output.dtype, lambda m, a: (m.op(name, a[0][0]),))


@lowering("aten.special_zeta")
def _zeta(call: Call) -> Lazy:
    args = [call.tensor(0), call.tensor(1)]
    return pointwise(call, args, call.output.dtype, lambda m, a: (m.op("zeta", a[0][0], a[1][0]),))


@lowering("aten.polygamma")
def _polygamma(call: Call) -> Lazy:
    n, x = call.integer(0, "n"), call.tensor(1)
    if n < 0:
        raise ExplorableError("compiler", f"polygamma({n}, x): the order is negative")
    if n == 0:
        return pointwise(call, [x], call.output.dtype, lambda m, a: (m.op("digamma", a[0][0]),))
    sign = 1.0 if n % 2 else -1.0

    def scale(m: Arithmetic, a: tuple[Element, ...]) -> Element:
        (one,) = a[0]
        size = m.const(sign * math.factorial(n), one)
        return (m.mul(size, m.op("zeta", m.const(n + 1, one), one)),)

    return pointwise(call, [x], call.output.dtype, scale)
