"""What libraries ask about values only to refuse bad ones: ``if (var < 0).any(): raise``.

A page has nobody to raise to, so a trace takes the way on which nothing is raised; the eager run
that verifies the figure still checks.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import cache
from types import FrameType

from torch.distributions import constraints

from ..lines import file_owner


def passing(frame: FrameType) -> bool | None:
    """The truth value on which the library's line that asks for one goes on without an error.

    None where the line is the author's own, or decides more than whether something is raised.
    """
    file = frame.f_code.co_filename
    return None if file_owner(file) == "author" else _passing(file, frame.f_lineno)


@cache
def _passing(file: str, number: int) -> bool | None:
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if not isinstance(node, (ast.If, ast.Assert)):
            continue
        test = node.test
        if not test.lineno <= number <= (test.end_lineno or test.lineno):
            continue
        if isinstance(node, ast.Assert):
            return _only(_polarities(test, True))
        if (_refuses(node.body) or _answers(file, node.body)) and not node.orelse:
            return _only(_polarities(test, False))
    return None


def _refuses(body: list[ast.stmt]) -> bool:
    """Whether a block raises, having at most prepared the message, or only warns."""
    *before, last = body
    if isinstance(last, ast.Raise):
        return all(isinstance(statement, ast.Assign) for statement in before)
    return all(map(_warns, body))


def _answers(file: str, body: list[ast.stmt]) -> bool:
    """Whether a constraint of torch.distributions has its answer early: that a value is no good."""
    return file == constraints.__file__ and all(isinstance(part, ast.Return) for part in body)


def _warns(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func) == "warnings.warn"
    return False


def _polarities(test: ast.expr, wanted: bool) -> Iterator[bool]:
    """What each part of a condition must be for the whole to be ``wanted``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _polarities(test.operand, not wanted)
    elif isinstance(test, ast.BoolOp):
        for part in test.values:
            yield from _polarities(part, wanted)
    else:
        yield wanted


def _only(values: Iterator[bool]) -> bool | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None
