"""Cells of a document as plain data, without what running them needs (document.py)."""

from __future__ import annotations

from dataclasses import dataclass

FIGURE = "application/vnd.explorable.figure"
"""The data of an output that is a figure: its name."""


@dataclass(frozen=True)
class Cell:
    """Code of a document, and the line of the file on which it begins."""

    source: str
    line: int
    raises: bool = False
    """The author says that it raises: what it raises is shown, and the next cells run."""
