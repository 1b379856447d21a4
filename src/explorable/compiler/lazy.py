"""Lazy: a tensor as a function from index to expressions, and the loop nests that realise one.
Views rewrite the index, pointwise work composes; nothing is stored until `Lowering.realise`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ..graphs import Type
from ..sizes import Size, times
from . import index as ix
from .expr import Expr, Exprs
from .index import Aff, Var
from .program import Buffer, Loops, Phase, Reduction, Store

Index: TypeAlias = tuple[Aff, ...]
Element: TypeAlias = tuple[Expr, ...]
"""One expression, or (real, imaginary)."""

ITEM_DTYPE = {
    "float32": "f32",
    "float64": "f64",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "u8",
    "bool": "bool",
    "complex64": "f32",
    "complex128": "f64",
}


class Lazy:
    """A tensor during lowering: shape, dtype, and its element at any index.

    ``base`` is the tensor this one is a view of; ``pieces`` writes it part by part (cat).
    ``storage`` is set once it has been realised, and seen by every view made before.
    """

    def __init__(
        self,
        exprs: Exprs,
        shape: tuple[int, ...],
        dtype: str,
        element: Callable[[Index], Element],
        *,
        base: Lazy | None = None,
        storage: Buffer | None = None,
        number: bool = False,
        pieces: Callable[[Buffer], None] | None = None,
    ) -> None:
        self.exprs, self.shape, self.dtype = exprs, shape, dtype
        self.base, self.storage, self.number, self.pieces = base, storage, number, pieces
        self._element = element
        self._probe: tuple[int, bool] | None = None

    @property
    def type(self) -> Type:
        return Type(self.shape, self.dtype)

    @property
    def size(self) -> int:
        return self.type.size

    @property
    def item(self) -> str:
        """The dtype of its expressions."""
        return ITEM_DTYPE[self.dtype]

    @property
    def planes(self) -> int:
        return 2 if self.dtype.startswith("complex") else 1

    def at(self, index: Index) -> Element:
        """The expressions of one element."""
        if self.storage is None:
            return self._element(index)
        position = ix.flatten(index, self.shape)
        count = self.planes
        return tuple(
            self.exprs.load(self.storage, place(self.storage, position, p, count))
            for p in range(count)
        )

    def real(self, index: Index) -> Expr:
        """The only expression of a real tensor's element."""
        (only,) = self.at(index)
        return only

    def probe(self) -> tuple[int, bool]:
        """What computing one element costs: (operations, contains a transcendental)."""
        if self.storage is not None:
            return 1, False
        if self._probe is None:
            _, index = loop(self.exprs, self.shape)
            parts = self.at(index)
            self._probe = sum(p.weight for p in parts), any(p.heavy for p in parts)
        return self._probe

    @property
    def root(self) -> Lazy:
        """The tensor this is a view of, in the end."""
        found = self
        while found.base is not None and found.storage is None:
            found = found.base
        return found


def place(buffer: Buffer, position: Aff, plane: int, planes: int) -> Aff:
    """Where the real or imaginary part of element ``position`` lies in its buffer."""
    if planes == 1:
        return position
    if buffer.kind == "temp":
        return position + plane * (buffer.size // 2)
    return position * 2 + plane


def direct(lazy: Lazy) -> Lazy:
    """The same tensor read by plain strides, where it has them: then an index outside of it (of a
    pad, of the other part of a cat) leaves no remainders behind; selects discard such loads."""
    exprs = lazy.exprs
    dims = [exprs.var(max(extent, 2)) for extent in lazy.shape]
    found: list[tuple[Buffer, int, list[int]]] = []
    for part in lazy.at(tuple(map(ix.of, dims))):
        if part.op != "load" or not isinstance(part.attr, tuple):
            return lazy
        buffer, aff = part.attr
        if any(atom not in dims for atom, _ in aff.terms):
            return lazy
        found.append((buffer, aff.const, [aff.coefficient(d) for d in dims]))

    def element(index: Index) -> Element:
        parts: list[Expr] = []
        for buffer, start, strides in found:
            position = Aff(start)
            for k, stride in zip(index, strides, strict=True):
                position += k * stride
            parts.append(exprs.load(buffer, position))
        return tuple(parts)

    return Lazy(exprs, lazy.shape, lazy.dtype, element, number=lazy.number)


def loop(exprs: Exprs, shape: tuple[int, ...]) -> tuple[tuple[Var, ...], Index]:
    """Loop variables over ``shape`` and the index they make (extent 1 needs none)."""
    dims: list[Var] = []
    index: list[Aff] = []
    for extent in shape:
        if extent == 1:
            index.append(Aff())
        else:
            dims.append(exprs.var(extent))
            index.append(ix.of(dims[-1]))
    return tuple(dims), tuple(index)


def tidy(exprs: Exprs, kernel: Loops) -> Loops:
    """The kernel with neighbouring loops merged where every index allows, and a short innermost
    loop unrolled."""
    kernel = _merge_all(exprs, kernel)
    first = kernel.phases[0]
    # A reduction along a single place has no dims either.
    plain = len(kernel.phases) == 1 and not (first.dims or first.reductions or kernel.ordered)
    if plain and len(kernel.dims) > 1 and 2 <= kernel.dims[-1].extent <= 4:
        return kernel if isinstance(kernel.dims[-1].extent, Size) else _unroll(exprs, kernel)
    return kernel


def map_kernel(
    exprs: Exprs,
    kernel: Loops,
    mapping: dict[Var, Aff],
    dims: tuple[Var, ...],
    inner: dict[Var, tuple[Var, ...]] | None = None,
) -> Loops:
    """The kernel with variables substituted and its own dims replaced by ``dims``."""
    memo: dict[Expr, Expr] = {}
    accs = _renamed_accumulators(exprs, kernel, mapping)

    def value(e: Expr) -> Expr:
        return exprs.substitute(e, mapping, accs, memo)

    phases: list[Phase] = []
    for phase in kernel.phases:
        inside: list[Var] = []
        for var in phase.dims:
            inside += (inner or {}).get(var, (var,))
        reductions = tuple(
            Reduction(
                r.op,
                value(r.value),
                accs.get(r.result, r.result),
                None if r.position is None else value(r.position),
                None if r.extreme is None else accs.get(r.extreme, r.extreme),
            )
            for r in phase.reductions
        )
        stores = tuple(
            Store(s.buffer, s.index.substitute(mapping, value), value(s.value))
            for s in phase.stores
        )
        phases.append(Phase(tuple(inside), stores, reductions, phase.running))
    return Loops(dims, tuple(phases), kernel.note, kernel.ordered, kernel.line)


def _renamed_accumulators(exprs: Exprs, kernel: Loops, mapping: dict[Var, Aff]) -> dict[Expr, Expr]:
    """New accumulators for those whose point is renamed: an acc is computed per its free
    variables."""
    renamed: dict[Expr, Expr] = {}
    for phase in kernel.phases:
        for reduction in phase.reductions:
            for acc in (reduction.result, reduction.extreme):
                if acc is not None and any(v in mapping for v in acc.free):
                    free: set[Var] = set()
                    for v in acc.free:
                        free |= mapping[v].free if v in mapping else {v}
                    renamed[acc] = exprs.accumulator(acc.dtype, free)
    return renamed


def _merge_all(exprs: Exprs, kernel: Loops) -> Loops:
    """Merge neighbouring loops of the kernel and of each phase."""
    kernel = _merge(exprs, kernel, kernel.dims, None)
    for number, phase in enumerate(kernel.phases):
        if not phase.running:
            kernel = _merge(exprs, kernel, phase.dims, number)
            phase = kernel.phases[number]
    return kernel


def _merge(exprs: Exprs, kernel: Loops, dims: tuple[Var, ...], phase: int | None) -> Loops:
    forms = list(_linear_forms(kernel.affs()))
    at = len(dims) - 1
    while at > 0:
        outer, inner = dims[at - 1], dims[at]
        # An inner extent that moves leaves gaps between the rows.
        still = not isinstance(inner.extent, Size)
        if still and all(form.get(outer, 0) == form.get(inner, 0) * inner.extent for form in forms):
            both = exprs.var(times(outer.extent, inner.extent))
            position = ix.of(both)
            mapping = {outer: position // inner.extent, inner: position % inner.extent}
            dims = (*dims[: at - 1], both, *dims[at + 1 :])
            if phase is None:
                kernel = map_kernel(exprs, kernel, mapping, dims)
            else:
                kernel = map_kernel(
                    exprs, kernel, mapping, kernel.dims, {outer: (), inner: (both,)}
                )
            forms = list(_linear_forms(kernel.affs()))
            at = min(at, len(dims)) - 1
        else:
            at -= 1
    return kernel


def _linear_forms(affs: Iterable[Aff]) -> list[dict[Var, int]]:
    """The coefficients of plain variables in every sum, those inside Div and Mod as sums of
    their own."""
    forms: dict[Aff, dict[Var, int]] = {}
    stack = list(affs)
    while stack:
        aff = stack.pop()
        if aff in forms:
            continue
        form: dict[Var, int] = {}
        for atom, coefficient in aff.terms:
            if isinstance(atom, Var):
                form[atom] = coefficient
            elif isinstance(atom, (ix.Div, ix.Mod)):
                stack.append(atom.aff)
        forms[aff] = form
    return list(forms.values())


def _unroll(exprs: Exprs, kernel: Loops) -> Loops:
    """Write the innermost loop out, so that selects on its index fold away."""
    last = kernel.dims[-1]
    stores: list[Store] = []
    for step in range(last.extent):
        one = map_kernel(exprs, kernel, {last: Aff(step)}, kernel.dims[:-1])
        stores += one.phases[0].stores
    phase = Phase((), tuple(stores))
    return _merge_all(
        exprs, Loops(kernel.dims[:-1], (phase,), kernel.note, kernel.ordered, kernel.line)
    )
