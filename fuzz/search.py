"""The search: programs by number, judged in batches, failures shrunk, all of it kept in one file,
so that a run that was stopped goes on where it was."""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.database import InMemoryExampleDatabase

from explorable.compiler.lower import LOWERINGS

from .grammar import programs
from .judge import Verdict, entry_of, judge, limited
from .passes import wrong_pass
from .program import Program
from .reduce import reduced

BATCH = 40
"""Programs of one module."""
ENTROPY = 6000
"""Bytes that one program is drawn from."""
PATIENCE = 30
"""Seconds that each way of shrinking one failure may take."""
ENOUGH = 50
"""Programs that every lowering should meet in a full run."""
OF_SIZES = {"aten.sym_size", "aten.sym_numel"}
"""Lowerings of sizes that move, which no program has; tests/test_sizes.py runs those."""


@dataclass(frozen=True)
class Failure:
    """A program that failed: its number, what happened, and the smallest like it."""

    number: int
    outcome: str
    detail: str
    program: str
    smallest: str


@dataclass
class Tally:
    """What a run has seen so far."""

    seed: int
    next: int = 0
    programs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    lowerings: Counter[str] = field(default_factory=Counter[str])
    lines: Counter[int] = field(default_factory=Counter[int])
    gradients: int = 0
    in_place: int = 0
    seconds: float = 0.0
    refusals: Counter[str] = field(default_factory=Counter[str])
    failures: list[Failure] = field(default_factory=list[Failure])

    def add(self, program: Program, verdict: Verdict) -> None:
        """Count one program."""
        self.programs += 1
        self.outcomes[verdict.outcome] += 1
        self.lines[len(program.lines)] += 1
        self.gradients += program.gradient
        self.in_place += program.in_place
        self.lowerings.update({lowering_of(op) for op in verdict.operations})
        if verdict.outcome == "refused":
            self.refusals[verdict.detail.splitlines()[0]] += 1

    @property
    def bad(self) -> int:
        return sum(self.outcomes[name] for name in ("mismatch", "crash", "hang"))

    def save(self, path: Path) -> None:
        """Write the tally, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        plain = vars(self) | {"failures": [vars(failure) for failure in self.failures]}
        beside.write_text(json.dumps(plain, indent=1), encoding="utf-8")
        beside.replace(path)

    @classmethod
    def load(cls, path: Path, seed: int) -> Tally:
        """The tally of an earlier run of this seed, or a new one."""
        if not path.exists():
            return cls(seed)
        known = json.loads(path.read_text(encoding="utf-8"))
        for name in ("outcomes", "lowerings", "refusals"):
            known[name] = Counter(known[name])
        known["lines"] = Counter({int(k): n for k, n in known["lines"].items()})
        known["failures"] = [Failure(**failure) for failure in known["failures"]]
        return cls(**known)


def lowering_of(op: str) -> str:
    """The name in the table of lowerings that an operation goes by."""
    packet = ".".join(op.split(".")[:2])
    return op if op in LOWERINGS else packet


def entropy(seed: int, number: int) -> bytes:
    """What program ``number`` of a seed is drawn from."""
    return Random(f"{seed}:{number}").randbytes(ENTROPY)


def program_of(seed: int, number: int) -> Program | None:
    """Program ``number`` of a seed; None for the few numbers that give none."""
    found: list[Program] = []
    _under_test(found.append).hypothesis.fuzz_one_input(entropy(seed, number))
    return found[0] if found else None


def drawn(seed: int, start: int = 0) -> Iterator[tuple[int, Program]]:
    """The programs of a seed with their numbers, without end."""
    number = start
    while True:
        program = program_of(seed, number)
        if program is not None:
            yield number, program
        number += 1


def search(tally: Tally, count: int, path: Path | None, say: Callable[[str], None]) -> Tally:
    """Judge programs until ``count`` of this seed are done; failures are shrunk and told."""
    stream = drawn(tally.seed, tally.next)
    gc.collect()
    gc.freeze()
    gc.disable()  # tracing makes many objects, and half its time would go into looking at them
    while tally.programs < count:
        begun = time.monotonic()
        batch = [next(stream) for _ in range(min(BATCH, count - tally.programs))]
        verdicts = judge([program for _, program in batch])
        for (number, program), verdict in zip(batch, verdicts, strict=True):
            tally.add(program, verdict)
            if verdict.bad:
                say(f"\n{verdict.outcome} in program {number}: {verdict.detail}")
                smallest = shrunk(tally.seed, number, program)
                say(smallest)
                failure = Failure(number, verdict.outcome, verdict.detail, str(program), smallest)
                tally.failures.append(failure)
        tally.next = batch[-1][0] + 1
        tally.seconds += time.monotonic() - begun
        if path is not None:
            tally.save(path)
        shown = ", ".join(f"{n} {name}" for name, n in sorted(tally.outcomes.items()))
        say(f"{tally.programs} programs, {tally.seconds:.0f} s: {shown}")
        gc.collect()
    return tally


def judge_again(tally: Tally, say: Callable[[str], None]) -> Tally:
    """Judge the failures of a run once more, by the compiler of now, and keep what still fails."""
    failures, tally.failures = tally.failures, []
    for known in failures:
        program = program_of(tally.seed, known.number)
        if program is None:  # the grammar has changed since
            tally.failures.append(known)
            continue
        (verdict,) = judge([program])
        say(f"program {known.number}: {known.outcome}, now {verdict.outcome} {verdict.detail}")
        tally.outcomes[known.outcome] -= 1
        tally.outcomes[verdict.outcome] += 1
        if verdict.bad:
            found = replace(known, outcome=verdict.outcome, detail=verdict.detail)
            tally.failures.append(found)
    return tally


def shrunk(seed: int, number: int, program: Program) -> str:
    """The smallest program like this one that still fails, with what is wrong with it."""
    known: dict[str, Verdict] = {}
    end = time.monotonic() + PATIENCE

    def fails(candidate: Program) -> bool:
        text = str(candidate)
        if text not in known:
            if time.monotonic() > end:
                return False
            (known[text],) = judge([candidate])
        return known[text].bad

    if not fails(program):
        return "# it passes when it is judged alone"
    found = reduced(program, fails)
    end += PATIENCE
    smaller: list[Program] = []

    def check(candidate: Program) -> None:
        if fails(candidate):
            smaller[:] = [candidate]
            raise Found

    test = _under_test(check)
    for run in (lambda: test.hypothesis.fuzz_one_input(entropy(seed, number)), test):
        with suppress(Found, BaseExceptionGroup):
            run()
    if smaller:
        found = min((found, reduced(smaller[0], fails)), key=lambda p: len(str(p)))
    verdict = known[str(found)]
    return f"# {verdict.outcome}: {verdict.detail}\n# {_where(found)}\n{found}"


def _where(program: Program) -> str:
    """Which step of the compiler goes wrong."""
    try:
        with limited():
            fault = wrong_pass(program, entry_of(program, "f"))
    except Exception as error:  # what cannot be traced or lowered says so itself
        return f"{type(error).__name__} before any pass"
    return f"wrong after {fault}" if fault else "every pass is right: look at the C"


class Found(Exception):  # noqa: N818 what a search hopes for is no error
    """A program fails."""


def _under_test(check: Callable[[Program], None]) -> Any:  # Any: Hypothesis adds attributes
    """A Hypothesis test of one program; it remembers what failed, and shrinks it when called."""

    @settings(
        database=InMemoryExampleDatabase(),
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
        print_blob=False,
        max_examples=1,
    )
    @given(programs())
    def test(program: Program) -> None:
        check(program)

    return test


def report(tally: Tally) -> str:
    """The run in numbers, and the lowerings that few programs met."""
    count = max(tally.programs, 1)
    lines = [f"{tally.programs} programs of seed {tally.seed} in {tally.seconds / 60:.0f} minutes"]
    lines += [f"  {name}: {n}" for name, n in sorted(tally.outcomes.items())]
    long = sum(n for length, n in tally.lines.items() if length >= 6)
    lines.append(
        f"  with gradients {tally.gradients / count:.0%}, in place {tally.in_place / count:.0%}, "
        f"of 1 to {max(tally.lines, default=0)} lines, {long / count:.0%} of 6 or more"
    )
    seldom = {name: tally.lowerings[name] for name in sorted(LOWERINGS) if name not in OF_SIZES}
    few = [f"{name} {n}" for name, n in seldom.items() if 0 < n < ENOUGH]
    never = [name for name, n in seldom.items() if not n]
    enough = len(seldom) - len(few) - len(never)
    lines.append(f"lowerings met by {ENOUGH} programs or more: {enough} of {len(seldom)}")
    lines.append(f"  by fewer ({len(few)}): " + ", ".join(few))
    lines.append(f"  by none ({len(never)}): " + ", ".join(never))
    if tally.refusals:
        lines.append("refused, by reason:")
        lines += [f"  {n:4d} {reason}" for reason, n in tally.refusals.most_common(40)]
    lines += [
        f"{failure.outcome} in program {failure.number}:\n{failure.smallest}"
        for failure in tally.failures
    ]
    return "\n".join(lines)
