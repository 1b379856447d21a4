"""A long eager run of the author's function can be broken off between two of its operations."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import perf_counter

SECONDS = 0.1
_HEARD: list[Callable[[], None]] = []
_due = 0.0


@contextmanager
def breakable(told: Callable[[], None]) -> Generator[None]:
    """Inside, ``told`` is called by operations (of `random_numbers`), ten times a second at most:
    what it raises ends the run.

    >>> with breakable(listen): page.node(simulation).advance(1000)
    """
    _HEARD.append(told)
    try:
        yield
    finally:
        _HEARD.pop()


def take_break() -> None:
    """Called by every operation."""
    global _due
    if _HEARD and (now := perf_counter()) > _due:
        _due = now + SECONDS
        _HEARD[-1]()
