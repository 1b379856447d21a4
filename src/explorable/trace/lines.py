"""Where the author was: the innermost frame of his own code, for a node, an error or a constant.

A frame is the author's when its file lies outside torch, Explorable, the standard library and
installed packages; the outermost installed package between him and torch is named as
``Line.inside``.
"""

from __future__ import annotations

import linecache
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

import torch

from ..errors import Line
from ..parts.source import shown_path

_OURS = str(Path(__file__).resolve().parents[1])
_TORCH = str(Path(torch.__file__).resolve().parent)
_LIBRARIES = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
_STANDARD = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}


def _below(file: str, folders: set[str]) -> str | None:
    return next((f for f in folders if file.startswith((f + "/", f + "\\"))), None)


@cache
def file_owner(file: str) -> str:
    """``"author"``, ``""`` (torch, Explorable, Python) or the name of an installed package."""
    if file.startswith("<") and not file.startswith(("<ipython", "<stdin", "<cell")):
        return ""
    path = str(Path(file).resolve()) if not file.startswith("<") else file
    if _below(path, {_OURS, _TORCH}):
        return ""
    library = _below(path, _LIBRARIES) or _below(file, _LIBRARIES)
    if library:
        package = path[len(library) + 1 :].replace("\\", "/").split("/")[0]
        package = package.removesuffix(".py")
        return "" if package in ("torch", "torchgen", "explorable", "functorch") else package
    if _below(path, _STANDARD):
        return ""
    return "author"


def in_torch(file: str) -> bool:
    """Whether a file is one of torch's own."""
    return _below(file, {_TORCH}) is not None


# Asked for at every node of a trace.
_shown = cache(shown_path)


def make_line(code: CodeType, number: int, inside: str | None = None) -> Line:
    """The Line of ``number`` in the file that ``code`` comes from."""
    return Line(
        file=_shown(code.co_filename),
        number=number,
        function=code.co_name,
        text=linecache.getline(code.co_filename, number).strip(),
        inside=inside,
    )


def frames(start: FrameType | None) -> Iterator[FrameType]:
    """``start`` and its callers, innermost first."""
    while start is not None:
        yield start
        start = start.f_back


def called_by_author() -> bool:
    """Whether the function that asks was called by the author's own code; C leaves no frame."""
    return file_owner(sys._getframe(2).f_code.co_filename) == "author"  # pyright: ignore[reportPrivateUsage] the cheap walk


def importing() -> bool:
    """Whether a module is being imported: what it does then, no function of the author's asks."""
    for frame in frames(sys._getframe(1)):  # pyright: ignore[reportPrivateUsage] the cheap walk
        code = frame.f_code
        if code.co_filename == _IMPORT:
            return True
        if code.co_name != "<module>" and file_owner(code.co_filename) == "author":
            return False
    return False


_IMPORT = "<frozen importlib._bootstrap>"


def current_line() -> Line | None:
    """The innermost line of the author's on the stack now."""
    inside = None
    # The frame that asks is ours; the walk skips it like every other frame of ours.
    for frame in frames(sys._getframe(1)):  # pyright: ignore[reportPrivateUsage] the cheap walk
        owner = file_owner(frame.f_code.co_filename)
        if owner == "author":
            return make_line(frame.f_code, frame.f_lineno, inside)
        inside = owner or inside
    return None


def author_line(error: BaseException, root: str | Path | None = None) -> Line | None:
    """The innermost line of the author's in an error's traceback; below ``root`` if given.

    >>> try: figure()
    ... except Exception as error: print(author_line(error))
    plane.py:12
    """
    found: Line | None = None
    inside: str | None = None
    top = None if root is None else str(Path(root).resolve())
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        owner = file_owner(code.co_filename)
        mine = owner == "author"
        if top is not None and mine:
            mine = str(Path(code.co_filename).resolve()).startswith(top)
        if mine:
            found, inside = make_line(code, step.tb_lineno), None
        elif found is not None and owner not in ("", "author"):
            inside = inside or owner
        step = step.tb_next
    if found is not None and inside is not None:
        return Line(found.file, found.number, found.function, found.text, inside)
    return found
