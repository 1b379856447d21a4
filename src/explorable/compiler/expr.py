"""Expressions of one element: a hash-consed DAG over loads, constants and loop indices.
`Exprs` belongs to one compilation; it folds constants and index arithmetic as it builds."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from . import index as ix
from .index import Aff, Var

if TYPE_CHECKING:
    from .program import Buffer

FLOATS = ("f32", "f64")
ITEM = {"f32": 4, "f64": 8, "i8": 1, "i16": 2, "i32": 4, "i64": 8, "u8": 1, "bool": 1}
_BITS = {"i8": 8, "i16": 16, "i32": 32, "i64": 64}
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
CHEAP = frozenset(COMPARISONS) | frozenset(
    (
        *("add", "sub", "mul", "div", "neg", "abs", "sqrt", "max", "min", "fmax", "fmin"),
        *("and", "or", "xor", "not", "bitnot", "shl", "shr", "select", "cast", "copysign"),
        *("floor", "ceil", "trunc", "round", "const", "load", "index", "acc"),
    )
)
"""Operations that cost about one instruction."""

Number: TypeAlias = "int | float | bool"
Attribute: TypeAlias = "tuple[Buffer, Aff] | Aff | Number | str | int | None"


@dataclass(frozen=True, eq=False)
class Expr:
    """``op`` of ``args`` with result ``dtype``; equal expressions are one object.

    ``load`` carries (buffer, index), ``index`` an Aff, ``const`` a number, ``acc`` its number.
    """

    serial: int
    op: str
    args: tuple[Expr, ...]
    dtype: str
    attr: Attribute
    free: frozenset[Var] = field(repr=False)
    weight: int = field(repr=False)
    """Operations under this node, counted as a tree and capped: what inlining it again would
    cost."""
    heavy: bool = field(repr=False)
    """Contains a transcendental."""

    def __str__(self) -> str:
        if self.op == "const":
            return str(self.attr)
        if self.op == "index":
            return f"({self.attr})"
        if self.op == "load" and isinstance(self.attr, tuple):
            return f"{self.attr[0].name}[{self.attr[1]}]"
        if self.op == "acc":
            return f"acc{self.attr}"
        shown = ", ".join(map(str, self.args))
        name = f"{self.op}.{self.dtype}" if self.op == "cast" else self.op
        return f"{name}({shown})"


class Exprs:
    """The table of one compilation: makes, folds and rewrites expressions."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Expr] = {}
        self._serial = 0
        self._vars = 0

    def var(self, extent: int) -> Var:
        """A fresh loop variable."""
        self._vars += 1
        return Var(self._vars, extent)

    def make(self, op: str, args: tuple[Expr, ...], dtype: str, attr: Attribute = None) -> Expr:
        """The expression, folded where its value is known."""
        folded = self._fold(op, args, dtype)
        return folded if folded is not None else self._intern(op, args, dtype, attr)

    def const(self, value: Number, dtype: str) -> Expr:
        """A number of ``dtype``."""
        return self._intern("const", (), dtype, wrap(value, dtype))

    def index(self, aff: Aff) -> Expr:
        """The value of an index, as i32."""
        if not aff.terms:
            return self.const(aff.const, "i32")
        if aff.const == 0 and len(aff.terms) == 1 and aff.terms[0][1] == 1:
            atom = aff.terms[0][0]
            if isinstance(atom, ix.Ind) and atom.expr.dtype == "i32":
                return atom.expr
        return self._intern("index", (), "i32", aff)

    def load(self, buffer: Buffer, aff: Aff) -> Expr:
        """One element of a buffer."""
        return self._intern("load", (), buffer.dtype, (buffer, aff))

    def accumulator(self, dtype: str, dims: Iterable[Var]) -> Expr:
        """A fresh name for the result of a reduction, or a product, computed per point of
        ``dims``."""
        self._serial += 1
        return Expr(self._serial, "acc", (), dtype, self._serial, frozenset(dims), 1, False)

    def cast(self, expr: Expr, dtype: str) -> Expr:
        """``expr`` as ``dtype``."""
        return expr if expr.dtype == dtype else self.make("cast", (expr,), dtype)

    def select(self, condition: Expr, yes: Expr, no: Expr) -> Expr:
        """``yes`` where ``condition``, else ``no``."""
        return self.make("select", (condition, yes, no), yes.dtype)

    def as_index(self, expr: Expr, extent: int) -> Aff:
        """An integer expression as an index into ``extent`` places; data is clamped into them."""
        plain = affine_of(expr)
        if plain is not None:
            return plain
        narrow = self.cast(expr, "i32")
        return ix.of(ix.Ind(narrow, int(extent))) if extent > 1 else Aff()

    def substitute(
        self,
        expr: Expr,
        mapping: Mapping[Var, Aff],
        replace: Mapping[Expr, Expr] | None = None,
        memo: dict[Expr, Expr] | None = None,
        buffers: Mapping[Buffer, Buffer] | None = None,
    ) -> Expr:
        """``expr`` with variables, whole expressions or buffers replaced."""
        done: dict[Expr, Expr] = {} if memo is None else memo
        swap: Mapping[Expr, Expr] = replace or {}
        moved: Mapping[Buffer, Buffer] = buffers or {}

        def visit(e: Expr) -> Expr:
            known = done.get(e)
            if known is not None:
                return known
            if e in swap:
                new = swap[e]
            elif e.op == "load" and isinstance(e.attr, tuple):
                buffer, aff = e.attr
                new = self.load(moved.get(buffer, buffer), _aff(aff))
                new = swap.get(new, new)
            elif e.op == "index" and isinstance(e.attr, Aff):
                new = self.index(_aff(e.attr))
            elif e.args:
                args = tuple(visit(a) for a in e.args)
                new = e if args == e.args else self.make(e.op, args, e.dtype, e.attr)
            else:
                new = e
            done[e] = new
            return new

        def _aff(aff: Aff) -> Aff:
            if (swap or moved) and any(True for _ in aff.exprs()):
                return _rebuild(aff, mapping, visit)
            return aff.substitute(mapping, visit)

        return visit(expr)

    def moved(self, aff: Aff, buffers: Mapping[Buffer, Buffer]) -> Aff:
        """The index with other buffers under its data."""
        if not any(True for _ in aff.exprs()):
            return aff
        return _rebuild(aff, {}, lambda e: self.substitute(e, {}, buffers=buffers))

    def _intern(self, op: str, args: tuple[Expr, ...], dtype: str, attr: Attribute) -> Expr:
        # 1, 1.0 and True are equal in Python, and so are 0.0 and -0.0; the key tells them apart.
        tag = repr(attr) if op == "const" else attr
        key = (op, args, dtype, tag)
        known = self._known.get(key)
        if known is not None:
            return known
        free: set[Var] = set()
        for arg in args:
            free |= arg.free
        inner: Iterable[Expr] = ()
        if isinstance(attr, Aff):
            free |= attr.free
            inner = attr.exprs()
        elif isinstance(attr, tuple):
            free |= attr[1].free
            inner = attr[1].exprs()
        below = [*args, *inner]
        own = 0 if op in ("const", "index") else (1 if op in CHEAP else 8)
        weight = min(own + sum(a.weight for a in below), 1 << 20)
        heavy = op not in CHEAP or any(a.heavy for a in below)
        self._serial += 1
        made = Expr(self._serial, op, args, dtype, attr, frozenset(free), weight, heavy)
        self._known[key] = made
        return made

    def _fold(self, op: str, args: tuple[Expr, ...], dtype: str) -> Expr | None:
        if op == "select":
            condition, yes, no = args
            if condition.op == "const":
                return yes if condition.attr else no
            return yes if yes is no else None
        if op == "cast":
            return self._fold_cast(args[0], dtype)
        if op in COMPARISONS:
            return self._fold_comparison(op, *args)
        if op in ("and", "or") and dtype == "bool":
            for one, other in (args, args[::-1]):
                if one.op == "const":
                    stays = bool(one.attr) == (op == "and")
                    return other if stays else one
            return args[0] if args[0] is args[1] else None
        if op == "not" and args[0].op == "const":
            return self.const(not args[0].attr, "bool")
        if dtype in ("i32", "i64") and op in ("add", "sub", "mul"):
            return self._fold_integer(op, args[0], args[1], dtype)
        if all(a.op == "const" for a in args) and args:
            return self._fold_number(op, args, dtype)
        return self._fold_identity(op, args, dtype)

    def _fold_identity(self, op: str, args: tuple[Expr, ...], dtype: str) -> Expr | None:
        if op == "mul":
            for one, other in (args, args[::-1]):
                if one.op == "const" and one.attr == 1:
                    return other
        if op == "div" and dtype in FLOATS and args[1].op == "const":
            divisor = args[1].attr
            if divisor == 1:
                return args[0]
            # A power of two divides exactly, so the cheaper product has the same bits.
            if isinstance(divisor, float) and divisor and math.isfinite(divisor):
                mantissa, exponent = math.frexp(divisor)
                if abs(mantissa) == 0.5 and -100 < exponent < 100:
                    return self.make("mul", (args[0], self.const(1 / divisor, dtype)), dtype)
        if op == "sub" and args[1].op == "const" and repr(args[1].attr) in ("0.0", "0"):
            return args[0]
        if op == "add" and dtype in FLOATS:
            for one, other in (args, args[::-1]):
                if one.op == "const" and repr(one.attr) == "-0.0":
                    return other
        return None

    def _fold_cast(self, arg: Expr, dtype: str) -> Expr | None:
        if arg.op == "const" and isinstance(arg.attr, (int, float)):
            return self.const(convert(arg.attr, dtype), dtype)
        if arg.op == "cast" and arg.dtype == "i64" and arg.args[0].dtype in ("i32", "u8", "bool"):
            return self.cast(arg.args[0], dtype)
        if arg.op == "cast" and arg.dtype == "f64" and arg.args[0].dtype == dtype == "f32":
            return arg.args[0]
        if arg.op == "cast" and arg.args[0].dtype == "bool" and dtype == "bool":
            return arg.args[0]
        return None

    def _fold_comparison(self, op: str, left: Expr, right: Expr) -> Expr | None:
        if left.op == "const" == right.op:
            a, b = left.attr, right.attr
            if isinstance(a, (int, float)) and isinstance(b, (int, float)):
                return self.const(compare(op, a, b), "bool")
        one, other = affine_of(left), affine_of(right)
        if one is None or other is None:
            return None
        gap = one - other
        if gap.low == gap.high:
            return self.const(compare(op, gap.low, 0), "bool")
        if gap.high < 0 or (gap.high == 0 and op in ("le", "gt")):
            return self.const(op in ("lt", "le", "ne"), "bool")
        if gap.low > 0 or (gap.low == 0 and op in ("ge", "lt")):
            return self.const(op in ("gt", "ge", "ne"), "bool")
        if left.dtype == "i32" == right.dtype:
            return None
        # Indices are small: compare them as i32, whatever the tensor's dtype was.
        return self.make(op, (self.index(one), self.index(other)), "bool")

    def _fold_integer(self, op: str, left: Expr, right: Expr, dtype: str) -> Expr | None:
        if left.op == "const" == right.op:
            return self._fold_number(op, (left, right), dtype)
        one, other = affine_of(left), affine_of(right)
        if one is not None and other is not None:
            total: Aff | None = None
            if op == "add":
                total = one + other
            elif op == "sub":
                total = one - other
            elif not one.terms or not other.terms:
                total = other * one.const if not one.terms else one * other.const
            if total is not None and -(2**30) < total.low and total.high < 2**30:
                return self.cast(self.index(total), dtype)
        for here, there, zero in ((left, right, False), (right, left, True)):
            if there.op == "const" and there.attr == (1 if op == "mul" else 0):
                if zero and op == "sub":
                    continue
                return here
        return None

    def _fold_number(self, op: str, args: tuple[Expr, ...], dtype: str) -> Expr | None:
        values = [a.attr for a in args]
        numbers = [v for v in values if isinstance(v, (int, float))]
        if len(numbers) != len(values):
            return None
        result = _one(op, numbers[0]) if len(numbers) == 1 else _two(op, numbers[0], numbers[1])
        return None if result is None else self.const(result, dtype)


def _one(op: str, a: Number) -> Number | None:
    """A function of one number, where Python agrees with the wasm to the last bit."""
    if op == "neg":
        return -a
    if op == "abs":
        return abs(a)
    return math.sqrt(a) if op == "sqrt" and a >= 0 else None


def _two(op: str, a: Number, b: Number) -> Number | None:
    if op == "add":
        return a + b
    if op == "sub":
        return a - b
    if op == "mul":
        return a * b
    if op in ("max", "min") and a == a and b == b and a != b:
        return max(a, b) if op == "max" else min(a, b)
    return a / b if op == "div" and b != 0 else None


def _rebuild(aff: Aff, mapping: Mapping[Var, Aff], visit: Callable[[Expr], Expr]) -> Aff:
    """As Aff.substitute, also where only the data inside changes."""
    total = Aff(aff.const)
    for atom, coefficient in aff.terms:
        if isinstance(atom, ix.Ind):
            new = ix.of(ix.Ind(visit(atom.expr), atom.extent))
        elif isinstance(atom, ix.Div):
            new = _rebuild(atom.aff, mapping, visit) // atom.by
        elif isinstance(atom, ix.Mod):
            new = _rebuild(atom.aff, mapping, visit) % atom.by
        else:
            new = (mapping.get(atom) if isinstance(atom, Var) else None) or ix.of(atom)
        total += new * coefficient
    return total


def affine_of(expr: Expr) -> Aff | None:
    """The index an integer expression is, if it is one."""
    if expr.op == "cast" and expr.dtype == "i64":
        expr = expr.args[0]
    if expr.op == "index" and isinstance(expr.attr, Aff):
        return expr.attr
    if expr.op == "const" and expr.dtype in ("i32", "i64") and isinstance(expr.attr, int):
        return Aff(expr.attr) if abs(expr.attr) < 2**30 else None
    return None


def wrap(value: Number, dtype: str) -> Number:
    """A Python number as ``dtype`` holds it."""
    if dtype == "bool":
        return bool(value)
    if dtype == "f64":
        return float(value)
    if dtype == "f32":
        return round_f32(float(value))
    number = int(value)
    if dtype == "u8":
        return number & 255
    bits = _BITS[dtype]
    return (number + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))


def round_f32(value: float) -> float:
    """The float32 nearest to ``value``."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def convert(value: Number, dtype: str) -> Number:
    """A number cast to ``dtype`` as the emitted code would: float to integer saturates as
    documented."""
    if dtype in ("f32", "f64"):
        return wrap(value, dtype)
    if dtype == "bool":
        return bool(value)
    if isinstance(value, float):
        if math.isnan(value):
            value = 0 if dtype not in ("i32", "i64") else -(1 << (_BITS[dtype] - 1))
        elif math.isinf(value):
            value = -(1 << (_BITS.get(dtype, 32) - 1))
    return wrap(int(value), dtype)


def compare(op: str, a: Number, b: Number) -> bool:
    """Python's comparison by name."""
    if op == "lt":
        return a < b
    if op == "le":
        return a <= b
    if op == "gt":
        return a > b
    if op == "ge":
        return a >= b
    return (a == b) if op == "eq" else (a != b)
