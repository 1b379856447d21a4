"""The text of a page -> its code cells, and the figures that its directives place.

A page is ours if a cell imports Explorable (or its front matter says `explorable: true`); all other
notebooks are MyST-NB's to run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it.renderer import RendererHTML
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from ..figures.cells import Cell

Notebook = Any  # nbformat's NotebookNode
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+explorable\b", re.MULTILINE)
_PLACES = re.compile(
    r"^[ \t>]*(?:[`~:]{3,}[ \t]*\{explorable\}|\.\.[ \t]+explorable::)[ \t]+(\S+)", re.MULTILINE
)
_FENCE = re.compile(r"^([ \t]*(?:`{3,}|~{3,})[ \t]*)python([ \t]*)$")


@dataclass(frozen=True)
class Place:
    """What `{explorable}` names: a figure of a Python file, or one that the page's cells make."""

    file: str | None
    figure: str | None

    @staticmethod
    def of(argument: str) -> Place:
        """
        >>> Place.of("plane.py:plane"), Place.of("plane.py"), Place.of("plane")
        (Place('plane.py', 'plane'), Place('plane.py', None), Place(None, 'plane'))
        """
        file, colon, figure = argument.rpartition(":")
        if colon and file.endswith(".py"):
            return Place(file, figure)
        return Place(argument, None) if argument.endswith(".py") else Place(None, argument)


@dataclass(frozen=True)
class Page:
    """A page as far as figures are concerned."""

    places: tuple[Place, ...] = ()
    notebook: Notebook | None = None
    """The page in cells, if its cells are ours to run."""
    cells: tuple[Cell, ...] = ()
    indices: tuple[int, ...] = ()
    """Which cells of the notebook they are."""

    @property
    def placed(self) -> tuple[str, ...]:
        """Figures of its own cells that its text places."""
        return tuple(dict.fromkeys(place.figure or "" for place in self.places if not place.file))


def read_page(text: str, path: Path, config: MdParserConfig, *, fences: bool) -> Page:
    """The page that is written in ``text``.

    fences: plain ```` ```python ```` blocks are cells too, on a page that has no `{code-cell}` and
    imports Explorable in one of them. A block with anything after ``python`` is only shown.
    """
    places = tuple(Place.of(argument) for argument in _PLACES.findall(text))
    if "explorable" not in text or path.suffix != ".md":
        return Page(places)
    if "{code-cell}" in text:
        notebook = _notebook(text, path, config)
    elif fences and _IMPORT.search(text):
        notebook = _notebook(_fences_as_cells(text, config), path, config)
    else:
        return Page(places)
    cells, indices = _cells(notebook, text.splitlines())
    said = notebook.metadata.get("explorable")
    ours = any(_IMPORT.search(cell.source) for cell in cells) if said is None else bool(said)
    return Page(places, notebook, cells, indices) if ours and cells else Page(places)


def _notebook(text: str, path: Path, config: MdParserConfig) -> Notebook:
    notebook = read_myst_markdown_notebook(text, config, add_source_map=True, path=path)
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "python"}
    # Its cells have been run; MyST-NB only shows them.
    notebook.metadata.get("mystnb", {}).pop("execution_mode", None)
    return notebook


def _fences_as_cells(text: str, config: MdParserConfig) -> str:
    """The same lines, python fences outside of lists and quotes opened as code cells."""
    lines = text.split("\n")
    for token in create_md_parser(config, RendererHTML).parse(text):
        if token.type == "fence" and token.level == 0 and token.map:
            first = token.map[0]
            lines[first] = _FENCE.sub(r"\1{code-cell} python\2", lines[first])
    return "\n".join(lines)


def _cells(notebook: Notebook, lines: list[str]) -> tuple[tuple[Cell, ...], tuple[int, ...]]:
    found: list[Cell] = []
    indices: list[int] = []
    for index, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or "skip-execution" in tags or not cell.source.strip():
            continue
        fence = notebook.metadata["source_map"][index]
        line = _first_line(cell.source, lines, fence)
        found.append(Cell(cell.source, line, "raises-exception" in tags))
        indices.append(index)
    return tuple(found), tuple(indices)


def _first_line(source: str, lines: list[str], fence: int) -> int:
    """The line on which a cell's code begins, after its options. ``fence``: the line above."""
    code = [line.strip() for line in source.split("\n")]
    for start in range(fence, len(lines)):
        if [line.strip(" \t>") for line in lines[start : start + len(code)]] == code:
            return start + 1
    return fence
