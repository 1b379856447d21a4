"""The C of a module: one text to read, and the units that are compiled side by side.

Functions of loops are called with pointers and read no other memory, so each compiles by itself. A
long module is divided by the names of its functions, and a name depends on all that the function
does but on the values of its numbers: after a small change most units are as they were, and kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

UNIT = 12_000
"""Characters of functions in a unit, about: one costs 0.05 s before its first function."""
MOST = 6
_NUMBER = re.compile(r"\b0x[0-9a-f.]+p[-+]\d+f?|\b\d+\.\d+f?")


@dataclass(frozen=True)
class Function:
    """A C function of the module's own, and the names of the library that it needs.

    ``head``: ``void name(parameters)``; empty where the function is compiled with its calls.
    """

    name: str
    head: str
    text: str
    needs: frozenset[str]


@dataclass(frozen=True)
class Source:
    """``whole``: the C file; ``units``: what is compiled and linked, the whole or parts of it."""

    whole: str
    units: tuple[str, ...]


def stable_name(text: str, taken: Collection[str]) -> str:
    """A name for the function of this text, the same for other numbers in it."""
    plain = hashlib.sha256(_NUMBER.sub("#", text).encode("utf-8")).hexdigest()[:6]
    name, count = f"k{plain}", 1
    while name in taken:
        count += 1
        name = f"k{plain}_{count}"
    return name


def source(
    functions: Sequence[Function],
    needs: AbstractSet[str],
    library: Callable[[AbstractSet[str]], str],
    before: str,
    after: str,
) -> Source:
    """The texts of a module.

    ``library``: the text that names need, for any part; ``needs``: those of ``before`` and
    ``after``, which stand before and after the functions and are compiled once.
    """
    every = set(needs).union(*(f.needs for f in functions))
    whole = _joined(library(every), before, *(f.text for f in functions), after)
    apart = [f for f in functions if f.head]
    number = min(MOST, sum(len(f.text) for f in apart) // UNIT)
    if number < 2:
        return Source(whole, (whole,))
    bound = [f for f in functions if not f.head]
    heads = (f"{f.head};" for f in apart)
    first = library(set(needs).union(*(f.needs for f in bound)))
    units = [_joined(first, before, *heads, *(f.text for f in bound), after)]
    for k in range(number):
        held = [f for f in apart if int(f.name[1:7], 16) % number == k]
        if held:
            own = library(set[str]().union(*(f.needs for f in held)))
            units.append(_joined("#define FUNCTION", own, *(f.text for f in held)))
    return Source(whole, tuple(units))


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part) + "\n"
