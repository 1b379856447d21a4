"""Loops of one kernel that run over the same points become one, where the later is the only reader
of what the earlier stores: the value stays in a register."""

from __future__ import annotations

from dataclasses import replace

from . import index as ix
from .expr import Expr, Exprs
from .index import Aff
from .program import Branch, Buffer, Kernel, Loops, Phase, Program, Repeat, flat, loads


def merge_phases(program: Program, exprs: Exprs) -> Program:
    """The program with fewer phases and fewer temporaries."""
    functions = [
        replace(f, kernels=tuple(_merged(exprs, f.kernels, _readers(f.kernels))))
        for f in program.functions
    ]
    return replace(program, functions=tuple(functions))


def _readers(kernels: tuple[Kernel, ...]) -> dict[Buffer, int]:
    """How many kernels touch each buffer."""
    counts: dict[Buffer, int] = {}
    for kernel in flat(kernels):
        if not isinstance(kernel, (Repeat, Branch)):
            for buffer in kernel.reads() | kernel.writes():
                counts[buffer] = counts.get(buffer, 0) + 1
    return counts


def _merged(
    exprs: Exprs, kernels: tuple[Kernel, ...], touched: dict[Buffer, int]
) -> tuple[Kernel, ...]:
    def inside(kernel: Kernel) -> Kernel:
        if isinstance(kernel, Repeat):
            body, test = (_merged(exprs, ks, touched) for ks in (kernel.body, kernel.test))
            return replace(kernel, body=body, test=test)
        if isinstance(kernel, Branch):
            yes, no = (_merged(exprs, ks, touched) for ks in (kernel.yes, kernel.no))
            return replace(kernel, yes=yes, no=no)
        if isinstance(kernel, Loops) and not kernel.ordered:
            return _with_fewer(exprs, kernel, touched)
        return kernel

    return tuple(map(inside, kernels))


def _with_fewer(exprs: Exprs, kernel: Loops, touched: dict[Buffer, int]) -> Loops:
    phases = list(kernel.phases)
    at = 0
    while at < len(phases):
        own = {s.buffer for s in phases[at].stores}
        private = all(b.kind == "temp" and touched[b] == 1 for b in own)
        into = _reader(phases, at, own) if private else None
        joined = None if into is None else _joined(exprs, phases[at], phases[into])
        if into is None or joined is None:
            at += 1
            continue
        phases[into] = joined
        del phases[at]
    return replace(kernel, phases=tuple(phases))


def _reader(phases: list[Phase], at: int, own: set[Buffer]) -> int | None:
    """The one later phase that reads what this one stores, if that can also compute it."""
    first = phases[at]
    if not first.dims or first.reductions or first.running:
        return None
    reading = [k for k, phase in enumerate(phases) if _reads(phase) & own]
    if len(reading) != 1 or reading[0] <= at:
        return None
    (into,) = reading
    # What is computed later must not be overwritten before.
    written = {s.buffer for phase in phases[at + 1 : into + 1] for s in phase.stores}
    elsewhere = {s.buffer for k, p in enumerate(phases) if k != at for s in p.stores}
    return None if written & _reads(first) or elsewhere & own else into


def _reads(phase: Phase) -> set[Buffer]:
    roots = [s.value for s in phase.stores]
    roots += [e for s in phase.stores for e in s.index.exprs()]
    roots += [r.value for r in phase.reductions]
    roots += [r.position for r in phase.reductions if r.position is not None]
    return {buffer for e in roots for buffer, _ in loads(e)}


def _joined(exprs: Exprs, first: Phase, second: Phase) -> Phase | None:
    """The second phase, which computes for itself what it loaded; None where it loads that at
    another point."""
    mine, yours = (tuple(d.extent for d in p.dims) for p in (first, second))
    if mine != yours:
        return None
    names = dict(zip(first.dims, map(ix.of, second.dims), strict=True))
    memo: dict[Expr, Expr] = {}

    def here(e: Expr) -> Expr:
        return exprs.substitute(e, names, {}, memo)

    made: dict[tuple[Buffer, Aff], Expr] = {}
    for store in first.stores:
        made[store.buffer, store.index.substitute(names, here)] = here(store.value)
    own = {s.buffer for s in first.stores}
    swap: dict[Expr, Expr] = {}
    values = [r.value for r in second.reductions]
    values += [r.position for r in second.reductions if r.position is not None]
    after = [s.value for s in second.stores]
    after += [e for s in second.stores for e in s.index.exprs()]
    finished = bool(second.reductions) and not second.running
    for roots, loose in ((values, False), (after, finished)):
        for e in roots:
            for buffer, aff in loads(e):
                if buffer not in own:
                    continue
                value = made.get((buffer, aff))
                if loose or value is None:
                    return None
                swap[exprs.load(buffer, aff)] = value
    done: dict[Expr, Expr] = {}

    def value_of(e: Expr) -> Expr:
        return exprs.substitute(e, {}, swap, done)

    return replace(
        second,
        stores=tuple(replace(s, value=value_of(s.value)) for s in second.stores),
        reductions=tuple(
            replace(
                r,
                value=value_of(r.value),
                position=None if r.position is None else value_of(r.position),
            )
            for r in second.reductions
        ),
    )
