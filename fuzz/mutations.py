"""Seeded compiler bugs: does the search find them? Each is put into the compiler of a child process
that judges programs until one fails."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from itertools import islice, takewhile
from typing import Any

import torch

from explorable.compiler import emit, emit_body, emit_loops, fuse, plan
from explorable.compiler import index as ix
from explorable.compiler.expr import Exprs
from explorable.compiler.lower import LOWERINGS

from .judge import judge
from .search import drawn, program_of

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


def lost_lane() -> None:
    """Sums in lanes leave out the last of four."""
    honest = emit_loops.across

    def across(op: str, dtype: str, value: str) -> str:
        if op == "sum":
            return f"({value}[0] + {value}[1] + {value}[2])"
        return honest(op, dtype, value)

    emit_loops.across = across


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
    lost_lane,
    lost_remainder,
    unordered_scatter,
    last_of_equals,
    narrow_integers,
    denied_comparison,
)
"""Each is one bug in one place, of the kinds that compilers had."""


def check_mutations(seed: int, say: Callable[[str], None]) -> bool:
    """Whether every seeded bug is found within LIMIT programs; tells where."""
    complete = True
    for mutation in MUTATIONS:
        what = f"{mutation.__name__} ({str(mutation.__doc__).rstrip('.')})"
        found, start = None, 0
        while start < LIMIT:
            found = _apart(_find, mutation.__name__, seed, start)
            if found is None or not _apart(_fails, seed, found[0]):
                break
            start = found[0] + 1  # this program fails without the bug as well
        if found is None or start >= LIMIT:
            say(f"NOT FOUND in {LIMIT} programs: {what}")
            complete = False
        else:
            say(f"found by program {found[0]}: {what}\n    {found[1]}")
    return complete


def _apart(function: Callable[..., Any], *args: object) -> Any:
    """What a function gives in a process of its own, whose compiler nobody else uses."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, args)


def _find(name: str, seed: int, start: int) -> tuple[int, str] | None:
    """The number of the first program that one bug makes fail, and what is wrong."""
    torch.set_num_threads(1)
    {mutation.__name__: mutation for mutation in MUTATIONS}[name]()
    stream = takewhile(lambda item: item[0] < LIMIT, drawn(seed, start))
    while batch := list(islice(stream, BATCH)):
        verdicts = judge([program for _, program in batch])
        for (number, _), verdict in zip(batch, verdicts, strict=True):
            if verdict.bad:
                return number, verdict.detail.splitlines()[0]
    return None


def _fails(seed: int, number: int) -> bool:
    """Whether an honest compiler fails at a program."""
    torch.set_num_threads(1)
    program = program_of(seed, number)
    return program is None or judge([program])[0].bad
