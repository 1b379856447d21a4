"""The code cells of a document, run one after another in one namespace: what each of them shows.

Outputs are plain data in the shapes of a notebook file, so that they can be kept and handed to any
reader of notebooks; a figure is an output that names it. Knows nothing of Markdown.
"""

from __future__ import annotations

import ast
import io
import linecache
import os
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ..calls import wrong_call
from ..errors import ExplorableError, Line
from ..parts.source import one_of, shown_from, shown_path
from ..trace.lines import author_line
from .cells import FIGURE, Cell
from .figure import Figure
from .outputs import as_data, drawn_with_matplotlib

Json = Any  # an output as a notebook file has it


@dataclass(frozen=True)
class Document:
    """What came of running cells."""

    outputs: tuple[tuple[Json, ...], ...]
    """Per cell; shorter than the cells if one failed."""
    figures: tuple[Figure, ...]
    """Those shown or placed, each once."""
    problem: ExplorableError | None = None


@dataclass
class _Stage:
    """Where the running cell's outputs go."""

    outputs: list[Json] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    streams: dict[str, io.StringIO] = field(default_factory=dict)

    def show(self, *values: object) -> None:
        """``display(...)`` of the cells, and what the last expression does."""
        self.flush()
        for value in values:
            if isinstance(value, Figure):
                self.take(value)
                self.outputs.append(_displayed({FIGURE: value.name, "text/plain": value.alt}))
            elif value is not None:
                self.outputs.append(_displayed(as_data(value)))

    def take(self, figure: Figure) -> None:
        """A figure of the page."""
        if self.figures.setdefault(figure.name, figure) is not figure:
            fact = f"two figures of this page are called '{figure.name}'"
            raise ExplorableError("figure", fact, line=figure.line, fix="rename one function")

    def flush(self) -> None:
        """What was printed so far becomes an output."""
        for name, stream in self.streams.items():
            if text := stream.getvalue():
                self.outputs.append({"output_type": "stream", "name": name, "text": text})
                stream.seek(0)
                stream.truncate()

    @contextmanager
    def listening(self) -> Generator[None]:
        """Hears what is printed and drawn with matplotlib."""
        self.streams = {"stdout": io.StringIO(), "stderr": io.StringIO()}
        with redirect_stdout(self.streams["stdout"]), redirect_stderr(self.streams["stderr"]):
            try:
                yield
            finally:
                self.flush()
        for picture in drawn_with_matplotlib():
            self.outputs.append(_displayed(picture))


def run_cells(path: Path, cells: Sequence[Cell], placed: Sequence[str] = ()) -> Document:
    """Run the cells of the document at ``path`` in its folder; ``placed`` names figures that its
    text asks for beside those that cells show.

    >>> document = run_cells(Path("waves.md"), [Cell("import torch", 3), Cell("in_time", 20)])
    >>> document.outputs[1][0]["data"]["application/vnd.explorable.figure"]
    'in_time'

    The first cell that fails ends it: ``problem`` has its line in the document.
    """
    path = path.resolve()
    module = _module(path, cells)
    stage = _Stage()
    module.__dict__["display"] = stage.show
    outputs: list[tuple[Json, ...]] = []
    problem: ExplorableError | None = None
    with shown_from(Path.cwd()), chdir(path.parent):
        for cell in cells:
            stage.outputs = []
            try:
                with stage.listening():
                    _run(cell, path, module, stage)
            except Exception as error:  # the author's code may raise anything
                problem = problem_of(error, path, cell)
                if not cell.raises:
                    break
                stage.outputs.append(_raised(error, path))
                problem = None
            outputs.append(tuple(stage.outputs))
    if problem is None:
        try:
            for name in placed:
                stage.take(_placed(module, name))
        except ExplorableError as error:
            problem = error
    return Document(tuple(outputs), tuple(stage.figures.values()), problem)


def _module(path: Path, cells: Sequence[Cell]) -> ModuleType:
    """An empty module for the cells; Python finds their lines where the document has them."""
    module = ModuleType(f"explorable_file_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    sys.path[:] = [str(path.parent), *(e for e in sys.path if e != str(path.parent))]
    os.environ.setdefault("MPLBACKEND", "Agg")  # no windows
    last = max((cell.line + cell.source.count("\n") for cell in cells), default=0)
    lines = ["\n"] * last
    for cell in cells:
        for number, line in enumerate(cell.source.split("\n"), cell.line - 1):
            lines[number] = line + "\n"
    # Not read from the file: prose may change under cells that stay, and the text around a cell
    # is no Python. An entry without a date is never checked against the file.
    linecache.cache[str(path)] = (sum(map(len, lines)), None, lines, str(path))
    return module


def _run(cell: Cell, path: Path, module: ModuleType, stage: _Stage) -> None:
    tree = ast.parse(cell.source, str(path))
    ast.increment_lineno(tree, cell.line - 1)
    last = tree.body[-1] if tree.body else None
    shows = isinstance(last, ast.Expr) and not cell.source.rstrip().endswith(";")
    if isinstance(last, ast.Expr) and shows:
        tree.body.pop()
    exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)
    if isinstance(last, ast.Expr) and shows:
        code = compile(ast.Expression(last.value), str(path), "eval", dont_inherit=True)
        stage.show(eval(code, module.__dict__))


def _placed(module: ModuleType, name: str) -> Figure:
    found = module.__dict__.get(name)
    if not isinstance(found, Figure):
        known = [key for key, value in vars(module).items() if isinstance(value, Figure)]
        fact = one_of("figure", name, known) if known else f"no cell makes a figure '{name}'"
        raise ExplorableError("figure", fact, fix="a figure is a function under @ex.figure")
    return found


def problem_of(error: Exception, path: Path, cell: Cell) -> ExplorableError:
    """An error of a cell in the author's terms, with his line."""
    if isinstance(error, ExplorableError):
        return error if error.line else error.within(line=_first_line(path, cell))
    if isinstance(error, SyntaxError) and error.filename == str(path):
        number = cell.line + (error.lineno or 1) - 1
        text = linecache.getline(str(path), number)
        line = Line(shown_path(str(path)), number, "", text)
        if text.lstrip().startswith(("%", "!")):
            fact = f"'{text.strip()}' is not Python, and cells with figures run without IPython"
            return ExplorableError("figure", fact, line=line, fix="write it in Python")
        return ExplorableError("figure", f"python cannot read the cell: {error.msg}", line=line)
    line = author_line(error) or _first_line(path, cell)
    if (told := wrong_call("figure", error, line)) is not None:
        return told
    return ExplorableError("figure", f"{type(error).__name__}: {error}", line=line)


def _first_line(path: Path, cell: Cell) -> Line:
    return Line(shown_path(str(path)), cell.line, "", cell.source.partition("\n")[0])


def _raised(error: Exception, path: Path) -> Json:
    """A traceback that starts in the document, for its readers: no path of the author's."""
    frames = traceback.extract_tb(error.__traceback__)
    start = next((k for k, frame in enumerate(frames) if frame.filename == str(path)), len(frames))
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames[start:])]
    lines += traceback.format_exception_only(error)
    shown = "".join(lines).replace(str(path), path.name).rstrip("\n")
    name, value = type(error).__name__, str(error)
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value,
        "traceback": shown.split("\n"),
    }


def _displayed(data: dict[str, str]) -> Json:
    return {"output_type": "display_data", "data": data, "metadata": {}}
