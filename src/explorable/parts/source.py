"""Where in the author's source a part was made, and the error that says so."""

from __future__ import annotations

import inspect
import linecache
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..errors import ExplorableError, Line

_OURS = str(Path(__file__).resolve().parent.parent) + os.sep
_shown_from: Path | None = None


@contextmanager
def shown_from(folder: Path) -> Generator[None]:
    """Paths in messages are relative to ``folder``, wherever the author's code goes meanwhile."""
    global _shown_from
    previous, _shown_from = _shown_from, folder.resolve()
    try:
        yield
    finally:
        _shown_from = previous


CELL = "cell ["
"""How a notebook's cell is named in messages."""


def _cell(file: str) -> str:
    """``cell [3]`` for a file in which a notebook keeps what was typed; "" for any other."""
    if (notebook := sys.modules.get("IPython")) is None or (
        shell := notebook.get_ipython()
    ) is None:
        return ""
    _, name = shell.compile.format_code_name(file) or ("", "")
    return f"{CELL}{name[3:-1]}]" if name.startswith("In[") else ""


def shown_path(file: str) -> str:
    """The path as messages show it: relative to the working folder where it lies below it."""
    if cell := _cell(file):
        return cell
    path = Path(file)
    try:
        return path.resolve().relative_to(_shown_from or Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def calling_line() -> Line | None:
    """The innermost line that is not ours: the author's call."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] the cheap walk
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return None
    code, number = frame.f_code, frame.f_lineno
    text = linecache.getline(code.co_filename, number, frame.f_globals).strip()
    return Line(shown_path(code.co_filename), number, code.co_name, text)


def definition_line(function: object) -> Line | None:
    """The ``def`` line of a function."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    number = code.co_firstlineno
    text = linecache.getline(code.co_filename, number).strip()
    while text.startswith("@"):
        number += 1
        text = linecache.getline(code.co_filename, number).strip()
    return Line(shown_path(code.co_filename), number, code.co_name, text)


def source_text(function: Any) -> str:  # Any: what inspect takes
    """The code of a function as its author wrote it; "" if it was typed at a prompt."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def mistake(
    fact: str, *, fix: str = "", line: Line | None = None, floor: str = "parts"
) -> ExplorableError:
    """An error at the author's call."""
    return ExplorableError(floor, fact, line=line or calling_line(), fix=fix)


def one_of(what: str, given: object, known: list[str]) -> str:
    """``unknown scale 'lgo'; one of: linear, log; did you mean 'log'?``"""
    near = get_close_matches(str(given), known, 1, 0.5)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown {what} '{given}'; one of: {', '.join(known)}{hint}"
