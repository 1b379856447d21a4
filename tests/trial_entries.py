"""Entries for the test of conformance.supervise that do as they are called. A file of its own, so
that the processes that import it are not made to wait for torch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence

from conformance.result import Result


def trial(
    section: str, names: Sequence[str], seed: int, wanted: int, tell: Callable[[str], None]
) -> Iterator[Result]:
    """A green result for each, unless its name says otherwise."""
    for name in names:
        tell(f"trying {name}")
        if name == "dies":
            os._exit(3)
        if name == "hangs":
            time.sleep(600)
        yield Result(section, name, seed, wanted, samples=1)
