"""Comparisons, logic, bits, where and clamp; complex numbers from their parts."""

from __future__ import annotations

from collections.abc import Callable

from .elements import Arithmetic
from .expr import Expr
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .lower_pointwise import binary, named, pointwise
from .promote import broadcast, category, promote


@lowering("aten.where")
def _where(call: Call) -> Lazy:
    condition, yes, no = (call.tensor(k) for k in range(3))
    math = Arithmetic(call.exprs)
    dtype = call.output.dtype

    def at(index: Index) -> Element:
        test = math.convert(
            condition.at(broadcast(index, condition.shape)), condition.dtype, "bool"
        )[0]
        a = math.convert(yes.at(broadcast(index, yes.shape)), yes.dtype, dtype)
        b = math.convert(no.at(broadcast(index, no.shape)), no.dtype, dtype)
        return tuple(math.select(test, p, q) for p, q in zip(a, b, strict=True))

    return call.lazy(at)


# A bool is a lane mask, whose bits are not ordered as False < True: compare by logic.
_BOOL_COMPARISONS: dict[str, Callable[[Arithmetic, Expr, Expr], Expr]] = {
    "lt": lambda m, p, q: m.test("and", m.test("not", p), q),
    "le": lambda m, p, q: m.test("or", m.test("not", p), q),
    "gt": lambda m, p, q: m.test("and", p, m.test("not", q)),
    "ge": lambda m, p, q: m.test("or", p, m.test("not", q)),
    "eq": lambda m, p, q: m.test("not", m.test("xor", p, q)),
    "ne": lambda m, p, q: m.test("xor", p, q),
}


def _comparison(name: str) -> None:
    def lower(call: Call) -> Lazy:
        args = [call.tensor(0), call.tensor(1)]
        dtype = promote(args)

        def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
            if dtype == "bool":
                return (_BOOL_COMPARISONS[name](math, a[0][0], a[1][0]),)
            tests = [math.test(name, p, q) for p, q in zip(*a, strict=True)]
            if len(tests) == 1:
                return (tests[0],)
            return (math.test("and" if name == "eq" else "or", *tests),)

        return pointwise(call, args, dtype, element)

    lowering(f"aten.{name}")(lower)


for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _comparison(_name)


def _logical(name: str) -> None:
    def lower(call: Call) -> Lazy:
        args = [call.tensor(0), call.tensor(1)]
        return pointwise(call, args, "bool", lambda m, a: (m.test(name, a[0][0], a[1][0]),))

    lowering(f"aten.logical_{name}")(lower)


for _name in ("and", "or", "xor"):
    _logical(_name)


@lowering("aten.logical_not")
def _logical_not(call: Call) -> Lazy:
    return pointwise(call, [call.tensor(0)], "bool", lambda m, a: (m.test("not", a[0][0]),))


def _bitwise(name: str) -> None:
    binary(f"bitwise_{name}", lambda m, a: m.op(name, *a))


for _name in ("and", "or", "xor"):
    _bitwise(_name)
binary("gcd", named("gcd"))


def _lcm(math: Arithmetic, a: tuple[Expr, ...]) -> Expr:
    """|a / gcd * b|, and 0 where both are."""
    divisor = math.op("gcd", *a)
    return math.op("abs", math.mul(math.op("truncdiv", a[0], divisor), a[1]))


binary("lcm", _lcm)
binary("bitwise_left_shift", named("shl"))
binary("bitwise_right_shift", named("shr"))


@lowering("aten.bitwise_not")
def _bitwise_not(call: Call) -> Lazy:
    x = call.tensor(0)
    name = "not" if x.dtype == "bool" else "bitnot"
    return pointwise(call, [x], x.dtype, lambda m, a: (m.op(name, a[0][0]),))


@lowering("aten.isnan")
def _isnan(call: Call) -> Lazy:
    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        tests = [math.test("ne", p, p) for p in a[0]]
        return (tests[0] if len(tests) == 1 else math.test("or", *tests),)

    return pointwise(call, [call.tensor(0)], call.tensor(0).dtype, element)


@lowering("aten.isinf")
def _isinf(call: Call) -> Lazy:
    x = call.tensor(0)

    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        if category(x.dtype) < 2:
            return (call.exprs.const(False, "bool"),)
        tests = [math.test("eq", math.op("abs", p), math.const(float("inf"), p)) for p in a[0]]
        return (tests[0] if len(tests) == 1 else math.test("or", *tests),)

    return pointwise(call, [x], x.dtype, element)


@lowering("aten.signbit")
def _signbit(call: Call) -> Lazy:
    x = call.tensor(0)

    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        (v,) = a[0]
        zero = math.const(0, v)
        if x.dtype == "bool":
            return (call.exprs.const(False, "bool"),)
        if category(x.dtype) < 2:
            return (math.test("lt", v, zero),)
        return (math.test("lt", math.op("copysign", math.const(1, v), v), zero),)

    return pointwise(call, [x], x.dtype, element)


def _bound(math: Arithmetic, value: Expr, low: Expr | None, high: Expr | None) -> Expr:
    if low is not None:
        value = math.op("max", value, low)
    return value if high is None else math.op("min", value, high)


@lowering("aten.clamp")
def _clamp(call: Call) -> Lazy:
    x, low, high = call.tensor(0), call.optional(1, "min"), call.optional(2, "max")
    args = [a for a in (x, low, high) if a is not None]

    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        rest = [p for (p,) in a[1:]]
        first = rest.pop(0) if low is not None else None
        return (_bound(math, a[0][0], first, rest.pop(0) if high is not None else None),)

    return pointwise(call, args, call.output.dtype, element)


@lowering("aten._conj", "aten._conj_physical")
def _conj(call: Call) -> Lazy:
    x = call.tensor(0)
    if category(x.dtype) < 3:
        return pointwise(call, [x], x.dtype, lambda m, a: a[0])
    return pointwise(call, [x], x.dtype, lambda m, a: (a[0][0], m.neg(a[0][1])))


@lowering("aten._local_scalar_dense")
def _item(call: Call) -> Lazy:
    x = call.tensor(0)
    lazy = pointwise(call, [x], x.dtype, lambda m, a: a[0])
    lazy.number = True
    return lazy
