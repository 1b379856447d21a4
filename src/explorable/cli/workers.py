"""Worker processes: each carries out tasks of work.py one after another; a death is a Problem.

Processes are spawned, so nothing of the author's leaks into the one that talks to him.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from ..errors import ExplorableError
from .work import Outcome, Problem, Stopped, Task, from_cache, perform

Watch = Callable[[Task, "str | Outcome"], None]

IDLE = 1.0
"""A worker that has had no task for so many seconds looks for garbage."""


class Workers:
    """A few processes that build files.

    >>> with Workers(2) as workers:
    ...     for outcome in workers.run([Task(path) for path in paths]):
    ...         print(outcome.source.name, len(outcome.bundles))

    A process starts with the first task that the cache cannot answer, and stays for the next ones.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = count or max(1, os.cpu_count() or 1)
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._stopped = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start a process that is ready when the next task comes."""
        if not self._idle:
            worker = _Worker()
            worker.begin(Task(Path(), "warm"))
            self._idle.append(worker)

    def stop(self) -> None:
        """Break off what is being done: outcomes to come are `stopped`. Processes live on."""
        self._stopped = True
        for worker in list(self._busy):
            worker.stop()

    def close(self) -> None:
        """End the processes."""
        for worker in self._idle:
            worker.end()
        self._idle.clear()

    def run(self, tasks: Sequence[Task], watch: Watch | None = None) -> Iterator[Outcome]:
        """Carry out tasks side by side; outcomes come as they are ready. ``watch`` hears stages,
        and early outcomes."""
        self._stopped = False
        waiting: SimpleQueue[Task | None] = SimpleQueue()
        ready: SimpleQueue[Outcome | BaseException] = SimpleQueue()
        for task in tasks:
            waiting.put(task)
        threads = [
            Thread(target=self._serve, args=(waiting, ready, watch), daemon=True)
            for _ in range(min(self.count, len(tasks)))
        ]
        for thread in threads:
            waiting.put(None)
            thread.start()
        for _ in tasks:
            outcome = ready.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome

    def _serve(
        self,
        waiting: SimpleQueue[Task | None],
        ready: SimpleQueue[Outcome | BaseException],
        watch: Watch | None,
    ) -> None:
        worker: _Worker | None = None
        while (task := waiting.get()) is not None:
            try:
                outcome = from_cache(task)
                if outcome is None and self._stopped:
                    outcome = Outcome(task.source, stopped=True)
                if outcome is None:
                    if worker is None:
                        worker = self._idle.pop() if self._idle else _Worker()
                        self._busy.append(worker)
                    outcome = worker.ask(task, watch)
                    if task.measure:
                        worker.end()
                    if task.measure or not worker.alive:
                        self._busy.remove(worker)
                        worker = None
                ready.put(outcome)
            except BaseException as error:  # told where it is waited for
                ready.put(error)
        if worker is not None:
            self._busy.remove(worker)
            self._idle.append(worker)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.alive = True
        self.owed = 0
        """Answers to come that nobody waits for."""

    def begin(self, task: Task) -> None:
        """Give a task whose outcome does not matter."""
        self.pipe.send(task)
        self.owed += 1

    def stop(self) -> None:
        """Break off the task that is being done, if one is."""
        with suppress(OSError):
            self.pipe.send(None)

    def ask(self, task: Task, watch: Watch | None) -> Outcome:
        try:
            self.pipe.send(task)
            while self.owed:
                self.pipe.recv()
                self.owed -= 1
            while not isinstance(answer := self.pipe.recv(), Outcome) or answer.early:
                if watch is not None:
                    watch(task, answer)
            return answer
        except (EOFError, OSError):
            self.alive = False
            self.process.join()
            fact = f"the process that built '{task.source.name}' ended with {self.process.exitcode}"
            fix = "it may have run out of memory, or the file calls exit()"
            message = str(ExplorableError("cli", fact, where=str(task.source), fix=fix))
            return Outcome(task.source, problems=(Problem(message),))

    def end(self) -> None:
        with suppress(OSError):
            self.pipe.close()
        self.process.join(timeout=2)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


def _work(pipe: Connection) -> None:
    """The life of a worker: a task in, stages and an outcome out, until the pipe closes."""
    # Ctrl-C goes to the whole group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    before: str | Outcome = ""
    begun = False

    def begin() -> None:
        nonlocal begun
        if not begun:
            _keep_all()
            begun = True

    def tell(told: str | Outcome) -> None:
        nonlocal before
        if told != before:
            pipe.send(told)
            before = told
        if isinstance(told, Outcome):
            begin()  # while the author looks at what there is, not when he has saved again
        if pipe.poll():  # something else is wanted by now
            raise Stopped

    with suppress(EOFError, OSError):
        while True:
            if begun and not pipe.poll(IDLE):
                gc.collect()
            task: Task | None = pipe.recv()
            if task is not None:  # else it came too late to stop anything
                before = ""
                pipe.send(perform(task, tell))
                begin()


def _keep_all() -> None:
    """What there is after a first task is torch and ourselves, millions of objects that stay: the
    search for garbage, a fifth of a warm build, leaves them out and waits until nothing is left to
    do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000_000, 10, 100)
