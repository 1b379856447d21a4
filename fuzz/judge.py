"""Judging: programs are traced, compiled together, run in V8 and compared with eager torch.

A number that is off is accepted within four times the distance that float64, or noise of one unit
in the last place of every rounded result, moves it: then no compiler could be asked to match it.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from explorable.compiler import Entry, Module, compile_module
from explorable.compiler.halves import in_float32
from explorable.compiler.lower import Places, lower_entry
from explorable.engine import engine
from explorable.errors import ExplorableError
from explorable.graphs import Graph
from explorable.trace import (
    float64_reference,
    random_numbers,
    tensor_bytes,
    tensor_from_bytes,
    trace,
)

from .draft import REFUSALS
from .noise import Noise
from .program import Program, Tensors

TURNS = (0, 1, 2)
"""Which draws of values a program is compared on."""
RELATIVE = {torch.float32: 2e-5, torch.complex64: 2e-5}
EXACT = 1e-11
"""The tolerance of float64 and complex128."""
FARTHER = 4.0
ATTEMPTS = 25
"""How often noise is drawn anew before a number that is off is called wrong."""
SECONDS = 120
"""Work on a trace or a build beyond this is a hang; waiting for a run, five times as long."""


@dataclass(frozen=True)
class Verdict:
    """What became of one program: ``passed``, ``excused`` (passed, some number ill-conditioned),
    ``refused`` (an error of ours that says why), ``mismatch``, ``crash`` or ``hang``."""

    outcome: str
    detail: str = ""
    operations: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        return self.outcome in ("mismatch", "crash", "hang")


class Hang(Exception):  # noqa: N818 it is not an error but the end of patience
    """Something took longer than SECONDS."""


@contextmanager
def limited(seconds: int = SECONDS) -> Generator[None]:
    """Raises Hang inside when this process has worked so long, however busy the machine is."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def operations(graph: Graph) -> tuple[str, ...]:
    """The operations of a graph as it is lowered, those in bodies of loops too."""
    found: list[str] = []
    for node in in_float32(graph).nodes:
        found.append(node.op)
        for arg in node.args:
            if isinstance(arg, Graph):
                found += operations(arg)
    return tuple(found)


def entry_of(program: Program, name: str) -> Entry:
    """The program as an entry; results that are states take the place of their arguments."""
    places = [f"{name}.{a.name}" for a in program.arguments]
    states = {result: places[argument] for result, argument in program.states}

    def call(given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        results = program.function(*[given[place] for place in places])
        return {states.get(k, f"{name}.y{k}"): result for k, result in enumerate(results)}

    examples = dict(zip(places, program.values(0), strict=True))
    return Entry(name, trace(call, examples))


def judge(
    programs: Sequence[Program], given: Sequence[Entry | Verdict] | None = None
) -> list[Verdict]:
    """The verdicts of programs that are compiled into one module; ``given``: what `traced` gave."""
    verdicts: dict[int, Verdict] = {}
    entries: dict[int, Entry] = {}
    for number, found in enumerate(traced(programs) if given is None else given):
        checked = found if isinstance(found, Verdict) else _checked(found)
        if isinstance(checked, Verdict):
            verdicts[number] = checked
        else:
            entries[number] = checked
    _run(programs, entries, verdicts)
    return [verdicts[number] for number in range(len(programs))]


def traced(programs: Sequence[Program]) -> list[Entry | Verdict]:
    """The programs as entries f0, f1, ..., or why they are none."""
    return [
        _guarded(lambda k=k, p=program: entry_of(p, f"f{k}")) for k, program in enumerate(programs)
    ]


def _checked(entry: Entry) -> Entry | Verdict:
    """The entry, if it can be lowered."""
    used = operations(entry.graph)

    def lower() -> Entry:
        lower_entry(Entry(entry.name, in_float32(entry.graph)), Places())
        return entry

    return _guarded(lower, used)


def _guarded(make: Callable[[], Entry], used: tuple[str, ...] = ()) -> Entry | Verdict:
    """What ``make`` gives, or what is wrong."""
    try:
        with limited(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()
    except Hang:
        return Verdict("hang", "tracing or lowering", used)
    except ExplorableError as error:
        internal = "leaves its buffer" in error.fact or "lowered to" in error.fact
        return Verdict("crash" if internal else "refused", str(error), used)
    except Exception as error:  # whatever it is, it is not ours to raise
        return Verdict("crash", f"{type(error).__name__}: {error}", used)


def _run(
    programs: Sequence[Program], entries: dict[int, Entry], verdicts: dict[int, Verdict]
) -> None:
    """Compile and run these entries; where that fails, each half of them."""
    if not entries:
        return
    try:
        with limited():
            module = compile_module(list(entries.values()), relaxed=False)
    except Exception as error:  # the same: a crash of the compiler
        halves = _halves(entries)
        if len(halves) == 2:
            for half in halves:
                _run(programs, half, verdicts)
            return
        (number,) = entries
        outcome = "hang" if isinstance(error, Hang) else "crash"
        used = operations(entries[number].graph)
        verdicts[number] = Verdict(outcome, f"{type(error).__name__}: {error}", used)
        return
    for number, entry in entries.items():
        verdict = _compared(programs[number], module, entry.name)
        used = operations(entry.graph)
        verdicts[number] = Verdict(verdict.outcome, verdict.detail, used)


def _halves(entries: dict[int, Entry]) -> list[dict[int, Entry]]:
    keys = list(entries)
    parts = [keys[: len(keys) // 2], keys[len(keys) // 2 :]]
    return [{k: entries[k] for k in part} for part in parts if part]


def _compared(program: Program, module: Module, name: str) -> Verdict:
    """The program on every turn of values, in memory that the turn before has used."""
    excused = ""
    try:
        instance = engine().load(module)
        for turn in TURNS:
            try:
                expected = eager(program, turn)
            except REFUSALS:
                continue  # torch itself refuses these values
            for argument, value in zip(program.arguments, program.values(turn), strict=True):
                instance.write(f"{name}.{argument.name}", tensor_bytes(value)[1])
            instance.run(name, seconds=5 * SECONDS)
            states = dict(program.states)
            for k, wanted in enumerate(expected):
                place = program.arguments[states[k]].name if k in states else f"y{k}"
                slot = module.slot(f"{name}.{place}")
                got = tensor_from_bytes(slot.type, instance.read(slot.name))
                fault = difference(wanted, got)
                if fault and ill_conditioned(program, turn, k, wanted, got):
                    excused = fault
                elif fault:
                    return Verdict("mismatch", f"turn {turn}, result {k}: {fault}")
    except ExplorableError as error:
        return Verdict("hang" if "did not end" in error.fact else "crash", str(error))
    return Verdict("excused" if excused else "passed", excused)


def eager(program: Program, turn: int) -> Tensors:
    """What torch gives on the values of a turn."""
    values = program.values(turn)
    with warnings.catch_warnings(), random_numbers():
        warnings.simplefilter("ignore")
        return tuple(result.detach().clone() for result in program.function(*values))


def difference(expected: torch.Tensor, got: torch.Tensor) -> str:
    """What is wrong with a result; empty if it agrees."""
    if expected.shape != got.shape or expected.dtype != got.dtype:
        return f"{expected.dtype}{list(expected.shape)} is {got.dtype}{list(got.shape)}"
    away = _distances(expected, got)
    if not away.numel():
        return ""
    limit = _limit(expected)
    worst = int(away.reshape(-1).argmax())
    if float(away.max()) <= limit:
        return ""
    wanted, found = _flat(expected)[worst], _flat(got)[worst]
    return f"element {worst} of {list(expected.shape)} is {found}, torch says {wanted}"


def _limit(expected: torch.Tensor) -> float:
    if not (expected.is_floating_point() or expected.is_complex()):
        return 0.0
    flat = _flat(expected).double()
    finite = flat[flat.isfinite()].abs()
    scale = float(finite.max()) if finite.numel() else 0.0
    return RELATIVE.get(expected.dtype, EXACT) * scale


def _distances(expected: torch.Tensor, got: torch.Tensor) -> torch.Tensor:
    """How far apart the elements are; infinitely where NaN or infinity stand in other places.

    In complex numbers one infinite or undefined part is as good as the other."""
    one, other = _flat(expected).double(), _flat(got).double()
    if not (expected.is_floating_point() or expected.is_complex()):
        return (_flat(expected) != _flat(got)).double()
    if expected.is_complex():
        odd = [~x.reshape(-1, 2).isfinite().all(-1, keepdim=True) for x in (one, other)]
        both = (odd[0] & odd[1]).expand(-1, 2).reshape(-1)
        one, other = torch.where(both, 0.0, one), torch.where(both, 0.0, other)
    same = (one == other) | (one.isnan() & other.isnan())
    strange = ~(one.isfinite() & other.isfinite())
    return torch.where(same, 0.0, torch.where(strange, torch.inf, (one - other).abs()))


def _flat(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_complex():
        return torch.view_as_real(tensor.resolve_conj()).reshape(-1)
    return tensor.reshape(-1)


def ill_conditioned(
    program: Program, turn: int, number: int, expected: torch.Tensor, got: torch.Tensor
) -> bool:
    """Whether rounding alone moves this result about as far."""
    if expected.shape != got.shape or expected.dtype != got.dtype:
        return False
    away = float(_distances(expected, got).max())
    farthest = 0.0
    for seed in range(ATTEMPTS):
        try:
            other = _otherwise(program, turn, seed)[number]
        except REFUSALS:
            continue
        if other.shape != expected.shape:
            continue
        if seed == 0 and _too_large(expected, got, other):
            return True
        farthest = max(farthest, float(_distances(expected, other.to(expected.dtype)).max()))
        if away <= FARTHER * farthest + _limit(expected):
            return True
    return False


def _too_large(expected: torch.Tensor, got: torch.Tensor, exact: torch.Tensor) -> bool:
    """Whether all that differs has no place in its dtype. It is infinite or, where infinities meet
    on the way, undefined; of torch's own kernels some do the one, some the other."""
    if not (expected.is_floating_point() or expected.is_complex()):
        return False
    wrong = _distances(expected, got) > _limit(expected)
    large = _flat(exact).abs() > torch.finfo(expected.dtype).max
    return bool((large & ~_flat(got).isfinite())[wrong].all())


def _otherwise(program: Program, turn: int, seed: int) -> Tensors:
    """The program in float64 (seed 0), or with noise."""
    values = program.values(turn)
    mode = float64_reference() if seed == 0 else Noise(seed)
    if isinstance(mode, Noise):
        values = tuple(mode.moved(x) if x.is_complex() else x for x in values)
    # torch's fused attention has other results where a score is infinite.
    apart = sdpa_kernel(SDPBackend.MATH)
    with warnings.catch_warnings(), mode, random_numbers(), apart:
        warnings.simplefilter("ignore")
        return tuple(result.detach().clone() for result in program.function(*values))
