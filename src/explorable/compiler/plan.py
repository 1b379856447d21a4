"""Plan: one byte offset per buffer in one arena. Slots and arrays are permanent; temporaries of one
entry reuse each other's bytes by liveness, those of different entries overlap freely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ExplorableError
from .program import Buffer, Function, Kernel, Program

ALIGN = 64
GUARD = 64
"""Bytes before and after everything, where a guarded vector load may reach (its lanes are
discarded)."""


@dataclass(frozen=True)
class Plan:
    """Offset of each buffer from the start of the arena, and the arena's size in bytes."""

    offsets: dict[Buffer, int]
    size: int

    def __str__(self) -> str:
        rows = sorted(self.offsets.items(), key=lambda item: (item[1], item[0].name))
        return "\n".join(f"{offset:8d} {buffer}" for buffer, offset in rows)


def plan(program: Program, limit: int) -> Plan:
    """Place every buffer; an error naming the three largest if they need more than ``limit``
    bytes."""
    offsets: dict[Buffer, int] = {}
    end = GUARD
    for buffer in _permanent(program):
        offsets[buffer] = end
        end = _up(end + buffer.nbytes)
    size = end
    for function in program.functions:
        size = max(size, _place_temporaries(function, offsets, end))
    size = _up(size + GUARD)
    if size > limit:
        largest = sorted(offsets, key=lambda b: -b.nbytes)[:3]
        shown = "; ".join(
            f"{b.name} {b.nbytes / 1e6:.1f} MB" + (f" ({b.line})" if b.line else "")
            for b in largest
        )
        fact = f"the arena needs {size / 1e6:.1f} MB of {limit / 1e6:.1f} MB; largest: {shown}"
        raise ExplorableError("compiler", fact, fix="make them smaller, or pass memory=")
    return Plan(offsets, size)


def _permanent(program: Program) -> list[Buffer]:
    found = dict.fromkeys(program.slots)
    for kernels in (program.init, *(f.kernels for f in program.functions)):
        for kernel in kernels:
            touched = kernel.reads() | kernel.writes()
            kept = (b for b in touched if b.kind in ("array", "kept"))
            found |= dict.fromkeys(sorted(kept, key=lambda b: b.name))
    return list(found)


def lifetimes(kernels: Iterable[Kernel]) -> dict[Buffer, tuple[int, int]]:
    """The first and last kernel that touches each temporary."""
    found: dict[Buffer, tuple[int, int]] = {}
    for number, kernel in enumerate(kernels):
        touched = sorted(
            (b for b in kernel.reads() | kernel.writes() if b.kind == "temp"),
            key=lambda b: (len(b.name), b.name),
        )
        for buffer in touched:
            found[buffer] = (found.get(buffer, (number, number))[0], number)
    return found


def _place_temporaries(function: Function, offsets: dict[Buffer, int], start: int) -> int:
    """First fit, in order of birth, larger first."""
    live = lifetimes(function.kernels)
    placed: list[tuple[int, int, Buffer]] = []
    size = start
    for buffer in sorted(live, key=lambda b: (live[b][0], -b.nbytes)):
        born, dies = live[buffer]
        placed = [p for p in placed if live[p[2]][1] >= born]
        busy = sorted((at, end) for at, end, b in placed if live[b][0] <= dies)
        where = start
        for at, end in busy:
            if where + buffer.nbytes <= at:
                break
            where = max(where, _up(end))
        offsets[buffer] = where
        placed.append((where, where + buffer.nbytes, buffer))
        size = max(size, where + buffer.nbytes)
    return size


def _up(value: int) -> int:
    return (value + ALIGN - 1) // ALIGN * ALIGN
