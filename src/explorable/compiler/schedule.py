"""Passes over the order of kernels: drop what nobody reads, bring scalars to the front."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .program import Branch, Buffer, Function, Kernel, Loops, Matmul, Pack, Program, Repeat, flat


def drop_dead(program: Program) -> Program:
    """Without stores to temporaries that nobody reads, and without kernels that store nothing."""
    return replace(
        program, functions=tuple(replace(f, kernels=_live(f)) for f in program.functions)
    )


def _live(function: Function) -> tuple[Kernel, ...]:
    kernels = function.kernels
    while True:
        wanted = {b for k in flat(kernels) for b in k.reads()}
        kept = _kept(kernels, wanted)
        if kept == kernels:
            return kernels
        kernels = kept


def _kept(kernels: Iterable[Kernel], wanted: set[Buffer]) -> tuple[Kernel, ...]:
    """The kernels with their dead stores removed."""

    def live(buffer: Buffer) -> bool:
        return buffer.kind not in ("temp", "kept") or buffer in wanted

    done: list[Kernel] = []
    for kernel in kernels:
        if isinstance(kernel, Repeat):
            body, test = _kept(kernel.body, wanted), _kept(kernel.test, wanted)
            if body:
                done.append(replace(kernel, body=body, test=test))
        elif isinstance(kernel, Branch):
            yes, no = _kept(kernel.yes, wanted), _kept(kernel.no, wanted)
            if yes or no:
                done.append(replace(kernel, yes=yes, no=no))
        elif isinstance(kernel, Loops):
            phases = [
                replace(p, stores=tuple(s for s in p.stores if live(s.buffer)))
                for p in kernel.phases
            ]
            # A phase without stores of its own may still feed a later one with its accumulators.
            needed = tuple(p for p in phases if p.stores or p.reductions)
            if any(p.stores for p in needed):
                done.append(replace(kernel, phases=needed))
        elif isinstance(kernel, Matmul):
            stores = tuple(s for s in kernel.stores if live(s.buffer))
            if stores:
                done.append(replace(kernel, stores=stores))
        elif isinstance(kernel, Pack) or any(live(b) for b in kernel.writes()):
            done.append(kernel)
    return tuple(done)


def hoist_scalars(program: Program) -> Program:
    """Kernels that compute single numbers from inputs only go first: anywhere else they keep the
    kernels around them from moving."""
    return replace(
        program, functions=tuple(replace(f, kernels=_hoisted(f.kernels)) for f in program.functions)
    )


def _hoisted(kernels: tuple[Kernel, ...]) -> tuple[Kernel, ...]:
    front: list[Kernel] = []
    rest: list[Kernel] = []
    blocked: set[Buffer] = set()
    read: set[Buffer] = set()
    for kernel in kernels:
        small = isinstance(kernel, Loops) and not any(
            (kernel.dims, *(p.dims for p in kernel.phases))
        )
        free = not kernel.reads() & blocked and not kernel.writes() & (blocked | read)
        if small and free:
            front.append(kernel)
        else:
            rest.append(kernel)
            blocked |= kernel.writes()
            read |= kernel.reads()
    return (*front, *rest)
