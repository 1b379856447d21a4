"""From the author's file to its figures, and figures to groups."""

from __future__ import annotations

import importlib.util
import linecache
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from ..calls import wrong_call
from ..errors import ExplorableError, Line
from ..parts.source import shown_path
from ..trace.lines import author_line
from .figure import Figure
from .wires import upstream


def load_file(path: str | Path) -> list[Figure]:
    """The figures of an author's file, in source order.

    >>> [figure.name for figure in load_file("gallery/plane.py")]
    ['plane']

    The file is imported under a name of its own with its folder first on sys.path. What it raises
    is an ExplorableError with his line.
    """
    path = Path(path).resolve()
    name = f"explorable_file_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None or not path.exists():
        raise ExplorableError("figure", f"no Python file '{shown_path(str(path))}'")
    module = importlib.util.module_from_spec(specification)
    folder = str(path.parent)
    # It stays: a figure may import a helper when it runs.
    sys.path[:] = [folder, *(entry for entry in sys.path if entry != folder)]
    sys.modules[name] = module
    # A file that was loaded before may have other lines now.
    linecache.checkcache(str(path))
    try:
        # Not by exec_module: it would take a .pyc of the same second for the file of now.
        exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    except ExplorableError:
        raise
    except SyntaxError as error:
        shown = Line(
            shown_path(error.filename or str(path)), error.lineno or 1, "", error.text or ""
        )
        raise ExplorableError(
            "figure", f"python cannot read the file: {error.msg}", line=shown
        ) from None
    except Exception as error:
        line = author_line(error)
        if (told := wrong_call("figure", error, line)) is not None:
            raise told from error
        fact = f"{type(error).__name__}: {error}"
        raise ExplorableError("figure", fact, line=line) from error
    return figures_of(module)


def figures_of(module: ModuleType) -> list[Figure]:
    """The figures defined in ``module`` (not those it imports), in source order."""
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, Figure) and value.wires.function.__module__ == module.__name__
    ]
    unique = list(dict.fromkeys(own))
    return sorted(unique, key=lambda figure: figure.wires.function.__code__.co_firstlineno)


def groups(figures: list[Figure]) -> list[list[Figure]]:
    """Figures joined by a Value or a Simulation stand together, in the order given.

    >>> groups([in_time, in_frequency, plane])
    [[<figure in_time>, <figure in_frequency>], [<figure plane>]]
    """
    found: list[tuple[set[int], list[Figure]]] = []
    for figure in figures:
        nodes: set[int] = {id(node) for node in upstream(figure)}
        members = [figure]
        joined = [entry for entry in found if entry[0] & nodes]
        for entry in joined:
            nodes |= entry[0]
            members = entry[1] + members
            found.remove(entry)
        found.append((nodes, members))
    order = {id(figure): place for place, figure in enumerate(figures)}
    grouped: list[list[Any]] = [sorted(m, key=lambda f: order[id(f)]) for _, m in found]
    return sorted(grouped, key=lambda members: order[id(members[0])])
