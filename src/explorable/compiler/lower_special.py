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
    "aten.special_bessel_y0": "bessel_y0",
    "aten.special_bessel_y1": "bessel_y1",
    "aten.special_modified_bessel_k0": "modified_bessel_k0",
    "aten.special_modified_bessel_k1": "modified_bessel_k1",
    "aten.special_scaled_modified_bessel_k0": "scaled_modified_bessel_k0",
    "aten.special_scaled_modified_bessel_k1": "scaled_modified_bessel_k1",
    "aten.special_airy_ai": "airy_ai",
    "aten.special_spherical_bessel_j0": "spherical_bessel_j0",
}


@lowering(*_NAMES)
def _special(call: Call) -> Lazy:
    name = _NAMES[".".join(call.node.op.split(".")[:2])]
    x = call.tensor(0)
    return pointwise(call, [x], call.output.dtype, lambda m, a: (m.op(name, a[0][0]),))


_HERMITE_LIMIT = {"float32": 128, "float64": 512}
"""The degree above which torch answers NaN."""
_OF_TWO = {
    "aten.special_zeta": "zeta",
    "aten.nextafter": "nextafter",
    "aten.igamma": "igamma",
    "aten.igammac": "igammac",
    "aten.special_hermite_polynomial_h": "hermite_polynomial_h",
    "aten.special_hermite_polynomial_he": "hermite_polynomial_he",
    "aten.special_laguerre_polynomial_l": "laguerre_polynomial_l",
    "aten.special_legendre_polynomial_p": "legendre_polynomial_p",
    **{
        f"aten.special_{shifted}chebyshev_polynomial_{kind}": f"{shifted}chebyshev_{kind}"
        for shifted in ("", "shifted_")
        for kind in "tuvw"
    },
}


@lowering(*_OF_TWO)
def _special_of_two(call: Call) -> Lazy:
    name = _OF_TWO[".".join(call.node.op.split(".")[:2])]
    args = [call.tensor(0), call.tensor(1)]
    limit = _HERMITE_LIMIT[call.output.dtype] if "hermite" in name else None

    def element(m: Arithmetic, a: tuple[Element, ...]) -> Element:
        (x,), (y,) = a
        found = m.op(name, x, y)
        if limit is not None:
            high = m.test("ge", y, m.const(limit + 1, y))
            found = m.select(high, m.const(math.nan, found), found)
        return (found,)

    return pointwise(call, args, call.output.dtype, element)


@lowering("aten.frexp.Tensor")
def _mantissa_and_exponent(call: Call) -> tuple[Lazy, ...]:
    x = call.tensor(0)

    def part(name: str, number: int) -> Lazy:
        def element(m: Arithmetic, a: tuple[Element, ...]) -> Element:
            return m.convert((m.op(f"frexp_{name}", a[0][0]),), x.dtype, kind.dtype)

        kind = call.node.outputs[number]
        math_ = Arithmetic(call.exprs)
        return call.lazy(lambda i: element(math_, (x.at(i),)), number)

    return part("mantissa", 0), part("exponent", 1)


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
