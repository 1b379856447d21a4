"""The templates of lines, read from templates.txt."""

from __future__ import annotations

import re
from pathlib import Path

_HEAD = re.compile(r"== (.+) (\d+)")


def _families() -> dict[str, tuple[int, tuple[str, ...]]]:
    """The weight and the templates of every family."""
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    name = ""
    text = Path(__file__).with_name("templates.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        head = _HEAD.fullmatch(line)
        if head is not None:
            name = head[1]
            found[name] = int(head[2]), ()
        elif line and not line.startswith("#"):
            names, _, template = line.rpartition(" :: ")
            each = [template.replace("NAME", word) for word in names.split()] or [template]
            found[name] = found[name][0], (*found[name][1], *each)
    return found


FAMILIES = _families()
DECK = tuple(templates for weight, templates in FAMILIES.values() for _ in range(weight))
"""Every family as often as it weighs."""
IN_PLACE = FAMILIES["in place"][1]
"""Statements that change ``{self}``."""
