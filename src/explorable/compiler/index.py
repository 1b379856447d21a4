"""Affine indices: integers that are sums of coefficient times loop variable, with Div, Mod and data
dependent atoms. Every atom has a range, so that views of views simplify back to plain strides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING, TypeAlias

from ..sizes import Combined, Formula, bounds, formula_of, show

if TYPE_CHECKING:
    from .expr import Expr


@dataclass(frozen=True, eq=False)
class Var:
    """A loop variable: 0 .. extent - 1. Two are equal only if they are the same object."""

    serial: int
    extent: int

    @property
    def low(self) -> int:
        return 0

    @property
    def high(self) -> int:
        return self.extent - 1

    @property
    def order(self) -> tuple[int, ...]:
        return (0, self.serial)

    def __str__(self) -> str:
        return f"i{self.serial}"


@dataclass(frozen=True)
class Ind:
    """An index read from data, known to lie in 0 .. extent - 1."""

    expr: Expr
    extent: int

    @property
    def low(self) -> int:
        return 0

    @property
    def high(self) -> int:
        return self.extent - 1

    @property
    def order(self) -> tuple[int, ...]:
        return (1, self.expr.serial)

    def __str__(self) -> str:
        return f"[{self.expr}]"


@dataclass(frozen=True)
class Div:
    """Floor of ``aff / by``."""

    aff: Aff
    by: int

    @cached_property
    def low(self) -> int:
        return self.aff.low // self.by

    @cached_property
    def high(self) -> int:
        return self.aff.high // self.by

    @cached_property
    def order(self) -> tuple[int, ...]:
        return (2, self.by, *self.aff.order)

    def __str__(self) -> str:
        return f"({self.aff})/{self.by}"


@dataclass(frozen=True)
class Mod:
    """``aff`` modulo ``by``, never negative."""

    aff: Aff
    by: int

    @property
    def low(self) -> int:
        return 0

    @property
    def high(self) -> int:
        return self.by - 1

    @cached_property
    def order(self) -> tuple[int, ...]:
        return (3, self.by, *self.aff.order)

    def __str__(self) -> str:
        return f"({self.aff})%{self.by}"


@dataclass(frozen=True)
class Extent:
    """A number that follows sizes: known before any loop begins."""

    formula: Formula

    @cached_property
    def low(self) -> int:
        return bounds(self.formula)[0]

    @cached_property
    def high(self) -> int:
        return bounds(self.formula)[1]

    @cached_property
    def order(self) -> tuple[int, ...]:
        return (4, *show(self.formula).encode())

    def __str__(self) -> str:
        return show(self.formula)


Atom: TypeAlias = "Var | Ind | Div | Mod | Extent"


@dataclass(frozen=True)
class Aff:
    """``const + sum(coefficient * atom)``; made by `affine`, so that equal sums are equal
    objects."""

    const: int = 0
    terms: tuple[tuple[Atom, int], ...] = ()
    _hash: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Indices key most tables of the lowering; hashing the nested terms once halves its time.
        object.__setattr__(self, "_hash", hash((self.const, self.terms)))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def low(self) -> int:
        return self.const + sum(c * (a.low if c > 0 else a.high) for a, c in self.terms)

    @cached_property
    def high(self) -> int:
        return self.const + sum(c * (a.high if c > 0 else a.low) for a, c in self.terms)

    @cached_property
    def order(self) -> tuple[int, ...]:
        flat: list[int] = [self.const]
        for atom, coefficient in self.terms:
            flat += [coefficient, *atom.order]
        return tuple(flat)

    @cached_property
    def free(self) -> frozenset[Var]:
        """The loop variables this index depends on, through data too."""
        found: set[Var] = set()
        for atom, _ in self.terms:
            if isinstance(atom, Var):
                found.add(atom)
            elif isinstance(atom, Ind):
                found |= atom.expr.free
            elif not isinstance(atom, Extent):
                found |= atom.aff.free
        return frozenset(found)

    def coefficient(self, var: Var) -> int:
        """The coefficient of ``var`` itself (not inside Div, Mod or data)."""
        for atom, coefficient in self.terms:
            if atom is var:
                return coefficient
        return 0

    def __add__(self, other: Aff | int) -> Aff:
        if isinstance(other, int):
            return Aff(self.const + other, self.terms) if other else self
        if not other.terms:
            return self + other.const
        if not self.terms:
            return other + self.const
        return affine(self.const + other.const, (*self.terms, *other.terms))

    def __sub__(self, other: Aff | int) -> Aff:
        return self + (other * -1)

    def __mul__(self, factor: int) -> Aff:
        if factor == 1:
            return self
        if factor == 0:
            return Aff()
        return Aff(self.const * factor, tuple((a, c * factor) for a, c in self.terms))

    def __floordiv__(self, by: int) -> Aff:
        return divide(self, by)

    def __mod__(self, by: int) -> Aff:
        return modulo(self, by)

    def substitute(self, mapping: Mapping[Var, Aff], expr: Callable[[Expr], Expr]) -> Aff:
        """The same index with variables replaced; ``expr`` does the same to data atoms."""
        if not any(v in mapping for v in self.free):
            return self
        total = Aff(self.const)
        for atom, coefficient in self.terms:
            if isinstance(atom, Var):
                new = mapping.get(atom)
                total += (of(atom) if new is None else new) * coefficient
            elif isinstance(atom, Ind):
                total += Aff(0, ((Ind(expr(atom.expr), atom.extent), coefficient),))
            elif isinstance(atom, Div):
                total += divide(atom.aff.substitute(mapping, expr), atom.by) * coefficient
            elif isinstance(atom, Extent):
                total += of(atom) * coefficient
            else:
                total += modulo(atom.aff.substitute(mapping, expr), atom.by) * coefficient
        return total

    def exprs(self) -> Iterable[Expr]:
        """The data atoms' expressions, nested ones too."""
        for atom, _ in self.terms:
            if isinstance(atom, Ind):
                yield atom.expr
            elif isinstance(atom, (Div, Mod)):
                yield from atom.aff.exprs()

    def __str__(self) -> str:
        shown = [str(a) if c == 1 else f"{c}*{a}" for a, c in self.terms]
        if self.const or not shown:
            shown.append(str(self.const))
        return " + ".join(shown)


def of(atom: Atom) -> Aff:
    """The index that is one atom."""
    if atom.low == atom.high:
        return Aff(atom.low)
    return Aff(0, ((atom, 1),))


def size(number: int) -> Aff:
    """An extent as an index: itself, or what its formula says."""
    return _sum(formula_of(number))


def _sum(formula: Formula) -> Aff:
    if isinstance(formula, int):
        return Aff(formula)
    if isinstance(formula, Combined) and formula.op == "add":
        return sum(map(_sum, formula.args), Aff())
    if isinstance(formula, Combined) and formula.op == "mul":
        factors = [argument for argument in formula.args if isinstance(argument, int)]
        moving = [argument for argument in formula.args if not isinstance(argument, int)]
        if len(moving) == 1:
            total = _sum(moving[0])
            for factor in factors:
                total *= factor
            return total
    return of(Extent(formula))


def affine(const: int, terms: Iterable[tuple[Atom, int]]) -> Aff:
    """The normal form of a sum: one term per atom, ``by * Div + Mod`` joined again."""
    total: dict[Atom, int] = {}
    for atom, coefficient in terms:
        total[atom] = total.get(atom, 0) + coefficient
    for atom in [a for a in total if isinstance(a, Mod)]:
        coefficient = total.get(atom, 0)
        quotient = divide(atom.aff, atom.by)
        if not coefficient or quotient.const or len(quotient.terms) != 1:
            continue
        twin, times = quotient.terms[0]
        if times == 1 and total.get(twin, 0) == coefficient * atom.by:
            del total[atom], total[twin]
            rest = affine(const, total.items())
            return rest + atom.aff * coefficient
    kept = [(a, c) for a, c in total.items() if c]
    kept.sort(key=lambda term: term[0].order)
    return Aff(const, tuple(kept))


def divide(aff: Aff, by: int) -> Aff:
    """``floor(aff / by)``, split into what divides and what is left."""
    if by == 1:
        return aff
    whole = [(a, c // by) for a, c in aff.terms if c % by == 0]
    rest = Aff(aff.const % by, tuple((a, c) for a, c in aff.terms if c % by))
    quotient = affine(aff.const // by, whole)
    if rest.low // by == rest.high // by:
        return quotient + rest.low // by
    if len(rest.terms) == 1 and rest.const == 0 and rest.terms[0][1] == 1:
        (inner, _) = rest.terms[0]
        if isinstance(inner, Div):
            return quotient + divide(inner.aff, inner.by * by)
    if (parts := _coarse(rest, by)) is not None:
        coarse, _, unit = parts
        return quotient + divide(coarse, by // unit)
    return quotient + of(Div(rest, by))


def modulo(aff: Aff, by: int) -> Aff:
    """``aff mod by`` (never negative)."""
    if by == 1:
        return Aff()
    rest = Aff(aff.const % by, tuple((a, c) for a, c in aff.terms if c % by))
    start = rest.low // by
    if start == rest.high // by:
        return rest - start * by
    if len(rest.terms) == 1 and rest.const == 0 and rest.terms[0][1] == 1:
        (inner, _) = rest.terms[0]
        if isinstance(inner, Mod) and inner.by % by == 0:
            return modulo(inner.aff, by)
    if (parts := _coarse(rest, by)) is not None:
        coarse, fine, unit = parts
        return modulo(coarse, by // unit) * unit + fine
    return of(Mod(rest, by))


def _coarse(aff: Aff, by: int) -> tuple[Aff, Aff, int] | None:
    """``coarse, fine, unit`` where ``aff = coarse * unit + fine``, ``fine`` lies in 0 .. unit - 1
    and ``unit`` divides ``by``: a row and the place in it."""
    steps = [c for _, c in aff.terms]
    for unit in sorted({gcd(by, *steps), *(gcd(by, c) for c in steps)} - {1}):
        fine = Aff(aff.const % unit, tuple((a, c) for a, c in aff.terms if c % unit))
        if fine.low >= 0 and fine.high < unit:
            whole = tuple((a, c // unit) for a, c in aff.terms if c % unit == 0)
            return Aff(aff.const // unit, whole), fine, unit
    return None


def flatten(index: tuple[Aff, ...], shape: tuple[int, ...]) -> Aff:
    """The row-major position of ``index`` in ``shape``."""
    total = Aff()
    stride = 1
    for position, extent in zip(reversed(index), reversed(shape), strict=True):
        total += position * stride
        stride *= extent
    return total


def unflatten(position: Aff, shape: tuple[int, ...]) -> tuple[Aff, ...]:
    """The index in ``shape`` of a row-major position."""
    index: list[Aff] = []
    stride = 1
    for axis, extent in enumerate(reversed(shape)):
        if extent == 1:
            index.append(Aff())
        elif axis == len(shape) - 1:
            index.append(position // stride)
        else:
            index.append((position // stride) % extent)
        stride *= max(extent, 1)
    return tuple(reversed(index))


def lane_stride(aff: Aff, var: Var, lanes: int) -> int | None:
    """How far ``aff`` moves per step of ``var`` inside an aligned group of ``lanes``; None if
    unevenly."""
    stride = 0
    for atom, coefficient in aff.terms:
        if atom is var:
            stride += coefficient
        elif isinstance(atom, Ind):
            if var in atom.expr.free:
                return None
        elif isinstance(atom, (Div, Mod)) and var in atom.aff.free:
            inner = atom.aff
            own = inner.coefficient(var)
            others = [c for a, c in inner.terms if a is not var]
            nested = any(var in f for f in (_free(a) for a, _ in inner.terms if a is not var))
            aligned = all(c % lanes == 0 for c in (*others, inner.const))
            if nested or own != 1 or not aligned or atom.by % lanes:
                return None
            stride += coefficient if isinstance(atom, Mod) else 0
    return stride


def _free(atom: Atom) -> frozenset[Var]:
    return of(atom).free


def operands(e: Expr) -> tuple[Expr, ...]:
    """What an expression is made of: its arguments, and what its index reads."""
    if isinstance(e.attr, Aff):
        return (*e.args, *e.attr.exprs())
    return (*e.args, *e.attr[1].exprs()) if isinstance(e.attr, tuple) else e.args
