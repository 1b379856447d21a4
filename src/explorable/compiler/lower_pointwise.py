"""Pointwise ops: arguments broadcast and converted to the dtype torch computes in, then one
expression per element."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import ExplorableError
from .elements import Arithmetic
from .expr import FLOATS, Expr
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .promote import broadcast, category

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


def named(name: str) -> Real:
    """The operation of this name, as it is."""
    return lambda math, a: math.op(name, *a)


def _unary(ops: str, real: Real, complex_: Complex | None = None) -> None:
    def lower(call: Call) -> Lazy:
        x = call.tensor(0)
        dtype = x.dtype if category(x.dtype) == category(call.output.dtype) else call.output.dtype
        return _apply(call, [x], dtype, real, complex_)

    for op in ops.split():
        lowering(f"aten.{op}")(lower)


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
    _unary(_name, named(_name))


def _rounded(name: str) -> None:
    """Rounded as what it is: Python's ``ceil`` of a float that moves is an int."""

    def real(math: Arithmetic, a: tuple[Element, ...]) -> Element:
        return (math.op(name, a[0][0]) if a[0][0].dtype in FLOATS else a[0][0],)

    def lower(call: Call) -> Lazy:
        x = call.tensor(0)
        return pointwise(call, [x], x.dtype, real)

    lowering(f"aten.{name}")(lower)


_unary("exp2", named("exp2"), lambda m, a: m.c_exp(m.c_scale(a[0], 0.6931471805599453)))
_unary("expm1", named("expm1"), lambda m, a: m.c_expm1(a[0]))
_unary("log2", named("log2"), lambda m, a: m.c_scale(m.c_log(a[0]), 1.4426950408889634))
_unary("log10", named("log10"), lambda m, a: m.c_scale(m.c_log(a[0]), 0.4342944819032518))
_unary("log1p", named("log1p"), lambda m, a: m.c_log1p(a[0]))
_unary("asin", named("asin"), lambda m, a: m.c_asin(a[0]))
_unary("acos", named("acos"), lambda m, a: m.c_acos(a[0]))
_unary("asinh", named("asinh"), lambda m, a: m.c_back(m.c_asin(m.c_turn(a[0]))))
_unary("acosh", named("acosh"), lambda m, a: m.c_acosh(a[0]))
_unary("atanh", named("atanh"), lambda m, a: m.c_atanh(a[0]))
_unary("atan", named("atan"), lambda m, a: m.c_back(m.c_atanh(m.c_turn(a[0]))))

for _name in ("ceil", "floor", "trunc"):
    _rounded(_name)
_unary("neg _neg_view", named("neg"), _each("neg"))
_unary("exp", named("exp"), lambda m, a: m.c_exp(a[0]))
_unary("log", named("log"), lambda m, a: m.c_log(a[0]))
_unary("sqrt", named("sqrt"), lambda m, a: m.c_sqrt(a[0]))
_unary("sin", named("sin"), lambda m, a: m.c_sin(a[0]))
_unary("cos", named("cos"), lambda m, a: m.c_cos(a[0]))
_unary("tan", named("tan"), lambda m, a: m.c_tan(a[0]))
_unary("sinh", named("sinh"), lambda m, a: m.c_sinh(a[0]))
_unary("cosh", named("cosh"), lambda m, a: m.c_cosh(a[0]))
_unary("tanh", named("tanh"), lambda m, a: m.c_tanh(a[0]))


@lowering("aten._to_copy")
def _same(call: Call) -> Lazy:
    x = call.tensor(0)
    if x.dtype == call.output.dtype:
        return x
    return pointwise(call, [x], x.dtype, lambda m, a: a[0])


_unary(
    "reciprocal",
    lambda m, a: m.div(m.const(1, a[0]), a[0]),
    lambda m, a: m.c_div(m.one(a[0]), a[0]),
)
_unary(
    "rsqrt",
    lambda m, a: m.div(m.const(1, a[0]), m.op("sqrt", a[0])),
    lambda m, a: m.c_div(m.one(a[0]), m.c_sqrt(a[0])),
)
_unary(
    "sigmoid",
    named("sigmoid"),
    lambda m, a: m.c_div(
        m.one(a[0]), m.c_add(m.one(a[0]), m.c_exp((m.neg(a[0][0]), m.neg(a[0][1]))))
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


lowering("aten.add")(lambda call: scaled(call, "add"))
lowering("aten.sub")(lambda call: scaled(call, "sub"))


@lowering("aten.mul")
def _mul(call: Call) -> Lazy:
    x, y = call.tensor(0), call.tensor(1)
    if call.output.dtype == "bool":
        return pointwise(call, [x, y], "bool", lambda m, a: (m.test("and", a[0][0], a[1][0]),))
    return pointwise(call, [x, y], call.output.dtype, lambda m, a: m.c_mul(*a))


@lowering("aten.div")
def _div(call: Call) -> Lazy:
    x, y = call.tensor(0), call.tensor(1)
    mode = call.arg(2, "rounding_mode")
    dtype = call.output.dtype
    if mode is None:
        return pointwise(call, [x, y], dtype, lambda m, a: m.c_div(*a))
    if mode == "floor":
        return pointwise(call, [x, y], dtype, lambda m, a: (m.floor_divide(a[0][0], a[1][0]),))
    return pointwise(call, [x, y], dtype, lambda m, a: (m.trunc_divide(a[0][0], a[1][0]),))


def binary(ops: str, real: Real, complex_: Complex | None = None) -> None:
    """Register ops of two tensors."""

    def lower(call: Call) -> Lazy:
        args = [call.tensor(0), call.tensor(1)]
        return _apply(call, args, call.output.dtype, real, complex_)

    for op in ops.split():
        lowering(op if "." in op else f"aten.{op}")(lower)


binary("floor_divide", lambda m, a: m.floor_divide(*a))
binary("fmod", named("fmod"))
binary("remainder", named("remainder"))
binary("maximum", named("max"))
binary("minimum", named("min"))
binary("fmax", named("fmax"))
binary("fmin", named("fmin"))
binary("atan2", named("atan2"))
binary("hypot", named("hypot"))
binary("copysign", named("copysign"))


@lowering("aten.pow")
def _pow(call: Call) -> Lazy:
    args = [call.tensor(0), call.tensor(1)]
    known = call.arg(1)  # 0 to the tensor 0 is NaN, to the number it is 1
    if isinstance(known, complex) and not known.imag:
        known = known.real

    def complex_(m: Arithmetic, a: tuple[Element, ...]) -> Element:
        power = m.c_power(a[0], known) if isinstance(known, (int, float)) else None
        return power or m.c_pow(*a)

    return _apply(call, args, call.output.dtype, lambda m, a: m.power(*a), complex_)
