"""Passes over the order of kernels: drop what nobody reads."""

from __future__ import annotations

from dataclasses import replace

from .program import Buffer, Function, Kernel, Loops, Phase, Program, Repeat


def drop_dead(program: Program) -> Program:
    """Without stores to temporaries that nobody reads, and kernels that store nothing."""
    return replace(
        program, functions=tuple(replace(f, kernels=_live(f)) for f in program.functions)
    )


def _live(function: Function) -> tuple[Kernel, ...]:
    kernels = list(function.kernels)
    while True:
        wanted: set[Buffer] = set()
        for kernel in kernels:
            own = kernel.reads()
            if isinstance(kernel, Loops) and not kernel.ordered:
                wanted |= own - _only_for_itself(kernel)
            else:
                wanted |= own
        kept: list[Kernel] = []
        changed = False
        for kernel in kernels:
            if isinstance(kernel, Repeat) or any(
                b.kind != "temp" or b in wanted for b in kernel.writes()
            ):
                kept.append(kernel)
            else:
                changed = True
        kernels = kept
        if not changed:
            return tuple(kernels)


def _only_for_itself(kernel: Loops) -> set[Buffer]:
    return set()


def keep_phases(kernel: Loops, phases: tuple[Phase, ...]) -> Loops:
    """The kernel with other phases."""
    return replace(kernel, phases=phases)
