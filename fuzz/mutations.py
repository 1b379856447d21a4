"""Seeded compiler bugs: does the search find them? Each is put into the compiler of a child process
that judges programs until one fails."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import torch

from explorable.compiler import emit, emit_body, emit_loops, fuse, plan
from explorable.compiler import index as ix
from explorable.compiler.expr import Exprs
from explorable.compiler.lower import LOWERINGS

from .judge import judge
from .search import drawn

LIMIT = 1000
"""Programs within which a bug must be found."""
BATCH = 25
CONJUGATES = ("aten._conj", "aten.conj", "aten._conj_physical", "aten.conj_physical")


def dropped_conj() -> None:
    """``conj`` gives what it was given."""
    for op in CONJUGATES:
        LOWERINGS[op] = lambda call: call.tensor(0)


def wrong_stride() -> None:
    """A load in lanes takes neighbours where it should take every second item."""
    honest = ix.lane_stride

    def stride(aff: ix.Aff, var: ix.Var, lanes: int) -> int | None:
        found = honest(aff, var, lanes)
        return 1 if found == 2 else found

    ix.lane_stride = stride


def lost_nan() -> None:
    """Maxima and minima of rows are those of C, which drop NaN."""
    honest = emit_loops.combine

    def combine(op: str, dtype: str, a: str, b: str) -> str:
        return honest(op, dtype, a, b).replace("imum(", "(")

    emit_loops.combine = combine


def short_lifetime() -> None:
    """The memory of a temporary is given away one kernel before its last reader."""
    honest = plan.lifetimes

    def lifetimes(kernels: Any) -> dict[Any, tuple[int, int]]:
        return {b: (born, max(born, dies - 1)) for b, (born, dies) in honest(kernels).items()}

    plan.lifetimes = lifetimes


def early_overwrite() -> None:
    """Fusion lets a kernel overwrite what others still read."""
    fuse._keeps_reads = lambda phases, consumer: True


def wrong_row() -> None:
    """Fusion takes any element that was stored for one of the same row."""
    fuse._same_row = lambda phases, buffer, aff, outer: True


def forgotten_tail() -> None:
    """Reductions in lanes forget the items behind the last whole vector."""
    emit_loops.divides = lambda number, extent: True


def lost_remainder() -> None:
    """Quotients of indices round their constant down to a multiple of the divisor."""
    honest = ix.divide
    ix.divide = lambda aff, by: honest(ix.Aff(aff.const - aff.const % by, aff.terms), by)


def unordered_scatter() -> None:
    """Kernels whose points meet run in lanes."""
    honest = emit.emit_loops
    emit.emit_loops = lambda body, kernel: honest(body, replace(kernel, ordered=False))


def last_of_equals() -> None:
    """Of equal extremes the last one is found."""
    honest = emit_loops._reduce_plain
    swap = {"argmax": "cummax", "argmin": "cummin"}

    def reduce_plain(body: Any, phase: Any) -> None:
        swapped = tuple(replace(r, op=swap.get(r.op, r.op)) for r in phase.reductions)
        honest(body, replace(phase, reductions=swapped))

    emit_loops._reduce_plain = reduce_plain


def narrow_integers() -> None:
    """Products of int64 are made in 32 bits."""
    honest = emit_body.spell

    def spell(e: Any, args: list[str], vector: bool) -> Any:
        found = honest(e, args, vector)
        if (e.op, e.dtype, vector) == ("mul", "i64", False):
            return replace(found, text=f"(long long)(int)({found.text})")
        return found

    emit_body.spell = spell


def denied_comparison() -> None:
    """``a <= b`` is computed as not ``a > b``, which is true of NaN."""
    honest = Exprs.make

    def make(self: Exprs, op: str, args: Any, dtype: str, attr: Any = None) -> Any:
        if op == "le" and args[0].dtype in ("f32", "f64"):
            return honest(self, "not", (honest(self, "gt", args, "bool"),), "bool")
        return honest(self, op, args, dtype, attr)

    Exprs.make = make


MUTATIONS: tuple[Callable[[], None], ...] = (
    dropped_conj,
    wrong_stride,
    lost_nan,
    short_lifetime,
    early_overwrite,
    wrong_row,
    forgotten_tail,
    lost_remainder,
    unordered_scatter,
    last_of_equals,
    narrow_integers,
    denied_comparison,
)
"""Each is one bug in one place, of the kinds that compilers had."""


def check_mutations(seed: int, say: Callable[[str], None]) -> bool:
    """Whether every seeded bug is found within LIMIT programs; tells where."""
    spawn = multiprocessing.get_context("spawn")
    complete = True
    for mutation in MUTATIONS:
        with spawn.Pool(1) as pool:
            found = pool.apply(_find, (mutation.__name__, seed))
        what = f"{mutation.__name__} ({str(mutation.__doc__).rstrip('.')})"
        if found is None:
            say(f"NOT FOUND in {LIMIT} programs: {what}")
            complete = False
        else:
            say(f"found by program {found[0]}: {what}\n    {found[1]}")
    return complete


def _find(name: str, seed: int) -> tuple[int, str] | None:
    """In a process of its own: how many programs it takes to find one bug, and what is wrong."""
    torch.set_num_threads(1)
    {mutation.__name__: mutation for mutation in MUTATIONS}[name]()
    stream = islice(drawn(seed), LIMIT)
    done = 0
    while batch := [program for _, program in islice(stream, BATCH)]:
        for number, verdict in enumerate(judge(batch)):
            if verdict.bad:
                return done + number + 1, verdict.detail.splitlines()[0]
        done += len(batch)
    return None
