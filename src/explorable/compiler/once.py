"""What a frozen object is asked again and again, computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Self = TypeVar("Self")
Answer = TypeVar("Answer")


def once(asked: Callable[[Self], Answer]) -> Callable[[Self], Answer]:
    """A method without arguments, whose answer is kept beside the fields (and, not being one, is
    left behind by ``dataclasses.replace``)."""
    name = f"_{asked.__name__}"

    @wraps(asked)
    def answer(self: Self) -> Answer:
        known = vars(self)
        if name not in known:
            known[name] = asked(self)
        return known[name]

    return answer
