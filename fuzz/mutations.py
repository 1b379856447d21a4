"""Seeded compiler bugs: does the search find them? Programs are traced once; copies of the process,
each with one bug in its compiler, judge them until one fails."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import Any

from explorable.compiler import Entry, emit, emit_body, emit_loops, fuse, plan
from explorable.compiler import index as ix
from explorable.compiler.expr import Exprs
from explorable.compiler.lower import LOWERINGS

from .judge import Verdict, judge, traced
from .program import Program
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
    """``x != x`` is folded to false, as it would be if there were no NaN."""
    honest = Exprs.make

    def make(self: Exprs, op: str, args: Any, dtype: str, attr: Any = None) -> Any:
        if op == "ne" and args[0] is args[1]:
            return self.const(False, "bool")
        return honest(self, op, args, dtype, attr)

    Exprs.make = make


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

    def narrow(e: Any, args: list[str], vector: bool) -> Any:
        found = honest(e, args, vector)
        if (e.op, e.dtype, vector) == ("mul", "i64", False):
            return replace(found, text=f"(long long)(int)({found.text})")
        return found

    emit_body.spell = narrow


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


@dataclass(frozen=True)
class Batch:
    """Programs with their numbers, traced by this process for all others."""

    numbers: tuple[int, ...]
    programs: tuple[Program, ...]
    entries: tuple[Entry | Verdict, ...]


def check_mutations(seed: int, say: Callable[[str], None]) -> bool:
    """Whether every seeded bug is found within LIMIT programs; tells where."""
    missing = list(MUTATIONS)
    stream = takewhile(lambda item: item[0] < LIMIT, drawn(seed))
    while missing and (chunk := list(islice(stream, BATCH))):
        programs = tuple(program for _, program in chunk)
        batch = Batch(tuple(n for n, _ in chunk), programs, tuple(traced(programs)))
        honest = _apart(batch, None)
        for mutation in tuple(missing):
            found = {n: what for n, what in _apart(batch, mutation).items() if n not in honest}
            if found:
                first = min(found)
                say(f"found by program {first}: {mutation.__name__}, {mutation.__doc__}")
                say(f"    {found[first].splitlines()[0]}")
                missing.remove(mutation)
    for mutation in missing:
        say(f"NOT FOUND in {LIMIT} programs: {mutation.__name__}, {mutation.__doc__}")
    return not missing


def _apart(batch: Batch, mutation: Callable[[], None] | None) -> dict[int, str]:
    """What fails, judged by a copy of this process with one bug in it, or none."""
    context = multiprocessing.get_context("fork")
    answer = context.SimpleQueue()

    def work() -> None:
        if mutation is not None:
            mutation()
        verdicts = judge(batch.programs, batch.entries)
        bad = {n: v.detail for n, v in zip(batch.numbers, verdicts, strict=True) if v.bad}
        answer.put(bad)

    process = context.Process(target=work)
    process.start()
    process.join()
    return answer.get() if process.exitcode == 0 else {batch.numbers[0]: "the process died"}
