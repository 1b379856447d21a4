"""Worker processes: each carries out tasks of work.py one after another; a death is a Problem.

Processes are spawned, so nothing of the author's leaks into the one that talks to him.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from ..errors import ExplorableError
from .work import Outcome, Problem, Task, from_cache, perform

Watch = Callable[[Task, str], None]


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

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        for worker in self._idle:
            worker.end()
        self._idle.clear()

    def run(self, tasks: Sequence[Task], watch: Watch | None = None) -> Iterator[Outcome]:
        """Carry out tasks side by side; outcomes come as they are ready. ``watch`` hears stages."""
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
                if outcome is None:
                    worker = worker or (self._idle.pop() if self._idle else _Worker())
                    outcome = worker.ask(task, watch)
                    if not worker.alive:
                        worker = None
                ready.put(outcome)
            except BaseException as error:  # told where it is waited for
                ready.put(error)
        if worker is not None:
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

    def ask(self, task: Task, watch: Watch | None) -> Outcome:
        try:
            self.pipe.send(task)
            while not isinstance(answer := self.pipe.recv(), Outcome):
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
    with suppress(EOFError, OSError):
        while True:
            task: Task = pipe.recv()
            pipe.send(perform(task, pipe.send))
