"""What lies outside a page: the clock, Python's random numbers, the keyboard, threads. A traced
function would ask once, while the page is built, and the page would keep that answer."""

from __future__ import annotations

import builtins
import datetime
import os
import random
import sys
import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any
from unittest import mock

from ...errors import ExplorableError
from ..lines import called_by_author, current_line, file_owner, importing
from .leftovers import author_modules

_CLOCK = "let a control or the step of a simulation say what time it is"
_DRAWN = "which the page draws too"
_FIXES = {
    "random.random": f"use torch.rand(()), {_DRAWN}",
    "random.uniform": f"use low + (high - low) * torch.rand(()), {_DRAWN}",
    "random.gauss": f"use mean + std * torch.randn(()), {_DRAWN}",
    "random.normalvariate": f"use mean + std * torch.randn(()), {_DRAWN}",
    "random.randint": f"use torch.randint(low, high + 1, ()), {_DRAWN}",
    "random.randrange": f"use torch.randint(low, high, ()), {_DRAWN}",
    "random.choice": f"index a tensor with torch.randint(0, n, ()), {_DRAWN}",
    "random.shuffle": f"use x[torch.randperm(len(x))], {_DRAWN}",
    "random.sample": f"use x[torch.randperm(len(x))[:k]], {_DRAWN}",
    "random.seed": "call torch.manual_seed(seed) in the same function",
    "input": "make it a control: ex.slider, ex.text, ex.choice",
}
_DRAWS = [n for n in dir(random) if getattr(getattr(random, n), "__self__", None) is not None]
_CLOCKS = [n for n in dir(time) if n.removesuffix("_ns") in ("time", "perf_counter", "monotonic")]
_SOURCES: tuple[tuple[ModuleType, list[str], str], ...] = (
    (random, [name for name in _DRAWS if not name.startswith("_")], f"use torch.rand, {_DRAWN}"),
    (time, [*_CLOCKS, "process_time", "localtime", "ctime"], _CLOCK),
    (os, ["urandom"], f"use torch.randint, {_DRAWN}"),
    (uuid, ["uuid1", "uuid4"], f"use torch.randint, {_DRAWN}"),
    (builtins, ["input"], ""),
)


def _refusing(name: str, real: Callable[..., Any], fix: str) -> Callable[..., Any]:
    tracing = threading.get_ident()

    def ask(*args: Any, **kwargs: Any) -> Any:
        # What the author's other threads do meanwhile is no part of the figure.
        if threading.get_ident() != tracing or not called_by_author() or importing():
            return real(*args, **kwargs)
        raise ExplorableError(
            "trace",
            f"{name} answers once, while the page is built, and the page would keep the answer",
            line=current_line(),
            fix=fix,
        )

    return ask


def _todays() -> dict[object, object]:
    """What stands for `datetime` and its classes in the author's modules: the same, but that no
    class knows what day it is. Libraries keep theirs."""
    found: dict[object, object] = {}
    for kind, names in (
        (datetime.datetime, ("now", "utcnow", "today")),
        (datetime.date, ("today",)),
    ):
        asked = {
            name: staticmethod(
                _refusing(f"datetime.{kind.__name__}.{name}", getattr(kind, name), _CLOCK)
            )
            for name in names
        }
        found[kind] = type(kind.__name__, (kind,), asked)
    module = ModuleType("datetime")
    classes = {kind.__name__: found[kind] for kind in (datetime.datetime, datetime.date)}
    vars(module).update(vars(datetime) | classes)
    return found | {datetime: module}


_STANDARD = str(Path(threading.__file__).parent)


def _starts_by_author(frame: FrameType | None) -> bool:
    """Whether the author started a thread, himself or by concurrent.futures."""
    while frame is not None and frame.f_code.co_filename.startswith(_STANDARD):
        if "site-packages" in frame.f_code.co_filename:
            return False
        frame = frame.f_back
    return frame is not None and file_owner(frame.f_code.co_filename) == "author"


def _start(thread: threading.Thread) -> None:
    if _starts_by_author(sys._getframe(1)):  # pyright: ignore[reportPrivateUsage] the cheap walk
        raise ExplorableError(
            "trace",
            "a thread takes no part in what is traced",
            line=current_line(),
            fix="call the function itself, in a plain loop",
        )
    _own_start(thread)


_own_start = threading.Thread.start


@contextmanager
def page_alone() -> Generator[None]:
    """Inside, the author's code asks nothing that no page can ask again."""
    with ExitStack() as stack:
        for module, names, fix in _SOURCES:
            for name in names:
                called = name if module is builtins else f"{module.__name__}.{name}"
                asked = _refusing(called, getattr(module, name), _FIXES.get(called, fix))
                stack.enter_context(mock.patch.object(module, name, asked))
        stack.enter_context(mock.patch.object(threading.Thread, "start", _start))
        todays = _todays()
        for module in author_modules():
            for name, value in list(vars(module).items()):
                if value is datetime or value is datetime.datetime or value is datetime.date:
                    stack.enter_context(mock.patch.object(module, name, todays[value]))
        before, modules = random.getstate(), len(sys.modules)
        yield
        # What is imported on the way may draw for itself.
        if random.getstate() != before and len(sys.modules) == modules:
            # Functions that the author has imported by name, or a library of his.
            random.setstate(before)
            fact = "python's random numbers were drawn while the function was traced"
            raise ExplorableError("trace", fact, fix=f"use torch.rand, {_DRAWN}")
