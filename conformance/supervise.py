"""Supervise: entries go in batches to a process that may die or hang; each batch that does is run
again entry by entry, so that only the one at fault is without a result."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import Empty, Queue
from threading import Thread

from .result import Result

BATCH = 10
SILENCE_SECONDS = 240.0
"""No single step, not even compiling a batch, is silent for so long unless it hangs."""
START_SECONDS = 240.0
"""A process imports torch before its first step: half a minute on a machine with much to do."""
BATCHES_PER_PROCESS = 25
"""Then a fresh one: torch's own caches grow with every trace."""

Batch = tuple[str, list[str]]
Run = Callable[[str, Sequence[str], int, int, Callable[[str], None]], Iterator[Result]]


@dataclass(frozen=True)
class Order:
    """What is asked of every process: ``run`` is a function that it can import by its name."""

    run: Run
    seed: int
    wanted: int


def run_all(order: Order, work: dict[str, list[str]], jobs: int) -> Iterator[tuple[Result, int]]:
    """Every result as it comes, and how many entries are left."""
    batches: Queue[Batch] = Queue()
    left = 0
    for section, names in work.items():
        left += len(names)
        for start in range(0, len(names), BATCH):
            batches.put((section, names[start : start + BATCH]))
    results: Queue[Result | None] = Queue()
    for _ in range(jobs):
        Thread(target=_attend, args=(order, batches, results), daemon=True).start()
    ended = 0
    while ended < jobs:
        result = results.get()
        if result is None:
            ended += 1
            continue
        left -= 1
        yield result, left


def _attend(order: Order, batches: Queue[Batch], results: Queue[Result | None]) -> None:
    worker: _Worker | None = None
    try:
        while True:
            try:
                section, names = batches.get_nowait()
            except Empty:
                return
            worker = _results_of(order, worker, section, names, results)
    finally:
        if worker is not None:
            worker.end()
        results.put(None)


def _results_of(
    order: Order,
    worker: _Worker | None,
    section: str,
    names: list[str],
    results: Queue[Result | None],
) -> _Worker | None:
    """Puts a result of every entry into ``results``; the process to go on with, if one lives."""
    if worker is not None and worker.batches >= BATCHES_PER_PROCESS:
        worker.end()
        worker = None
    if worker is None:
        worker = _Worker(order)
    found, end = worker.batch(section, names)
    for result in found:
        results.put(result)
    if end is None:
        return worker
    worker.end()
    if len(names) == 1:
        result = Result(section, names[0], order.seed, order.wanted)
        result.fail("all samples", "crash", end)
        results.put(result)
        return None
    done = {result.entry for result in found}
    worker = None
    for name in names:
        if name not in done:
            worker = _results_of(order, worker, section, [name], results)
    return worker


class _Worker:
    """One process that runs batches."""

    def __init__(self, order: Order) -> None:
        context = multiprocessing.get_context("spawn")
        self.batches = 0
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, order), daemon=True)
        self._process.start()
        there.close()

    def batch(self, section: str, names: list[str]) -> tuple[list[Result], str | None]:
        """Results, and how it ended if not well."""
        self.batches += 1
        found: list[Result] = []
        doing = "starting"
        try:
            self._here.send((section, names))
            while True:
                limit = START_SECONDS if doing == "starting" else SILENCE_SECONDS
                if not self._here.poll(limit):
                    return found, f"hung for {limit:.0f} s while {doing}"
                said = self._here.recv()
                if isinstance(said, str):
                    doing = said
                elif isinstance(said, Result):
                    found.append(said)
                else:
                    return found, None
        except (EOFError, OSError):
            self._process.join(5)
            return found, f"the process died ({self._process.exitcode}) while {doing}"

    def end(self) -> None:
        """Stop the process."""
        self._process.kill()
        self._process.join()
        self._here.close()


def _serve(there: Connection, order: Order) -> None:
    warnings.simplefilter("ignore")  # torch warns about deprecated forms in its own samples
    while True:
        try:
            section, names = there.recv()
        except EOFError:
            return
        for result in order.run(section, names, order.seed, order.wanted, there.send):
            there.send(result)
        there.send(None)
