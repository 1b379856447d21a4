"""What a worker process does with one file of the author: build or check it, whatever it raises.

The only module of the command line that loads figures, and so torch; it runs in processes of
workers.py, never in the one that talks to the author.
"""

from __future__ import annotations

import importlib
import linecache
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .. import cache
from ..errors import ExplorableError, Line
from ..figures.bundle import Bundle
from ..recording import is_library, recording

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One file of the author, and what to do with it."""

    source: Path
    action: Literal["build", "check"] = "build"
    use_cache: bool = True
    named: bool = True
    """The author named the file itself: then a file without figures is a mistake."""


@dataclass(frozen=True)
class Problem:
    """An error as the author sees it, and the figures that it concerns (none: the whole file)."""

    message: str
    figures: tuple[str, ...] = ()


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
    read: tuple[str, ...] = field(default=(), repr=False)
    """Files that the build read: what `serve` watches."""
    cached: bool = False
    seconds: float = 0.0


def perform(task: Task, progress: Progress) -> Outcome:
    """Carry out a task in this process; a problem is part of the Outcome, never raised."""
    start = time.perf_counter()
    sys.dont_write_bytecode = True  # no __pycache__ in the author's folders
    with recording() as recorded:
        outcome = _perform(task, progress)
    reading = recorded.reading()
    whole = task.action == "build" and not outcome.problems
    if whole and task.use_cache and outcome.names is not None:
        cache.store(task.source, {}, reading, outcome.bundles)
    _forget()
    return Outcome(
        outcome.source,
        outcome.bundles,
        outcome.problems,
        outcome.names,
        outcome.checked,
        tuple(reading.files),
        seconds=time.perf_counter() - start,
    )


def from_cache(task: Task) -> Outcome | None:
    """The outcome of an earlier build of the same things; imports no torch."""
    if task.action != "build" or not task.use_cache:
        return None
    found = cache.lookup(task.source, {})
    if found is None:
        return None
    bundles, reading = found
    names = tuple(figure.name for bundle in bundles for figure in bundle.figures)
    return Outcome(task.source, tuple(bundles), names=names, read=tuple(reading.files), cached=True)


def _perform(task: Task, progress: Progress) -> Outcome:
    bundles: list[Bundle] = []
    problems: list[Problem] = []
    checked: list[tuple[str, str]] = []
    progress("load")
    try:
        from ..figures.build import build, check
        from ..figures.load import groups, load_file

        figures = load_file(task.source)
        together = groups(figures)
    except Exception as error:  # the author's code may raise anything, and so may we
        return Outcome(task.source, problems=(Problem(_words(error)),))
    names = tuple(figure.name for figure in figures)
    if not figures and task.named:
        fact = f"no figures in '{task.source.name}'"
        fix = "a figure is a function under @ex.figure"
        line = Line(str(task.source), 1)
        return Outcome(
            task.source, problems=(Problem(str(ExplorableError("cli", fact, line=line, fix=fix))),)
        )

    def told(figures: tuple[str, ...], stage: str) -> None:
        progress(f"{', '.join(figures)}: {stage}")

    for group in together:
        held = tuple(figure.name for figure in group)
        try:
            if task.action == "check":
                checked += [(result.name, str(result)) for result in check(group, progress=told)]
            else:
                bundles += build(group, progress=told)
        except Exception as error:  # as above: the other groups still build
            problems.append(Problem(_words(error), held))
    return Outcome(task.source, tuple(bundles), tuple(problems), names, tuple(checked))


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
