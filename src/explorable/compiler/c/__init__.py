"""The C library as text: `c_library` gives the blocks that a program names, with what they need.

A header is cut into blocks by lines `//@ name: needs other, another`; nothing else is parsed.
`//@ name_d/2: ...` is a function of two doubles that has versions for floats made of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ...errors import ExplorableError
from . import tiles

HEADERS = (
    "vector.h",
    "exp.h",
    "log.h",
    "trig.h",
    "hyperbolic.h",
    "power.h",
    "halves.h",
    "special.h",
    "bessel.h",
    "waves.h",
    "polynomials.h",
    "bits.h",
    "random.h",
    "matmul.h",
    "conv.h",
    "pool.h",
    "fft.h",
    "sort.h",
    "schur.h",
    "linalg.h",
    "reflections.h",
    "spectra.h",
    "eigen.h",
)
"""In order of dependence: a block needs only blocks above it."""
_REALS = {"f32": {"REAL": "float"}, "f64": {"REAL": "double"}}
_MATRICES = {
    **{item: {**words, "WIDE": "double"} for item, words in _REALS.items()},
    "c32": {"REAL": "float", "WIDE": "_Complex double"},
    "c64": {"REAL": "double", "WIDE": "_Complex double"},
}
_NUMBERS = {
    **_REALS,
    "i32": {"REAL": "int"},
    "i64": {"REAL": "long long"},
    "u8": {"REAL": "unsigned char"},
    "i8": {"REAL": "signed char"},
    "i16": {"REAL": "short"},
    "bool": {"REAL": "unsigned char"},
}
TEMPLATES: dict[str, dict[str, dict[str, str]]] = {
    "fft.h": _REALS,
    "pool.h": _NUMBERS,
    "sort.h": _NUMBERS,
    **dict.fromkeys(("linalg.h", "reflections.h", "spectra.h", "eigen.h"), _MATRICES),
}
"""Headers that are read once per item dtype: ``_T`` ends its names, the other words are its C
types."""
TURNS = ("sin", "cos", "tan")
_MARK = re.compile(r"^//@ (\w+)(?:/(\d))?(?:: needs ([\w, ]+))?$")


@dataclass(frozen=True)
class Block:
    """A few lines of C that are used together or not at all."""

    name: str
    needs: tuple[str, ...]
    text: str


@cache
def blocks() -> dict[str, Block]:
    """Every block of the library by name, in an order in which they compile."""
    found: dict[str, Block] = {}
    for header in HEADERS:
        text = resources.files(__name__).joinpath(header).read_text("utf-8")
        for item, words in TEMPLATES.get(header, {"": {}}).items():
            made = re.sub(r"_T\b", f"_{item}", text) if item else text
            for word, kind in words.items():
                made = re.sub(rf"\b{word}\b", kind, made)
            found |= _cut(made)
        if header == "matmul.h":
            found |= {n: Block(n, tiles.needs(n), text) for n, text in tiles.tiles().items()}
    return found


def _cut(text: str) -> dict[str, Block]:
    found: dict[str, Block] = {}
    name, count, needs, lines = "", "", (), list[str]()
    for line in [*text.splitlines(), "//@ end"]:
        mark = _MARK.match(line)
        if mark is None:
            lines.append(line)
            continue
        if name:
            found[name] = Block(name, needs, "\n".join(lines).strip() + "\n")
        if count:
            found |= _of_floats(name.removesuffix("_d"), count)
        name, count, lines = mark[1], mark[2], []
        needs = tuple(n.strip() for n in mark[3].split(",")) if mark[3] else ()
    return found


def _of_floats(name: str, count: str) -> dict[str, Block]:
    """The versions for floats, one and four, of a function of ``count`` doubles."""
    macro = "F_FROM_D" if count == "1" else f"F_FROM_D{count}"
    lanes = Block(f"{name}_f4", (f"{name}_d", "lanes"), f"{macro}({name})\n")
    return {lanes.name: lanes, f"{name}_f": Block(f"{name}_f", (lanes.name,), "")}


def c_library(names: AbstractSet[str], near: AbstractSet[str] = frozenset()) -> str:
    """The C text that defines ``names`` and what they need, each once; the types always come first.

    ``near``: the dtypes in which a program itself turns by small angles only (ranges.py).

    >>> "static f4 exp_f4(f4 x)" in c_library({"exp_f4"})
    True
    """
    known = blocks()
    # Other functions turn too, by any angle: those of Bessel, the gamma function.
    others = _closure({name for name in names if name.partition("_")[0] not in TURNS}, {})
    swaps = {
        f"reduce_{size}": f"near_{size}"
        for dtype, size in {"f32": "f4", "f64": "d"}.items()
        if dtype in near and f"reduce_{size}" not in others
    }
    wanted = _closure({"types", *names}, swaps)
    return "\n".join(block.text for name, block in known.items() if name in wanted)


def _closure(names: AbstractSet[str], swaps: Mapping[str, str]) -> set[str]:
    """The names of all blocks that ``names`` need, with ``swaps`` in the place of some."""
    known, wanted, pending = blocks(), set[str](), list(names)
    while pending:
        name = pending.pop()
        name = swaps.get(name, name)
        if name in wanted:
            continue
        if name not in known:
            raise ExplorableError("compiler", f"the C library has no '{name}'")
        wanted.add(name)
        pending += known[name].needs
    return wanted
