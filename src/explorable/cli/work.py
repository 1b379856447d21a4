"""What a worker process does with one file of the author: build or check it, whatever it raises.

The only module of the command line that loads figures, and so torch; it runs in processes of
workers.py, never in the one that talks to the author.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import linecache
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from unittest import mock

from .. import cache
from ..errors import ExplorableError, Line
from ..figures.bundle import Bundle
from ..figures.cells import Cell
from ..recording import Reading, is_library, recording
from .new import make_folder

if TYPE_CHECKING:
    from ..figures.figure import Figure

Progress = Callable[["str | Outcome"], None]
"""Hears the stage that begins; and, where the task asks for it, what there is to show already."""


@dataclass(frozen=True)
class Spent:
    """Seconds of one stage of a group of figures, or of loading them all."""

    figures: str
    stage: str
    seconds: float


@dataclass(frozen=True)
class Task:
    """One file of the author, and what to do with it."""

    source: Path
    action: Literal["build", "check", "warm"] = "build"
    """To warm is to build what `explorable new` makes, for nothing: torch, V8 and all else that a
    process starts once are there when the author saves his file."""
    use_cache: bool = True
    named: bool = True
    """The author named the file itself: then a file without figures is a mistake."""
    cells: tuple[Cell, ...] | None = None
    """The code of a document; None: the file is Python."""
    placed: tuple[str, ...] = ()
    """Figures that a document's text asks for, beside those its cells show."""
    early: bool = False
    """Tell what was built before it is compared with PyTorch."""
    measure: bool = False
    """Do it twice, in a new process and with no cache, and tell the seconds of both times."""


@dataclass(frozen=True)
class Problem:
    """An error as the author sees it, and the figures that it concerns (none: the whole file)."""

    message: str
    figures: tuple[str, ...] = ()
    line: int | None = None
    """Of the file itself, if the mistake is there."""


@dataclass(frozen=True)
class Outcome:
    """What came of a Task. One broken figure does not stop the others of its file."""

    source: Path
    bundles: tuple[Bundle, ...] = ()
    problems: tuple[Problem, ...] = ()
    names: tuple[str, ...] | None = None
    """All figures of the file in its order; None if it could not be read."""
    checked: tuple[tuple[str, str], ...] = ()
    """(figure, result in words) of a check."""
    outputs: tuple[tuple[Any, ...], ...] = field(default=(), repr=False)  # Any: JSON
    """Of a document, per cell: what it showed, as a notebook file has it."""
    reading: Reading | None = field(default=None, repr=False)
    """What the build read."""
    cached: bool = False
    early: bool = False
    """Told while the work goes on: figures are still to be compared, or to be built."""
    stopped: bool = False
    """The work was broken off; nothing came of it."""
    seconds: float = 0.0
    stages: tuple[Spent, ...] = ()
    """Of loading the file (with torch, the first time in a process), and of each stage of its
    figures."""
    warm: tuple[Spent, ...] = ()
    """The same the second time."""

    @property
    def read(self) -> tuple[str, ...]:
        """Files that the build read."""
        return tuple(self.reading.files) if self.reading is not None else ()


def perform(task: Task, progress: Progress) -> Outcome:
    """Carry out a task in this process; a problem is part of the Outcome, never raised."""
    start = time.perf_counter()
    sys.dont_write_bytecode = True  # no __pycache__ in the author's folders
    if task.action == "warm":
        return _warm()
    if task.measure:
        with _empty_cache():
            cold = perform(replace(task, measure=False, use_cache=False), progress)
        with _empty_cache():
            warm = perform(replace(task, measure=False, use_cache=False), progress)
        return replace(cold, warm=warm.stages)
    clock = _Clock()
    with recording() as recorded:
        try:
            outcome = _perform(task, progress, clock)
        except Stopped:
            outcome = Outcome(task.source, stopped=True)
    reading = recorded.reading()
    if task.cells is not None:
        reading = replace(reading, working_folder=None)  # cells run in their document's folder
    whole = task.action == "build" and not outcome.problems
    if whole and task.use_cache and outcome.names is not None:
        notes = _notes(task) | {"outputs": outcome.outputs}
        cache.store(task.source, {}, reading, outcome.bundles, notes)
    _forget()
    return replace(
        outcome, reading=reading, seconds=time.perf_counter() - start, stages=clock.stages()
    )


def _warm() -> Outcome:
    known = list(sys.path)
    with tempfile.TemporaryDirectory(prefix="explorable-") as folder:
        source = make_folder(Path(folder) / "waves")
        outcome = perform(Task(source, use_cache=False), lambda _: None)
    sys.path[:] = known
    return outcome


@contextmanager
def _empty_cache() -> Generator[None]:
    """Compiled C is not found again."""
    with tempfile.TemporaryDirectory(prefix="explorable-") as folder:
        with mock.patch.dict(os.environ, {"EXPLORABLE_CACHE": folder}):
            yield


class Stopped(BaseException):
    """Raised by who hears of progress, to break the work off."""


class _Clock:
    """The seconds of each stage."""

    def __init__(self) -> None:
        self.spent: dict[tuple[str, str], float] = {}
        self.stage, self.since = ("", "load"), time.perf_counter()

    def enter(self, figures: str, stage: str) -> None:
        """From now on it is this stage."""
        now = time.perf_counter()
        self.spent[self.stage] = self.spent.get(self.stage, 0.0) + now - self.since
        self.stage, self.since = (figures, stage), now

    def stages(self) -> tuple[Spent, ...]:
        """The stages in the order in which they first came."""
        self.enter("", "")
        return tuple(Spent(*stage, seconds) for stage, seconds in self.spent.items())


def from_cache(task: Task) -> Outcome | None:
    """The outcome of an earlier build of the same things; imports no torch."""
    if task.action != "build" or not task.use_cache or task.measure:
        return None
    kept = cache.lookup(task.source, {})
    if kept is None:
        return None
    asked, noted = _notes(task), kept.notes
    moved = asked["lines"] != noted.get("lines")
    if asked["code"] != noted.get("code") or (moved and _says_lines(kept)):
        return None
    names = tuple(figure.name for bundle in kept.bundles for figure in bundle.figures)
    outputs = tuple(tuple(cell) for cell in noted["outputs"])
    return Outcome(
        task.source,
        tuple(kept.bundles),
        names=names,
        outputs=outputs,
        reading=kept.reading,
        cached=True,
    )


def _notes(task: Task) -> dict[str, Any]:  # Any: JSON
    """The code of a document: its prose may change without a build. A file is in its reading."""
    cells = task.cells or ()
    code = [[cell.source, cell.raises] for cell in cells]
    text = json.dumps([task.cells is None, code, task.placed])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"code": digest, "lines": [cell.line for cell in cells]}


def _says_lines(kept: cache.Kept) -> bool:
    """True if what was kept names lines of its document."""
    shown = (output for cell in kept.notes["outputs"] for output in cell)
    return any(b.warnings for b in kept.bundles) or any(
        output["output_type"] == "error" for output in shown
    )


def _perform(task: Task, progress: Progress, clock: _Clock) -> Outcome:
    bundles: list[Bundle] = []
    problems: list[Problem] = []
    checked: list[tuple[str, str]] = []
    progress("load")
    try:
        from ..figures.build import build, check
        from ..figures.load import groups

        figures, outputs = _load(task, problems)
        together = groups(figures)
    except Exception as error:  # the author's code may raise anything, and so may we
        return Outcome(task.source, problems=(_problem(error, task),))
    names = tuple(figure.name for figure in figures)
    if not figures and task.named and task.cells is None:
        fact = f"no figures in '{task.source.name}'"
        fix = "a figure is a function under @ex.figure"
        line = Line(str(task.source), 1)
        none = ExplorableError("cli", fact, line=line, fix=fix)
        return Outcome(task.source, problems=(_problem(none, task),))

    def told(figures: tuple[str, ...], stage: str) -> None:
        clock.enter(", ".join(figures), stage)
        progress(f"{', '.join(figures)}: {stage}")

    shown: list[Bundle] = []

    def show(bundle: Bundle) -> None:
        shown.append(bundle)
        progress(Outcome(task.source, tuple(shown), tuple(problems), names, early=True))

    for group in together:
        held = tuple(figure.name for figure in group)
        try:
            if task.action == "check":
                checked += [(result.name, str(result)) for result in check(group, progress=told)]
            else:
                bundles += build(group, progress=told, show=show if task.early else None)
        except Exception as error:  # as above: the other groups still build
            problems.append(_problem(error, task, held))
    return Outcome(
        task.source, tuple(bundles), tuple(problems), names, tuple(checked), tuple(outputs)
    )


def _load(task: Task, problems: list[Problem]) -> tuple[list[Figure], Sequence[Any]]:
    """The figures of a file, or of a document and what its cells show."""
    if task.cells is None:
        from ..figures.load import load_file

        return load_file(task.source), ()
    from ..figures.document import run_cells

    document = run_cells(task.source, task.cells, task.placed)
    if document.problem is not None:
        problems.append(_problem(document.problem, task))
    return list(document.figures), document.outputs


def _problem(error: Exception, task: Task, figures: tuple[str, ...] = ()) -> Problem:
    number = None
    if isinstance(error, ExplorableError) and error.line is not None:
        here = os.path.abspath(error.line.file) == str(task.source)  # noqa: PTH100  (links stay)
        number = error.line.number if here else None
    return Problem(_words(error), figures, number)


def _words(error: Exception) -> str:
    if isinstance(error, ExplorableError):
        return str(error)
    if os.environ.get("EXPLORABLE_TRACEBACK"):
        return "".join(traceback.format_exception(error)).rstrip()
    fact = f"unexpected {type(error).__name__}: {error}"
    fix = "this is a fault of Explorable itself; EXPLORABLE_TRACEBACK=1 shows where it happened"
    return str(ExplorableError("cli", fact, fix=fix))


def _forget() -> None:
    """Forget the author's modules and lines, so that the next build in this process reads anew."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and name not in ("__main__", "__mp_main__"):
            if not is_library(os.path.abspath(file)):  # noqa: PTH100
                del sys.modules[name]
    linecache.clearcache()
    importlib.invalidate_caches()
