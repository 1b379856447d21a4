"""Work: some entries of one section, from samples to verdicts, in this process. Many programs
become one module; a program that does not compile is left out of it and says why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.compiler.passes import check_lowering
from explorable.engine import Instance, engine
from explorable.errors import ExplorableError
from explorable.trace import tensor_bytes, tensor_from_bytes, trace

from .compare import Different, verdict
from .result import Result
from .sample import NO_TENSOR, REFUSED, Sample, eager, unsuitable
from .sections import SECTIONS, Maker, left_out

RUN_SECONDS = 20.0
MEMORY = 256 << 20
"""Bytes for all programs of a module; some samples of volumes alone need more than a figure may."""
Tell = Callable[[str], None]
Made = TypeVar("Made")


@dataclass
class _Program:
    result: Result
    sample: Sample
    entry: Entry


def run_entries(
    section: str, names: Sequence[str], seed: int, wanted: int, tell: Tell
) -> Iterator[Result]:
    """The results of some entries of a section; ``tell`` hears what is being done."""
    torch.set_num_threads(1)
    results: list[Result] = []
    programs: list[_Program] = []
    for name in names:
        result = Result(section, name, seed, wanted)
        start = time.monotonic()
        for sample in _chosen(
            lambda name=name: SECTIONS[section].samples(name, seed), wanted, result, tell
        ):
            result.samples += 1
            tell(f"tracing {name}, {sample.label}")
            traced = _traced(result, sample, f"f{len(programs)}")
            if traced is not None:
                programs.append(_Program(result, sample, traced))
        result.seconds = round(time.monotonic() - start, 2)
        results.append(result)
    tell("compiling")
    for module, part in _modules(programs):
        tell("loading")
        instance = engine().load(module)
        for program in part:
            tell(f"running {program.result.entry}, {program.sample.label}")
            instance = _compared(program, module, instance)
    for result in results:
        if not result.samples:
            why = ", ".join(result.dropped) or NO_TENSOR
            result.fail("all samples", "no test", why)
        yield result


def _chosen(
    draw: Callable[[], Sequence[Maker]], wanted: int, result: Result, tell: Tell
) -> Iterator[Sample]:
    """``wanted`` suitable samples, spread over all; where one is not, its neighbours."""
    makers = _made(draw) or []
    count, found = len(makers), 0
    for number in _spread(count, wanted):
        if found == wanted:
            return
        tell(f"drawing {result.entry}, {number}")
        sample = _made(makers[number])
        why = REFUSED if sample is None else left_out(result.entry, sample) or unsuitable(sample)
        if sample is None or why:
            result.dropped[why] = result.dropped.get(why, 0) + 1
        else:
            found += 1
            yield sample


def _made(maker: Callable[[], Made]) -> Made | None:
    """What a maker of the data base makes; None where torch itself fails."""
    try:
        return maker()
    except Exception:  # whatever torch raises
        return None


def _spread(count: int, wanted: int) -> list[int]:
    """All places, those first that lie evenly, then those between."""
    order: dict[int, None] = {}
    if wanted == 1 and count:
        order[count // 2] = None  # the first is often trivial
    parts = max(wanted, 1)
    while len(order) < min(count, 6 * wanted):
        steps = max(parts - 1, 1)
        order.update(dict.fromkeys(round(k * (count - 1) / steps) for k in range(parts)))
        parts *= 2
    return list(order)


def _traced(result: Result, sample: Sample, name: str) -> Entry | None:
    keys = [f"{name}.x{k}" for k in range(len(sample.seen))]

    def call(values: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        made = sample.function(*[values[k] for k in keys])
        return {f"{name}.y{k}": y for k, y in enumerate(made)}

    try:
        entry = Entry(name, trace(call, dict(zip(keys, sample.seen, strict=True))))
        check_lowering(entry)
    except ExplorableError as error:
        result.fail(sample.label, "refused", error.fact.splitlines()[0])
        return None
    except Exception as error:  # a mistake of ours, and one of this entry alone
        result.fail(sample.label, "broken", f"{type(error).__name__}: {error}"[:300])
        return None
    return entry


def _modules(programs: Sequence[_Program]) -> Iterator[tuple[Module, Sequence[_Program]]]:
    """One module of all programs; where that fails, of halves, down to the one at fault."""
    if not programs:
        return
    try:
        module = compile_module([p.entry for p in programs], relaxed=False, memory_limit=MEMORY)
    except Exception as error:  # ExplorableError or a mistake of ours
        if len(programs) == 1:
            kind = "refused" if isinstance(error, ExplorableError) else "broken"
            text = f"{type(error).__name__}: {error}".splitlines()
            programs[0].result.fail(programs[0].sample.label, kind, " ".join(text)[:300])
            return
        middle = len(programs) // 2
        yield from _modules(programs[:middle])
        yield from _modules(programs[middle:])
    else:
        yield module, programs


def _compared(program: _Program, module: Module, instance: Instance) -> Instance:
    """Runs a program on the values unseen so far; the instance, a new one where it died."""
    name, result, sample = program.entry.name, program.result, program.sample
    try:
        for k, x in enumerate(sample.unseen):
            instance.write(f"{name}.x{k}", tensor_bytes(_widened(x, module, f"{name}.x{k}"))[1])
        instance.run(name, seconds=RUN_SECONDS)
        want = eager(sample, sample.unseen)
        slots = [module.slot(f"{name}.y{k}") for k in range(len(program.entry.graph.outputs))]
        got = [tensor_from_bytes(slot.type, instance.read(slot.name)) for slot in slots]
        word = verdict(result.entry, sample, list(map(_narrowed, got, want)), want)
    except Different as error:
        result.fail(sample.label, "wrong", str(error))
    except ExplorableError as error:
        result.fail(sample.label, "crash", error.fact.splitlines()[0])
        return engine().load(module)
    except Exception as error:  # a mistake of ours, and one of this entry alone
        result.fail(sample.label, "broken", f"{type(error).__name__}: {error}"[:300])
    else:
        result.passed[word] = result.passed.get(word, 0) + 1
    return instance


def _widened(given: torch.Tensor, module: Module, slot: str) -> torch.Tensor:
    """float16 and bfloat16 lie in slots of float32."""
    return given.float() if module.slot(slot).type.dtype == "float32" else given


def _narrowed(got: torch.Tensor, want: torch.Tensor) -> torch.Tensor:
    """The same on the way back: every number must be one of theirs."""
    if want.dtype in (torch.float16, torch.bfloat16) and got.dtype == torch.float32:
        narrow = got.to(want.dtype)
        if torch.allclose(narrow.to(got.dtype), got, rtol=0, atol=0, equal_nan=True):
            return narrow
    return got
