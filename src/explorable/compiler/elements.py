"""Arithmetic of one element, real or complex: what the pointwise lowerings are written in."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

from .expr import COMPARISONS, FLOATS, Expr, Exprs, Number
from .lazy import ITEM_DTYPE, Element
from .promote import category


class Arithmetic:
    """Short names for building expressions; every method folds where it can."""

    def __init__(self, exprs: Exprs) -> None:
        self.exprs = exprs

    def const(self, value: Number, like: Expr) -> Expr:
        return self.exprs.const(value, like.dtype)

    def op(self, name: str, *args: Expr) -> Expr:
        """An operation whose result has its first argument's dtype."""
        if args[0].dtype == "bool":
            # Lanes hold -1 for true, so extremes of bools are not those of their integers.
            name = {"max": "or", "min": "and", "fmax": "or", "fmin": "and"}.get(name, name)
        return self.exprs.make(name, args, args[0].dtype)

    def test(self, name: str, *args: Expr) -> Expr:
        """An operation whose result is bool."""
        if name in COMPARISONS and args[0].dtype == "bool":
            return self._compare_bools(name, *args)
        return self.exprs.make(name, args, "bool")

    def _compare_bools(self, name: str, a: Expr, b: Expr) -> Expr:
        """Lanes hold -1 for true, so comparisons of bools are logic, not arithmetic."""
        if name in ("gt", "ge"):
            name, a, b = {"gt": "lt", "ge": "le"}[name], b, a
        if name in ("lt", "le"):
            other = self.exprs.make("not", (a,), "bool")
            return self.exprs.make("and" if name == "lt" else "or", (other, b), "bool")
        differ = self.exprs.make("xor", (a, b), "bool")
        return differ if name == "ne" else self.exprs.make("not", (differ,), "bool")

    def add(self, a: Expr, b: Expr) -> Expr:
        return self.op("add", a, b)

    def sub(self, a: Expr, b: Expr) -> Expr:
        return self.op("sub", a, b)

    def mul(self, a: Expr, b: Expr) -> Expr:
        return self.op("mul", a, b)

    def div(self, a: Expr, b: Expr) -> Expr:
        return self.op("div", a, b)

    def neg(self, a: Expr) -> Expr:
        return self.op("neg", a)

    def select(self, condition: Expr, yes: Expr, no: Expr) -> Expr:
        return self.exprs.select(condition, yes, no)

    def convert(self, parts: Element, source: str, target: str) -> Element:
        """One element of dtype ``source`` as dtype ``target``."""
        if source == target:
            return parts
        item = ITEM_DTYPE[target]
        if category(target) == 3:
            real = self.exprs.cast(parts[0], item)
            imaginary = self.exprs.cast(parts[1], item) if len(parts) == 2 else self.const(0, real)
            return (real, imaginary)
        if target == "bool":
            tests = [self.test("ne", p, self.const(0, p)) for p in parts if p.dtype != "bool"]
            if not tests:
                return parts
            return (tests[0] if len(tests) == 1 else self.test("or", *tests),)
        return (self.exprs.cast(parts[0], item),)

    def c_add(self, a: Element, b: Element) -> Element:
        return tuple(self.add(x, y) for x, y in zip(a, b, strict=True))

    def c_sub(self, a: Element, b: Element) -> Element:
        return tuple(self.sub(x, y) for x, y in zip(a, b, strict=True))

    def c_mul(self, a: Element, b: Element) -> Element:
        if len(a) == 1:
            return (self.mul(a[0], b[0]),)
        (ar, ai), (br, bi) = a, b
        return (
            self.sub(self.mul(ar, br), self.mul(ai, bi)),
            self.add(self.mul(ar, bi), self.mul(ai, br)),
        )

    def c_div(self, a: Element, b: Element) -> Element:
        """Complex division as torch's: R. L. Smith, Algorithm 116, Communications of the ACM 5
        (1962); by zero part by part."""
        if len(a) == 1:
            return (self.div(a[0], b[0]),)
        (ar, ai), (br, bi) = a, b
        wide, tall = self.op("abs", br), self.op("abs", bi)
        real = self.test("ge", wide, tall)
        large, small = self.select(real, br, bi), self.select(real, bi, br)
        ratio = self.div(small, large)
        one = self.const(1, br)
        scale = self.div(one, self.add(large, self.mul(small, ratio)))
        # Of a/b by a real part that is larger, and of -i a / -i b by an imaginary one.
        first, second = self.select(real, ar, ai), self.select(real, ai, ar)
        turned = self.mul(first, ratio)
        zero = self.test("eq", self.op("max", wide, tall), self.const(0, br))
        return (
            self.select(
                zero,
                self.div(ar, wide),
                self.mul(self.add(first, self.mul(second, ratio)), scale),
            ),
            self.select(
                zero,
                self.div(ai, tall),
                self.mul(
                    self.select(real, self.sub(second, turned), self.sub(turned, second)), scale
                ),
            ),
        )

    def c_exp(self, a: Element) -> Element:
        """e^x (cos y + i sin y), and 0 where e^x is, whatever y may be."""
        if _vanishes(a[0]):
            # A turn, `exp(1j * y)`: e^0 is 1, and of what times 0 is not a number neither is this.
            size = self.add(self.const(1, a[0]), a[0])
            return tuple(self.mul(size, self.op(turn, a[1])) for turn in ("cos", "sin"))
        size = self.op("exp", a[0])
        zero = self.const(0, size)
        gone = self.test("eq", size, zero)
        return tuple(
            self.select(gone, zero, self.mul(size, self.op(turn, a[1]))) for turn in ("cos", "sin")
        )

    def c_log(self, a: Element) -> Element:
        return (self.op("log", self.op("hypot", *a)), self.op("atan2", a[1], a[0]))

    def c_scale(self, a: Element, factor: float) -> Element:
        return tuple(self.mul(p, self.const(factor, p)) for p in a)

    def c_expm1(self, a: Element) -> Element:
        """exp(x) cos y - 1 without cancelling: expm1(x) cos y - 2 sin^2(y / 2)."""
        re, im = a
        half = self.op("sin", self.mul(im, self.const(0.5, im)))
        gap = self.mul(self.const(2, im), self.mul(half, half))
        grown = self.op("expm1", re)
        real = self.sub(self.mul(grown, self.op("cos", im)), gap)
        return (real, self.mul(self.op("exp", re), self.op("sin", im)))

    def c_log1p(self, a: Element) -> Element:
        """log|1 + z| as log1p(x (2 + x) + y^2) / 2 near 1."""
        re, im = a
        inner = self.add(self.mul(re, self.add(self.const(2, re), re)), self.mul(im, im))
        near = self.mul(self.const(0.5, re), self.op("log1p", inner))
        one = self.add(self.const(1, re), re)
        far = self.op("log", self.op("hypot", one, im))
        small = self.test("lt", self.op("abs", inner), self.const(0.5, re))
        return (self.select(small, near, far), self.op("atan2", im, one))

    def c_asin(self, a: Element) -> Element:
        """By the square roots of 1 - z and 1 + z, which keep accuracy on the cuts."""
        left, right = self._roots(a)
        cross = self.sub(self.mul(left[0], right[1]), self.mul(left[1], right[0]))
        real = self.op(
            "atan2", a[0], self.sub(self.mul(left[0], right[0]), self.mul(left[1], right[1]))
        )
        return (real, self.op("asinh", cross))

    def c_acos(self, a: Element) -> Element:
        left, right = self._roots(a)
        real = self.mul(self.const(2, a[0]), self.op("atan2", left[0], right[0]))
        imaginary = self.sub(self.mul(right[0], left[1]), self.mul(right[1], left[0]))
        return (real, self.op("asinh", imaginary))

    def c_acosh(self, a: Element) -> Element:
        """acos turned into the right half plane."""
        re, im = self.c_acos(a)
        down = self.test("lt", self.op("copysign", self.const(1, a[1]), a[1]), self.const(0, re))
        return (self.op("abs", im), self.select(down, self.neg(re), re))

    def c_atanh(self, a: Element) -> Element:
        """(log1p(4 |x| / ((1 - |x|)^2 + y^2)) / 4 signed as x, atan2(2 y, 1 - x^2 - y^2) / 2)"""
        re, im = a
        one, size = self.const(1, re), self.op("abs", a[0])
        gap = self.sub(one, size)
        apart = self.add(self.mul(gap, gap), self.mul(im, im))
        ratio = self.div(self.mul(self.const(4, re), size), apart)
        real = self.mul(self.const(0.25, re), self.op("log1p", ratio))
        across = self.sub(self.mul(gap, self.add(one, size)), self.mul(im, im))
        turn = self.op("atan2", self.mul(self.const(2, im), im), across)
        return (self.op("copysign", real, re), self.mul(self.const(0.5, re), turn))

    def _roots(self, a: Element) -> tuple[Element, Element]:
        """sqrt(1 - z), sqrt(1 + z)"""
        one = self.const(1, a[0])
        return (
            self.c_sqrt((self.sub(one, a[0]), self.neg(a[1]))),
            self.c_sqrt((self.add(one, a[0]), a[1])),
        )

    def c_sqrt(self, a: Element) -> Element:
        """The principal root, by the half-angle formulas that don't cancel."""
        if len(a) == 1:
            return (self.op("sqrt", a[0]),)
        re, im = a
        half, zero = self.const(0.5, re), self.const(0, re)
        size = self.op("hypot", re, im)
        big = self.op("sqrt", self.mul(half, self.add(size, self.op("abs", re))))
        small = self.select(self.test("eq", big, zero), zero, self.div(self.mul(half, im), big))
        right = self.test("ge", re, zero)
        return (
            self.select(right, big, self.op("abs", small)),
            self.select(right, small, self.op("copysign", big, im)),
        )

    def c_sin(self, a: Element) -> Element:
        re, im = a
        return (
            self.mul(self.op("sin", re), self.op("cosh", im)),
            self.mul(self.op("cos", re), self.op("sinh", im)),
        )

    def c_cos(self, a: Element) -> Element:
        re, im = a
        return (
            self.mul(self.op("cos", re), self.op("cosh", im)),
            self.neg(self.mul(self.op("sin", re), self.op("sinh", im))),
        )

    def c_turn(self, a: Element) -> Element:
        """i * a"""
        return (self.neg(a[1]), a[0])

    def c_back(self, a: Element) -> Element:
        """-i * a"""
        return (a[1], self.neg(a[0]))

    def c_sinh(self, a: Element) -> Element:
        return self.c_back(self.c_sin(self.c_turn(a)))

    def c_cosh(self, a: Element) -> Element:
        return self.c_cos(self.c_turn(a))

    def c_tanh(self, a: Element) -> Element:
        """(tanh x (1 + t^2) + i t sech^2 x) / (1 + tanh^2 x t^2) with t = tan y: finite for
        every x, and real for an infinite one."""
        re, im = a
        one = self.const(1, re)
        endless = self.test("eq", self.op("abs", re), self.const(math.inf, re))
        h, t = self.op("tanh", re), self.select(endless, self.const(0, im), self.op("tan", im))
        t2 = self.mul(t, t)
        size = self.add(one, self.mul(self.mul(h, h), t2))
        return (
            self.div(self.mul(h, self.add(one, t2)), size),
            self.div(self.mul(t, self.sub(one, self.mul(h, h))), size),
        )

    def c_tan(self, a: Element) -> Element:
        return self.c_back(self.c_tanh(self.c_turn(a)))

    def c_pow(self, a: Element, b: Element) -> Element:
        """exp(b log a); 0 to a positive power is 0, to a negative one infinite in a direction that
        is NaN, to any other NaN."""
        log = self.c_log(a)
        value = self.c_exp(self.c_mul(log, b))
        zero, endless = self.const(0, a[0]), self.const(math.inf, a[0])
        empty = self.test("and", self.test("eq", a[0], zero), self.test("eq", a[1], zero))
        none = self.test("and", empty, self.test("gt", b[0], zero))
        whole = self.test("and", empty, self.test("lt", b[0], zero))
        re = self.select(none, zero, self.select(whole, endless, value[0]))
        return (re, self.select(none, zero, value[1]))

    def c_power(self, a: Element, exponent: float) -> Element | None:
        """a to a known number by multiplications: those of torch, and whole numbers up to 8. None
        of any other."""
        known = self._power(a, exponent)
        if known is None and exponent in range(4, 9):
            return self._long_product(a, int(exponent))
        return known

    def _power(self, a: Element, exponent: float) -> Element | None:
        """a, real or complex, to a power that torch computes without a logarithm."""
        if exponent == 0:
            return self.one(a)
        if abs(exponent) == 0.5:
            power = self.c_sqrt(a)
        elif abs(exponent) in (1, 2) or exponent == 3:
            power = self._product(a, int(abs(exponent)))
        else:
            return None
        return power if exponent > 0 else self.c_div(self.one(a), power)

    def one(self, a: Element) -> Element:
        """1 as an element like ``a``."""
        return (self.const(1, a[0]), self.const(0, a[0]))[: len(a)]

    def c_square(self, a: Element) -> Element:
        """((x + y) (x - y), 2 x y): no infinity less another where only the result is too large."""
        if len(a) == 1:
            return self.c_mul(a, a)
        re, im = a
        twice = self.mul(self.const(2, re), self.mul(re, im))
        return (self.mul(self.add(re, im), self.sub(re, im)), twice)

    def _product(self, a: Element, exponent: int) -> Element:
        """a to a whole number by squares."""
        result: Element | None = None
        while True:
            if exponent % 2:
                result = a if result is None else self.c_mul(result, a)
            exponent //= 2
            if not exponent:
                return result or a
            a = self.c_square(a)

    def _long_product(self, a: Element, exponent: int) -> Element:
        """As by exp(n log a): infinite in its direction where it is too large, not NaN."""
        size = self.op("max", self.op("abs", a[0]), self.op("abs", a[1]))
        zero, one, inf = (self.const(v, size) for v in (0, 1, math.inf))
        endless = self.test("eq", size, inf)

        def unit(part: Expr) -> Expr:
            far = self.test("eq", self.op("abs", part), inf)
            direction = self.select(far, self.op("copysign", one, part), zero)
            return self.select(endless, direction, self.div(part, size))

        value = self._product(a, exponent)
        towards = self._product((unit(a[0]), unit(a[1])), exponent)
        lost = self.test("or", *(self.test("ne", part, part) for part in value))
        return tuple(
            self.select(lost, self.select(self.test("eq", to, zero), zero, self.mul(to, inf)), part)
            for part, to in zip(value, towards, strict=True)
        )

    def trunc_divide(self, a: Expr, b: Expr) -> Expr:
        """a / b rounded towards zero."""
        if a.dtype in FLOATS:
            return self.op("trunc", self.div(a, b))
        return self.op("truncdiv", a, b)

    def floor_divide(self, a: Expr, b: Expr) -> Expr:
        """Python's a // b as torch computes it for floats: from the remainder, so that it is
        exact."""
        if a.dtype not in FLOATS:
            return self.op("floordiv", a, b)
        zero, one, half = (self.const(v, a) for v in (0, 1, 0.5))
        rest = self.op("fmod", a, b)
        quotient = self.div(self.sub(a, rest), b)
        other_sign = self.test("xor", self.test("lt", b, zero), self.test("lt", rest, zero))
        below = self.test("and", self.test("ne", rest, zero), other_sign)
        quotient = self.select(below, self.sub(quotient, one), quotient)
        whole = self.op("floor", quotient)
        far = self.test("gt", self.sub(quotient, whole), half)
        whole = self.select(far, self.add(whole, one), whole)
        signed = self.op("copysign", zero, self.div(a, b))
        whole = self.select(self.test("eq", quotient, zero), signed, whole)
        return self.select(self.test("eq", b, zero), self.div(a, b), whole)

    def power(self, a: Expr, b: Expr) -> Expr:
        """a to the b; small constant powers by multiplication, as torch does."""
        if b.op == "const" and isinstance(b.attr, (int, float)) and a.dtype in FLOATS:
            known = self._power((a,), b.attr)
            if known is not None:
                return known[0]
        if (
            a.dtype not in FLOATS
            and b.op == "const"
            and isinstance(b.attr, int)
            and 0 <= b.attr <= 8
        ):
            result = self.const(1, a)
            for _ in range(b.attr):
                result = self.mul(result, a)
            return result
        if a.op == "const" and isinstance(a.attr, float) and a.attr > 0 and a.dtype in FLOATS:
            known = self._raised(a.attr, b)
            if known is not None:
                return known
        return self.op("pow", a, b)

    def _raised(self, base: float, b: Expr) -> Expr | None:
        """A known positive number to the b, by its logarithm; None where the powers of doubles must
        be exact."""
        if base in (2, 0.5):
            return self.op("exp2", b if base == 2 else self.neg(b))
        if base == 1 or base == math.inf or (b.dtype == "f64" and base == math.trunc(base)):
            return None
        with localcontext(prec=50):
            log = Decimal(base).ln()
            high, low = float(log), float(log - Decimal(float(log)))
        if b.dtype == "f64":
            return self.op("raise", b, self.const(high, b), self.const(low, b))
        # Floats have room in doubles: no care for the last bits is needed.
        wide = self.exprs.cast(b, "f64")
        return self.exprs.cast(self.op("exp", self.mul(wide, self.const(high, wide))), b.dtype)

    def lowest(self, dtype: str) -> Expr:
        """The value that no element is below."""
        return self.exprs.const(_LOWEST[dtype], dtype)

    def highest(self, dtype: str) -> Expr:
        """The value that no element is above."""
        return self.exprs.const(_HIGHEST[dtype], dtype)


_LOWEST: dict[str, Number] = {
    "f32": -math.inf, "f64": -math.inf, "i8": -128, "i16": -(2**15), "i32": -(2**31),
    "i64": -(2**63), "u8": 0, "bool": False,
}  # fmt: skip
_HIGHEST: dict[str, Number] = {
    "f32": math.inf, "f64": math.inf, "i8": 127, "i16": 2**15 - 1, "i32": 2**31 - 1,
    "i64": 2**63 - 1, "u8": 255, "bool": True,
}  # fmt: skip


def _vanishes(expr: Expr) -> bool:
    """Is it something times 0?"""
    return expr.op == "mul" and any(arg.op == "const" and arg.attr == 0 for arg in expr.args)
