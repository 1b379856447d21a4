"""Reducing a program that fails to the few lines and results that make it fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .grammar import runs
from .program import Program


def reduced(program: Program, fails: Callable[[Program], bool]) -> Program:
    """The program with as little as possible that still fails: one result, no states, no gradient,
    fewer lines, fewer arguments. ``fails`` is asked a few dozen times."""
    for smaller in (replace(program, states=()), replace(program, gradient=False)):
        if smaller != program and _works(smaller, fails):
            program = smaller
    made = [name for line in program.lines for name in _made(line)]
    for name in (*made, *program.results):
        alone = _needed(replace(program, results=(name,), states=()))
        if _works(alone, fails):
            program = alone
            break
    program = _first(_needed(program), program, fails)
    at = len(program.lines) - 1
    while at >= 0:
        shorter = replace(program, lines=program.lines[:at] + program.lines[at + 1 :])
        if _works(shorter, fails):
            program = shorter
        at -= 1
    used = _names(" ".join((*program.lines, *program.results)))
    kept = tuple(a for a in program.arguments if a.name in used)
    return _first(replace(program, arguments=kept), program, fails) if kept else program


def _first(wanted: Program, other: Program, fails: Callable[[Program], bool]) -> Program:
    return wanted if wanted == other or _works(wanted, fails) else other


def _works(program: Program, fails: Callable[[Program], bool]) -> bool:
    return runs(program, 0) and fails(program)


def _names(text: str) -> set[str]:
    return set(re.findall(r"\b[xv]\d+\b", text))


def _made(line: str) -> list[str]:
    """The names that a line gives to new tensors; none if it writes in place."""
    names = line.partition(" = ")[0]
    return re.findall(r"v\d+", names) if re.fullmatch(r"[v\d, ]+", names) else []


def _needed(program: Program) -> Program:
    """Without the lines that no result depends on; what is written in place may be any view."""
    wanted = _names(" ".join(program.results))
    kept: list[str] = []
    for line in reversed(program.lines):
        made = set(_made(line))
        if not made or made & wanted:
            kept.append(line)
            wanted |= _names(line.partition(" = ")[2] if made else line)
    return replace(program, lines=tuple(reversed(kept)))
