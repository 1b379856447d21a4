"""Short names for what functions declare: in each function the same few letters again.

A region is one function, from its parameters to the end of its body. A name that it declares is one
variable all through the region, whatever blocks there are; if a function inside declares it once
more, the two share a new name. So nothing has to be known of blocks, defaults and hoisting: what
had one text in one place still has one.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from .tokens import Token


@dataclass
class Region:
    end: int
    """The number of its last token."""
    inside: list[Region] = field(default_factory=list["Region"])
    declared: dict[str, None] = field(default_factory=dict[str, None])
    used: Counter[str] = field(default_factory=Counter[str])
    """Variables, in the functions inside too."""


def name_locals(
    tokens: Sequence[Token],
    variables: Mapping[int, bool],
    spans: Collection[tuple[int, int]],
    known: Collection[str],
    avoid: Collection[str],
) -> dict[int, str]:
    """The short names of variables, by the number of their token.

    variables: where variables stand; True where they are declared, not at the top of the module.
    spans: first and last token of each function.
    known: names that are the module's or are imported, which stay as they are.
    avoid: names that no variable may have.
    """
    module = Region(len(tokens))
    open_regions = [module]
    starts = sorted(spans, key=lambda span: (span[0], -span[1]))
    at: dict[int, Region] = {}
    for k in range(len(tokens)):
        while open_regions[-1].end < k:
            open_regions.pop()
        while starts and starts[0][0] == k:
            region = Region(starts.pop(0)[1])
            open_regions[-1].inside.append(region)
            open_regions.append(region)
        name = tokens[k].text
        if k in variables and name not in known:
            at[k] = open_regions[-1]
            for region in open_regions:
                region.used[name] += 1
            if variables[k]:
                open_regions[-1].declared.setdefault(name)
    names: dict[int, dict[str, str]] = {}
    _name(module, {}, frozenset(avoid), names)
    found = {k: names[id(region)].get(tokens[k].text) for k, region in at.items()}
    return {k: name for k, name in found.items() if name is not None}


def _name(
    region: Region, around: dict[str, str], avoid: frozenset[str], names: dict[int, dict[str, str]]
) -> None:
    """Names for a region and those inside; ``around``: what is declared around it."""
    seen = {around[name] for name in region.used if name in around} | avoid
    free = (name for name in short_names() if name not in seen)
    own = [name for name in region.declared if name not in around]
    here = around | dict(zip(own, free, strict=False))
    names[id(region)] = here
    for inner in region.inside:
        _name(inner, here, avoid, names)


def short_names() -> Iterator[str]:
    """a, b, ... Z, a0, b0, ... Z0, a1, ..."""
    yield from string.ascii_letters
    for number in count():
        yield from (f"{letter}{number}" for letter in string.ascii_letters)
