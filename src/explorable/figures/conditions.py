"""Conditions of sentences: ``wave.power > 0.5 and mode == 'fast'``. The page reads the same
(runtime/prose/conditions.js); here they say what is shown before any script runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..errors import ExplorableError

Lookup = Callable[[str], Any]  # a number, a string or a bool
CLAUSE = re.compile(r"^(not\s+)?(.+?)\s*(?:(<=|>=|==|!=|<|>)\s*(.+))?$")
NUMBER = re.compile(r"^[-−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$", re.IGNORECASE)
QUOTED = re.compile(r"^(['\"])(.*)\1$")
NAME = re.compile(r"^[^\W\d][\w.]*$")


def holds(text: str, lookup: Lookup) -> bool:
    """Does the condition hold? ``lookup`` gives what a name stands for.

    >>> holds("x > 0.5 or not on", {"x": 0.2, "on": False}.get)
    True

    Raises ExplorableError for what is no condition.
    """
    return any(
        all(_clause(text, clause, lookup) for clause in re.split(r"\s+and\s+", alternative))
        for alternative in re.split(r"\s+or\s+", text)
    )


def _clause(text: str, clause: str, lookup: Lookup) -> bool:
    match = CLAUSE.match(clause.strip())
    if match is None:
        raise _mistaken(text)
    negated, left, operator, right = match.groups()
    a = _value(text, left.strip(), lookup)
    b = False if right is None else _value(text, right.strip(), lookup)
    return _compare(text, a, operator, b) is not bool(negated)


def _value(text: str, term: str, lookup: Lookup) -> Any:
    if quoted := QUOTED.match(term):
        return quoted[2]
    if NUMBER.match(term):
        return float(term.replace("−", "-"))
    if not NAME.match(term):
        raise _mistaken(text)
    return lookup(term)


def _compare(text: str, a: Any, operator: str | None, b: Any) -> bool:
    if operator is None:
        return bool(a)
    if operator == "==":
        return a == b
    if operator == "!=":
        return a != b
    if isinstance(a, str) or isinstance(b, str):
        fact = f"'{text}' compares a text by size"
        raise ExplorableError("figure", fact, fix="texts are compared with == and !=")
    return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


def _mistaken(text: str) -> ExplorableError:
    return ExplorableError(
        "figure",
        f"'{text}' is no condition",
        fix="write comparisons joined by and, or: wave.power > 0.5 and mode == 'fast'",
    )
