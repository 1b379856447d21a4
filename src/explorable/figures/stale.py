"""Wires that a notebook has outgrown: a cell was run again, and what a function is wired to is no
longer what its name stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..parts.controls import Control
from ..parts.source import CELL, definition_line
from .simulation import Simulation
from .value import Value
from .wires import Wires, all_wires, upstream


def stale(figures: Sequence[Any]) -> list[str]:
    """One sentence for each wire of ``figures``, and of what they read, that leads to an old
    object: what is wired to what, and which cells to run again in which order.

    >>> stale([in_time])
    ["figure 'in_time' is wired to an old slider 'shift', which cell [5] defines anew; run cell [3]
    again"]

    In a file, where everything is read from top to bottom, there are none.
    """
    nodes = [*dict.fromkeys(node for figure in figures for node in upstream(figure)), *figures]
    found: list[str] = []
    for place, node in enumerate(nodes):
        for wires in all_wires(node):
            readers = [other for other in nodes[place + 1 :] if node in upstream(other)]
            found += _sentences(node, wires, readers)
    return list(dict.fromkeys(found))


def _sentences(node: Any, wires: Wires, readers: list[Any]) -> Iterator[str]:
    for name, wired in wires.held.items():
        now = wires.function.__globals__.get(name)
        # A name that is gone, or stands for something else by now, asks for nothing.
        if now is wired or not isinstance(now, (Control, Value, Simulation)):
            continue
        cells = [_cell(wires.function), *(_cell(reader.wires.function) for reader in readers)]
        cells = [cell for cell in dict.fromkeys(cells) if cell]
        if not cells:
            continue
        line = now.line if isinstance(now, Control) else definition_line(now.wires.function)
        anew = f", which {line.file} defines anew" if line and line.file.startswith(CELL) else ""
        yield (
            f"{_kind(node)} '{node.name}' is wired to an old {_kind(wired)} '{name}'{anew}; "
            f"run {', then '.join(cells)} again"
        )


def _kind(thing: Any) -> str:
    return thing.kind if isinstance(thing, Control) else type(thing).__name__.lower()


def _cell(function: object) -> str:
    line = definition_line(function)
    return line.file if line is not None and line.file.startswith(CELL) else ""
