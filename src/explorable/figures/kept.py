"""Graphs that a process keeps: what an author has not touched is not traced again when he saves.

Only where a recording hears what files the author's code asks for (`serve`, `build`), and of what
asks for none while it is run and traced: then its fingerprint says all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graphs import Graph, Type
from ..recording import asked
from ..trace import fingerprint, type_of

MOST = 64
_GRAPHS: dict[object, Graph] = {}


def alike(*things: object) -> str | None:
    """Equal for functions of which one trace does; None where nothing is kept."""
    return None if asked() is None else fingerprint(*things)


def kept(
    which: object | None,
    inputs: Callable[[], dict[str, Any]],  # Any: a tensor, its Type or a number
    make: Callable[[dict[str, Any]], Graph],
) -> Graph:
    """The graph that ``make`` gives for the examples ``inputs``, or the one it gave before for
    ``which`` and examples of the same types."""
    before = asked()
    examples = inputs()
    types = tuple((name, _type(example)) for name, example in examples.items())
    if which is None or any(found is None for _, found in types):
        return make(examples)
    key = (which, types)
    graph = _GRAPHS.get(key)
    if graph is None or asked() != before:
        graph = make(examples)
        if asked() == before:
            _GRAPHS[key] = graph
            if len(_GRAPHS) > MOST:
                del _GRAPHS[next(iter(_GRAPHS))]
    return graph


def _type(example: object) -> object:
    """Of an example that a trace takes; None of one whose size moves."""
    if isinstance(example, (int, float)):
        return (type(example), example)
    found = example if isinstance(example, Type) else type_of(example)
    return None if found is None or found.moves else found
