"""Fusion: a kernel joins the one that makes what it reads, so that values pass in registers.
Also how state is updated in place: the copy into a slot joins the kernel that computes the new
value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..sizes import Size, times
from . import index as ix
from .expr import Expr, Exprs
from .index import Aff, Var
from .lazy import map_kernel
from .program import (
    Branch,
    Buffer,
    Function,
    Kernel,
    Loops,
    Matmul,
    Phase,
    Program,
    Repeat,
    Store,
    loads,
)

POINTERS = 14
"""Kernels that share an input but no result are joined only up to this many buffers."""
SHORT = 4
"""Rows of up to this many elements are written out, not looped over."""
Nest: TypeAlias = "Loops | Matmul"


def fuse(program: Program, exprs: Exprs) -> Program:
    """The program with fewer kernels."""
    return replace(
        program,
        functions=tuple(
            Function(f.name, _Fusion(exprs, f.kernels).run()) for f in program.functions
        ),
    )


@dataclass
class _Item:
    """A kernel and what it touches."""

    kernel: Kernel
    reads: frozenset[Buffer]
    writes: frozenset[Buffer]

    @classmethod
    def of(cls, kernel: Kernel) -> _Item:
        return cls(kernel, kernel.reads(), kernel.writes())

    def conflicts(self, other: _Item) -> bool:
        """Whether the order of the two matters."""
        return bool(
            self.writes & other.reads or self.reads & other.writes or self.writes & other.writes
        )


class _Fusion:
    def __init__(self, exprs: Exprs, kernels: tuple[Kernel, ...]) -> None:
        self.exprs = exprs
        self.items = [_Item.of(self._inside(k)) for k in kernels]

    def _inside(self, kernel: Kernel) -> Kernel:
        if isinstance(kernel, Repeat):
            body, test = (_Fusion(self.exprs, ks).run() for ks in (kernel.body, kernel.test))
            return replace(kernel, body=body, test=test)
        if isinstance(kernel, Branch):
            yes, no = (_Fusion(self.exprs, ks).run() for ks in (kernel.yes, kernel.no))
            return replace(kernel, yes=yes, no=no)
        return kernel

    def run(self) -> tuple[Kernel, ...]:
        """Every kernel in turn is offered to those before it, nearest first."""
        at = 1
        while at < len(self.items):
            at = self._join_one(at)
        return tuple(item.kernel for item in self.items)

    def _join_one(self, at: int) -> int:
        consumer = self.items[at]
        if not isinstance(consumer.kernel, Loops) or consumer.kernel.ordered:
            return at + 1
        for before in range(at - 1, -1, -1):
            producer = self.items[before]
            if not isinstance(producer.kernel, (Loops, Matmul)):
                continue
            feeds = producer.writes & consumer.reads
            if not feeds and not self._siblings(producer, consumer):
                continue
            meet = self._meeting(before, at)
            if meet is None:
                continue
            joined = join(self.exprs, producer.kernel, consumer.kernel)
            if joined is None:
                continue
            del self.items[at]
            del self.items[before]
            self.items.insert(meet, _Item.of(joined))
            # What now follows the joined kernel may find a way to it that was blocked before.
            return at if meet < at else max(at, 1)
        return at + 1

    def _siblings(self, producer: _Item, consumer: _Item) -> bool:
        """Pure pointwise kernels over one space that read the same tensor; or scalars side by
        side."""
        one, other = producer.kernel, consumer.kernel
        if not isinstance(one, Loops) or not isinstance(other, Loops):
            return False
        if not _pointwise(one) or not _pointwise(other):
            return False
        if _extents(one.dims) != _extents(other.dims):
            return False
        if not one.dims:
            return True
        shared = any(b.size > 1 for b in producer.reads & consumer.reads)
        total = producer.reads | producer.writes | consumer.reads | consumer.writes
        return shared and len(total) <= POINTERS

    def _meeting(self, before: int, at: int) -> int | None:
        """Where, once both are taken out, the joined kernel can stand; None if order forbids it."""
        producer, consumer = self.items[before], self.items[at]
        between = self.items[before + 1 : at]
        up = 0
        for number, item in enumerate(between):
            if item.conflicts(consumer):
                up = number + 1
        if any(item.conflicts(producer) for item in between[:up]):
            return None
        return before + up


def join(exprs: Exprs, producer: Nest, consumer: Loops) -> Nest | None:
    """One kernel that does both, or None if some element would be read before it is made."""
    if isinstance(producer, Matmul):
        return _join_product(exprs, producer, consumer)
    if producer.ordered:
        return None
    aligned = _align(exprs, producer, consumer)
    if aligned is not None:
        made = _join_points(exprs, *aligned)
        if made is not None:
            return made
    return _join_rows(exprs, producer, consumer)


def _pointwise(kernel: Loops) -> bool:
    return not kernel.ordered and all(not p.dims and not p.reductions for p in kernel.phases)


def _extents(dims: tuple[Var, ...]) -> tuple[int, ...]:
    return tuple(d.extent for d in dims)


def _count(extents: tuple[int, ...]) -> int | None:
    """How many points; None where an extent that moves leaves gaps between rows."""
    size = 1
    for number in reversed(extents):
        if isinstance(size, Size):
            return None
        size = times(number, size)
    return size


def _align(exprs: Exprs, producer: Loops, consumer: Loops) -> tuple[Loops, Loops] | None:
    """Both kernels over the same variables."""
    mine, yours = _extents(producer.dims), _extents(consumer.dims)
    if mine == yours:
        mapping = dict(zip(consumer.dims, map(ix.of, producer.dims), strict=True))
        return producer, map_kernel(exprs, consumer, mapping, producer.dims)
    if _count(mine) is None or _count(mine) != _count(yours):
        return None
    if len(yours) == 1:
        flat = ix.flatten(tuple(map(ix.of, producer.dims)), mine)
        return producer, map_kernel(exprs, consumer, {consumer.dims[0]: flat}, producer.dims)
    if len(mine) == 1:
        flat = ix.flatten(tuple(map(ix.of, consumer.dims)), yours)
        moved = map_kernel(exprs, producer, {producer.dims[0]: flat}, consumer.dims)
        return moved, consumer
    return None


def _join_points(exprs: Exprs, producer: Loops, consumer: Loops) -> Loops | None:
    """Same outer space: the consumer's phases follow, loads of results become the results."""
    last = producer.phases[-1]
    one = len(consumer.phases) == 1
    merging = one and not consumer.phases[0].dims and not consumer.phases[0].reductions
    merging = merging and not last.running and bool(last.reductions or not last.dims)
    made = _forward(exprs, producer.phases, consumer, rows=not merging)
    if made is None:
        return None
    first, second = producer.phases, made.phases
    if merging:
        # All values of a phase are computed before its first store: nothing may be read back.
        merged = replace(last, stores=(*last.stores, *second[0].stores))
        return _noted(producer, consumer, (*first[:-1], merged))
    if not producer.dims and (producer.phases[0].dims or consumer.phases[0].dims):
        return None
    if any(p.running for p in (*first, *second)):
        return None
    return _noted(producer, consumer, (*first, *second))


def _noted(producer: Loops, consumer: Loops, phases: tuple[Phase, ...]) -> Loops:
    notes = dict.fromkeys([*producer.note.split(" + "), *consumer.note.split(" + ")])
    return replace(producer, phases=phases, note=" + ".join(notes))


def _forward(
    exprs: Exprs, phases: tuple[Phase, ...], consumer: Loops, *, rows: bool
) -> Loops | None:
    """The consumer with its loads of what ``phases`` store at the same point replaced by the value;
    with ``rows`` it may also load what they stored elsewhere in the same row.

    None if it loads anything else of those buffers, or overwrites what other points still read."""
    made: dict[tuple[Buffer, Aff], Expr] = {}
    written: set[Buffer] = set()
    outer: set[Var] = set(consumer.dims)
    for phase in phases:
        for store in phase.stores:
            written.add(store.buffer)
            if (phase.reductions and not phase.running) or not phase.dims:
                made[store.buffer, store.index] = store.value
    swap: dict[Expr, Expr] = {}
    for e in consumer.exprs():
        for buffer, aff in loads(e):
            if buffer not in written:
                continue
            value = made.get((buffer, aff))
            if value is None:
                if rows and _same_row(phases, buffer, aff, outer):
                    continue
                return None
            swap[exprs.load(buffer, aff)] = value
    if not _keeps_reads(phases, consumer):
        return None
    if not swap:
        return consumer
    memo: dict[Expr, Expr] = {}

    def value_of(e: Expr) -> Expr:
        return exprs.substitute(e, {}, swap, memo)

    return replace(consumer, phases=tuple(_with_values(p, value_of) for p in consumer.phases))


def _with_values(phase: Phase, value_of: Callable[[Expr], Expr]) -> Phase:
    return replace(
        phase,
        stores=tuple(Store(s.buffer, s.index, value_of(s.value)) for s in phase.stores),
        reductions=tuple(
            replace(
                r,
                value=value_of(r.value),
                position=None if r.position is None else value_of(r.position),
            )
            for r in phase.reductions
        ),
    )


def _keeps_reads(phases: tuple[Phase, ...], consumer: Loops) -> bool:
    """Whether what the consumer overwrites is read by ``phases`` only at the very same element."""
    targets = {s.buffer: s.index for p in consumer.phases for s in p.stores}
    inner = any(p.dims for p in consumer.phases)
    for phase in phases:
        # What a finished reduction stores is computed at the outer point, after its loops.
        looped = bool(phase.dims) and (phase.running or not phase.reductions)
        within = [r.value for r in phase.reductions]
        within += [r.position for r in phase.reductions if r.position is not None]
        after = [s.value for s in phase.stores]
        after += [x for s in phase.stores for x in s.index.exprs()]
        for roots, loose in ((within, True), (after, looped or inner)):
            for buffer, aff in (found for e in roots for found in loads(e)):
                if buffer in targets and (loose or aff != targets[buffer]):
                    return False
    # Two stores of the consumer into one buffer would need the same care.
    stores = [s.buffer for p in consumer.phases for s in p.stores]
    read = {b for p in phases for s in p.stores for b, _ in loads(s.value)}
    return all(stores.count(b) == 1 for b in set(stores) & read)


def _same_row(phases: tuple[Phase, ...], buffer: Buffer, aff: Aff, outer: set[Var]) -> bool:
    """Whether the element is one that ``phases`` store at the same outer point, before."""
    spans: list[tuple[int, int]] = []
    base, inner = _split(aff, outer)
    for phase in phases:
        for store in phase.stores:
            if store.buffer is not buffer:
                continue
            own, rest = _split(store.index, outer)
            if own != base:
                return False
            spans.append((rest.low, rest.high))
    if not spans:
        return False
    low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    if inner.low < low or inner.high > high:
        return False
    steps = [abs(c) for _, c in base.terms]
    return not steps or high - low < min(steps)


def _split(aff: Aff, outer: set[Var]) -> tuple[Aff, Aff]:
    """The part of an index made of outer variables, and the rest."""
    mine = tuple((a, c) for a, c in aff.terms if a in outer)
    rest = tuple((a, c) for a, c in aff.terms if a not in outer)
    return Aff(0, mine), Aff(aff.const, rest)


def _join_rows(exprs: Exprs, producer: Loops, consumer: Loops) -> Loops | None:
    """Row groups: the outer space of one is the front of the other's, which is split there."""
    mine, yours = _extents(producer.dims), _extents(consumer.dims)
    if len(mine) < len(yours) and _pointwise(consumer) and not _pointwise(producer):
        consumer = _split_rows(exprs, consumer, len(mine))
    elif len(yours) < len(mine) and _pointwise(producer) and not _pointwise(consumer):
        producer = _split_rows(exprs, producer, len(yours))
    else:
        return None
    mine, yours = _extents(producer.dims), _extents(consumer.dims)
    if mine != yours or not mine or any(p.running for p in (*producer.phases, *consumer.phases)):
        return None
    mapping = dict(zip(consumer.dims, map(ix.of, producer.dims), strict=True))
    consumer = map_kernel(exprs, consumer, mapping, producer.dims)
    made = _forward(exprs, producer.phases, consumer, rows=True)
    if made is None:
        return None
    return _noted(producer, consumer, (*producer.phases, *made.phases))


def _split_rows(exprs: Exprs, kernel: Loops, outer: int) -> Loops:
    """A kernel of rows; rows of a few elements are written out."""
    inner = kernel.dims[outer:]
    count = _count(_extents(inner))
    if count is None or isinstance(count, Size) or count > SHORT:
        phases = tuple(replace(p, dims=inner) for p in kernel.phases)
        return replace(kernel, dims=kernel.dims[:outer], phases=phases)
    rows = kernel.dims[:outer]
    written = [
        map_kernel(
            exprs,
            kernel,
            dict(zip(inner, ix.unflatten(Aff(k), _extents(inner)), strict=True)),
            rows,
        ).phases
        for k in range(count)
    ]
    phases = tuple(
        replace(same[0], stores=tuple(s for p in same for s in p.stores))
        for same in zip(*written, strict=True)
    )
    return replace(kernel, dims=rows, phases=phases)


def _join_product(exprs: Exprs, producer: Matmul, consumer: Loops) -> Matmul | None:
    """A pointwise kernel over the product's space becomes part of its epilogue."""
    if not _pointwise(consumer):
        return None
    dims = tuple(d for d in producer.dims if d.extent > 1)
    frame = Loops(dims, (Phase((), producer.stores),), producer.note)
    mine, yours = _extents(dims), _extents(consumer.dims)
    if mine == yours:
        mapping = dict(zip(consumer.dims, map(ix.of, dims), strict=True))
    elif len(yours) == 1 and yours[0] == _count(_extents(producer.dims)):
        mapping = {consumer.dims[0]: ix.flatten(tuple(map(ix.of, dims)), mine)}
    else:
        return None
    consumer = map_kernel(exprs, consumer, mapping, dims)
    operands = {producer.left.buffer, producer.right.buffer}
    if operands & consumer.writes():
        return None
    made = _forward(exprs, frame.phases, consumer, rows=False)
    if made is None:
        return None
    joined = _noted(frame, made, ())
    stores = (*producer.stores, *(s for p in made.phases for s in p.stores))
    return replace(producer, stores=stores, note=joined.note)
