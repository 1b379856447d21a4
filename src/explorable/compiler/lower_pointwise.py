"""Pointwise ops: arguments broadcast and converted to the dtype torch computes in, then one
expression per element."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import ExplorableError
from .elements import Arithmetic
from .expr import FLOATS, Expr
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .promote import broadcast, category, promote

Real = Callable[[Arithmetic, tuple[Expr, ...]], Expr]
Complex = Callable[[Arithmetic, tuple[Element, ...]], Element]


def pointwise(
    call: Call,
    args: Sequence[Lazy],
    dtype: str,
    element: Callable[[Arithmetic, tuple[Element, ...]], Element],
) -> Lazy:
    """``element`` of the arguments as ``dtype``, converted to the node's dtype."""
    math = Arithmetic(call.exprs)
    target = call.output.dtype

    def at(index: Index) -> Element:
        parts = tuple(math.convert(a.at(broadcast(index, a.shape)), a.dtype, dtype) for a in args)
        result = element(math, parts)
        made = dtype
        if len(result) == 1:
            made = "bool" if result[0].dtype == "bool" else _DTYPE[result[0].dtype]
        return math.convert(result, made, target)

    lazy = call.lazy(at)
    lazy.number = bool(args) and all(a.number for a in args)
    return lazy


_DTYPE = {
    "f32": "float32", "f64": "float64", "i8": "int8", "i16": "int16", "i32": "int32",
    "i64": "int64", "u8": "uint8",
}  # fmt: skip


def _real(name: str) -> Real:
    return lambda math, a: math.op(name, *a)


def _unary(ops: str, real: Real, complex_: Complex | None = None) -> None:
    def lower(call: Call) -> Lazy:
        x = call.tensor(0)
        dtype = x.dtype if category(x.dtype) == category(call.output.dtype) else call.output.dtype
        return _apply(call, [x], dtype, real, complex_)

    for op in ops.split():
        lowering(f"aten.{op}", f"scalar.{op}")(lower)


def _apply(
    call: Call, args: Sequence[Lazy], dtype: str, real: Real, complex_: Complex | None
) -> Lazy:
    if category(dtype) == 3:
        if complex_ is None:
            raise ExplorableError(
                "compiler", f"'{call.node.op}' of complex numbers is not there yet"
            )
        chosen = complex_
        return pointwise(call, args, dtype, chosen)
    return pointwise(
        call, args, dtype, lambda math, parts: (real(math, tuple(p for (p,) in parts)),)
    )


def _each(name: str) -> Complex:
    return lambda math, a: tuple(math.op(name, p) for p in a[0])


for _name in ("erf", "erfc", "lgamma", "digamma", "erfinv"):
    _unary(_name, _real(_name))


def _rounding(name: str) -> Real:
    return lambda math, a: math.op(name, a[0]) if a[0].dtype in FLOATS else a[0]


_unary("exp2", _real("exp2"), lambda m, a: m.c_exp(m.c_scale(a[0], 0.6931471805599453)))
_unary("expm1", _real("expm1"), lambda m, a: m.c_expm1(a[0]))
_unary("log2", _real("log2"), lambda m, a: m.c_scale(m.c_log(a[0]), 1.4426950408889634))
_unary("log10", _real("log10"), lambda m, a: m.c_scale(m.c_log(a[0]), 0.4342944819032518))
_unary("log1p", _real("log1p"), lambda m, a: m.c_log1p(a[0]))
_unary("asin", _real("asin"), lambda m, a: m.c_asin(a[0]))
_unary("acos", _real("acos"), lambda m, a: m.c_acos(a[0]))
_unary("asinh", _real("asinh"), lambda m, a: m.c_back(m.c_asin(m.c_turn(a[0]))))
_unary("acosh", _real("acosh"), lambda m, a: m.c_acosh(a[0]))
_unary("atanh", _real("atanh"), lambda m, a: m.c_atanh(a[0]))
_unary("atan", _real("atan"), lambda m, a: m.c_back(m.c_atanh(m.c_turn(a[0]))))

for _name in ("ceil", "floor", "trunc"):
    _unary(_name, _rounding(_name))
_unary("neg", _real("neg"), _each("neg"))
_unary("exp", _real("exp"), lambda m, a: m.c_exp(a[0]))
_unary("log", _real("log"), lambda m, a: m.c_log(a[0]))
_unary("sqrt", _real("sqrt"), lambda m, a: m.c_sqrt(a[0]))
_unary("sin", _real("sin"), lambda m, a: m.c_sin(a[0]))
_unary("cos", _real("cos"), lambda m, a: m.c_cos(a[0]))
_unary("tan", _real("tan"), lambda m, a: m.c_tan(a[0]))
_unary("sinh", _real("sinh"), lambda m, a: m.c_sinh(a[0]))
_unary("cosh", _real("cosh"), lambda m, a: m.c_cosh(a[0]))
_unary("tanh", _real("tanh"), lambda m, a: m.c_tanh(a[0]))
_unary("square", lambda m, a: m.mul(a[0], a[0]), lambda m, a: m.c_mul(a[0], a[0]))


@lowering(
    "aten._to_copy", "aten.clone", "aten.alias", "aten.lift_fresh_copy", "aten.positive",
    "aten.detach", "aten.contiguous", "aten.lift", "prims.convert_element_type", "scalar.float",
    "scalar.int", "aten.alias_copy",
)  # fmt: skip
def _same(call: Call) -> Lazy:
    x = call.tensor(0)
    if x.dtype == call.output.dtype:
        return x
    return pointwise(call, [x], x.dtype, lambda m, a: a[0])


def _one(math: Arithmetic, a: Element) -> Element:
    return (math.const(1, a[0]), math.const(0, a[0]))[: len(a)]


_unary(
    "reciprocal",
    lambda m, a: m.div(m.const(1, a[0]), a[0]),
    lambda m, a: m.c_div(_one(m, a[0]), a[0]),
)
_unary(
    "rsqrt",
    lambda m, a: m.div(m.const(1, a[0]), m.op("sqrt", a[0])),
    lambda m, a: m.c_div(_one(m, a[0]), m.c_sqrt(a[0])),
)
_unary(
    "sigmoid",
    _real("sigmoid"),
    lambda m, a: m.c_div(
        _one(m, a[0]), m.c_add(_one(m, a[0]), m.c_exp((m.neg(a[0][0]), m.neg(a[0][1]))))
    ),
)


def _sign(math: Arithmetic, a: tuple[Expr, ...]) -> Expr:
    (x,) = a
    if x.dtype == "bool":
        return x
    zero, one = math.const(0, x), math.const(1, x)
    negative = math.select(math.test("lt", x, zero), math.const(-1, x), zero)
    return math.select(math.test("gt", x, zero), one, negative)


_unary("sign", _sign)


@lowering("aten.abs")
def _abs(call: Call) -> Lazy:
    x = call.tensor(0)
    if category(x.dtype) == 3:
        return pointwise(call, [x], x.dtype, lambda m, a: (m.op("hypot", *a[0]),))
    if x.dtype in ("bool", "uint8"):
        return pointwise(call, [x], x.dtype, lambda m, a: a[0])
    return pointwise(call, [x], x.dtype, lambda m, a: (m.op("abs", a[0][0]),))


@lowering("aten.sgn")
def _sgn(call: Call) -> Lazy:
    x = call.tensor(0)

    def turned(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        size = math.op("hypot", *a[0])
        zero = math.const(0, size)
        empty = math.test("eq", size, zero)
        return tuple(math.select(empty, zero, math.div(p, size)) for p in a[0])

    return _apply(call, [x], x.dtype, _sign, turned)


@lowering("aten.angle")
def _angle(call: Call) -> Lazy:
    x = call.tensor(0)
    if category(x.dtype) == 3:
        return pointwise(call, [x], x.dtype, lambda m, a: (m.op("atan2", a[0][1], a[0][0]),))

    def real(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        (v,) = a[0]
        zero, pi = math.const(0, v), math.const(3.141592653589793, v)
        turned = math.select(math.test("lt", v, zero), pi, zero)
        return (math.select(math.test("ne", v, v), v, turned),)

    return pointwise(call, [x], call.output.dtype, real)


@lowering("aten.relu")
def _relu(call: Call) -> Lazy:
    x = call.tensor(0)
    return pointwise(call, [x], x.dtype, lambda m, a: (m.op("max", a[0][0], m.const(0, a[0][0])),))


@lowering("aten.round")
def _round(call: Call) -> Lazy:
    x = call.tensor(0)
    places = call.arg(1, "decimals", 0)
    if category(x.dtype) < 2:
        return pointwise(call, [x], x.dtype, lambda m, a: a[0])
    if not isinstance(places, int):
        raise ExplorableError("compiler", "decimals must be a Python int")
    factor = 10.0 ** abs(places)

    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        (v,) = a[0]
        scale = math.const(factor, v)
        if places > 0:
            return (math.div(math.op("round", math.mul(v, scale)), scale),)
        if places < 0:
            return (math.mul(math.op("round", math.div(v, scale)), scale),)
        return (math.op("round", v),)

    return pointwise(call, [x], x.dtype, element)


def scaled(call: Call, sign: str) -> Lazy:
    """add, sub and rsub with their alpha."""
    x, y = call.tensor(0), call.tensor(1)
    alpha = call.resolve(call.arg(2, "alpha", 1))
    dtype = call.output.dtype
    if sign == "rsub":
        x, y = y, x
    factor = alpha if alpha is not None else call.number(1)

    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        one, other = a[0], a[1]
        if factor.at(())[0].attr not in (1, 1.0):
            other = math.c_mul(other, math.convert(factor.at(()), factor.dtype, dtype))
        if dtype == "bool":
            return (math.test("or", one[0], other[0]),)
        return math.c_add(one, other) if sign == "add" else math.c_sub(one, other)

    return pointwise(call, [x, y], dtype, element)


lowering("aten.add", "scalar.add")(lambda call: scaled(call, "add"))
lowering("aten.sub", "scalar.sub")(lambda call: scaled(call, "sub"))
lowering("aten.rsub")(lambda call: scaled(call, "rsub"))


@lowering("aten.mul", "scalar.mul")
def _mul(call: Call) -> Lazy:
    x, y = call.tensor(0), call.tensor(1)
    if call.output.dtype == "bool":
        return pointwise(call, [x, y], "bool", lambda m, a: (m.test("and", a[0][0], a[1][0]),))
    return pointwise(call, [x, y], call.output.dtype, lambda m, a: m.c_mul(*a))


@lowering("aten.div", "scalar.truediv", "aten.true_divide", "aten.divide")
def _div(call: Call) -> Lazy:
    x, y = call.tensor(0), call.tensor(1)
    mode = call.arg(2, "rounding_mode")
    dtype = call.output.dtype
    if mode is None:
        return pointwise(call, [x, y], dtype, lambda m, a: m.c_div(*a))
    if mode == "floor":
        return pointwise(call, [x, y], dtype, lambda m, a: (m.floor_divide(a[0][0], a[1][0]),))
    return pointwise(call, [x, y], dtype, lambda m, a: (m.trunc_divide(a[0][0], a[1][0]),))


def _binary(ops: str, real: Real, complex_: Complex | None = None) -> None:
    def lower(call: Call) -> Lazy:
        args = [call.tensor(0), call.tensor(1)]
        return _apply(call, args, call.output.dtype, real, complex_)

    for op in ops.split():
        lowering(op if "." in op else f"aten.{op}")(lower)


_binary("floor_divide scalar.floordiv", lambda m, a: m.floor_divide(*a))
_binary("fmod", _real("fmod"))
_binary("remainder scalar.mod", _real("remainder"))
_binary("maximum scalar.max", _real("max"))
_binary("minimum scalar.min", _real("min"))
_binary("fmax", _real("fmax"))
_binary("fmin", _real("fmin"))
_binary("atan2", _real("atan2"))
_binary("hypot", _real("hypot"))
_binary("copysign", _real("copysign"))
_binary(
    "pow scalar.pow",
    lambda m, a: m.power(*a),
    lambda m, a: m.c_pow(*a),
)


@lowering("scalar.where")
def _ite(call: Call) -> Lazy:
    condition, yes, no = (call.tensor(k) for k in range(3))
    return _where(call, condition, yes, no)


@lowering("aten.where")
def _where_op(call: Call) -> Lazy:
    return _where(call, *(call.tensor(k) for k in range(3)))


def _where(call: Call, condition: Lazy, yes: Lazy, no: Lazy) -> Lazy:
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


def _comparison(name: str) -> None:
    def lower(call: Call) -> Lazy:
        args = [call.tensor(0), call.tensor(1)]
        dtype = promote(args)

        def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
            tests = [math.test(name, p, q) for p, q in zip(*a, strict=True)]
            if len(tests) == 1:
                return (tests[0],)
            return (math.test("and" if name == "eq" else "or", *tests),)

        return pointwise(call, args, dtype, element)

    lowering(f"aten.{name}", f"scalar.{name}")(lower)


for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _comparison(_name)


def _logical(name: str) -> None:
    def lower(call: Call) -> Lazy:
        args = [call.tensor(0), call.tensor(1)]
        return pointwise(call, args, "bool", lambda m, a: (m.test(name, a[0][0], a[1][0]),))

    lowering(f"aten.logical_{name}", f"scalar.{name}")(lower)


for _name in ("and", "or", "xor"):
    _logical(_name)


@lowering("aten.logical_not", "scalar.not")
def _logical_not(call: Call) -> Lazy:
    return pointwise(call, [call.tensor(0)], "bool", lambda m, a: (m.test("not", a[0][0]),))


def _bitwise(name: str) -> None:
    _binary(f"bitwise_{name}", lambda m, a: m.op(name, *a))


for _name in ("and", "or", "xor"):
    _bitwise(_name)
_binary("gcd", _real("gcd"))


def _lcm(math: Arithmetic, a: tuple[Expr, ...]) -> Expr:
    """|a / gcd * b|, and 0 where both are."""
    divisor = math.op("gcd", *a)
    return math.op("abs", math.mul(math.op("truncdiv", a[0], divisor), a[1]))


_binary("lcm", _lcm)
_binary("bitwise_left_shift __lshift__", _real("shl"))
_binary("bitwise_right_shift __rshift__", _real("shr"))


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


@lowering("aten.clamp", "aten.hardtanh", "aten.clamp_min", "aten.clamp_max")
def _clamp(call: Call) -> Lazy:
    packet = call.node.op.split(".")[1]
    x = call.tensor(0)
    low, high = call.optional(1, "min"), call.optional(2, "max")
    if packet == "clamp_max":
        low, high = None, call.optional(1, "max")
    if packet == "hardtanh":
        low = call.resolve(call.arg(1, "min_val", -1.0))
        high = call.resolve(call.arg(2, "max_val", 1.0))
    args = [a for a in (x, low, high) if a is not None]

    def element(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        rest = [p for (p,) in a[1:]]
        first = rest.pop(0) if low is not None else None
        return (_bound(math, a[0][0], first, rest.pop(0) if high is not None else None),)

    return pointwise(call, args, call.output.dtype, element)


@lowering("aten.complex")
def _complex(call: Call) -> Lazy:
    args = [call.tensor(0), call.tensor(1)]
    return pointwise_pair(call, args, lambda m, re, im: (re, im))


@lowering("aten.polar")
def _polar(call: Call) -> Lazy:
    args = [call.tensor(0), call.tensor(1)]
    return pointwise_pair(
        call, args, lambda m, r, t: (m.mul(r, m.op("cos", t)), m.mul(r, m.op("sin", t)))
    )


def pointwise_pair(
    call: Call, args: Sequence[Lazy], element: Callable[[Arithmetic, Expr, Expr], Element]
) -> Lazy:
    """A complex result of two real arguments."""
    math = Arithmetic(call.exprs)

    def at(index: Index) -> Element:
        one, other = (a.real(broadcast(index, a.shape)) for a in args)
        return element(math, one, other)

    return call.lazy(at)


@lowering(
    "aten._conj", "aten._conj_physical", "aten.conj", "aten.conj_physical", "aten.resolve_conj"
)
def _conj(call: Call) -> Lazy:
    x = call.tensor(0)
    if category(x.dtype) < 3 or "resolve" in call.node.op:
        return pointwise(call, [x], x.dtype, lambda m, a: a[0])
    return pointwise(call, [x], x.dtype, lambda m, a: (a[0][0], m.neg(a[0][1])))


@lowering("aten._local_scalar_dense", "aten.item")
def _item(call: Call) -> Lazy:
    x = call.tensor(0)
    lazy = pointwise(call, [x], x.dtype, lambda m, a: a[0])
    lazy.number = True
    return lazy
