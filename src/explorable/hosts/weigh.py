"""Where the bytes of a figure are: runtime, wasm by entry, arrays, still, style; and whether they
keep a budget."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..compiler.binary import function_sizes
from ..errors import ExplorableError
from ..figures.bundle import Bundle, Published
from .folder import compressed, downloads

_KINDS = {".js": "runtime", ".css": "style", ".png": "still", ".svg": "still", ".bin": "arrays"}


@dataclass(frozen=True)
class Part:
    """What one kind of file of a figure costs its reader."""

    name: str
    packed: int
    """Bytes over the wire, by brotli."""
    raw: int
    inside: tuple[tuple[str, int], ...] = ()
    """(entry, raw bytes) of the wasm."""


def parts(bundle: Bundle, published: Published) -> list[Part]:
    """What a reader downloads for a figure, the most costly kind first.

    >>> [part.name for part in parts(bundle, bundle.figures[0])]
    ['runtime', 'spec', 'still', 'wasm', 'style']

    The still stands in the page itself, with the disabled controls; its pictures are files.
    """
    spec: Any = json.loads(bundle.files[bundle.spec])  # Any: JSON
    modules = set(spec["program"]["wasm"].values())
    packed: dict[str, int] = {}
    raw: dict[str, int] = {}
    inside: tuple[tuple[str, int], ...] = ()
    for name, data in {**downloads(bundle), "still": published.html.encode()}.items():
        kind = "still" if name == "still" else _KINDS.get("." + name.rpartition(".")[2], "texts")
        if name in modules:
            kind, inside = "wasm", tuple(function_sizes(data).items())
        if name == bundle.spec:
            kind = "spec"
        packed[kind] = packed.get(kind, 0) + compressed(name, data)
        raw[kind] = raw.get(kind, 0) + len(data)
    found = [Part(k, packed[k], raw[k], inside if k == "wasm" else ()) for k in packed]
    return sorted(found, key=lambda part: -part.packed)


def weight_table(found: list[Part], *, entries: int = 4) -> str:
    """A line per kind of file; of the wasm also its largest entries."""
    lines: list[str] = []
    for part in found:
        lines.append(f"{part.name:<10}{part.packed / 1000:7.1f} kB{part.raw / 1000:9.1f} kB raw")
        whole = sum(size for _, size in part.inside)
        for name, size in part.inside[:entries]:
            share = 100 * size / whole
            lines.append(f"  {name:<28}{size / 1000:9.1f} kB raw  {share:.0f} %")
    return "\n".join(lines)


def over_budget(bundle: Bundle, published: Published, budget: int | None) -> str | None:
    """What is wrong with the figure if it is larger than its own budget, or else than ``budget``:
    where its bytes are."""
    allowed = published.budget if published.budget is not None else budget
    if allowed is None:
        return None
    found = parts(bundle, published)
    total = sum(part.packed for part in found)
    if total <= allowed:
        return None
    largest = found[0]
    fact = (
        f"figure '{published.name}' is {total / 1000:.1f} kB over the wire, its budget is "
        f"{allowed / 1000:.1f} kB; most of it is {largest.name}, {largest.packed / 1000:.1f} kB"
    )
    problem = ExplorableError("hosts", fact, fix=_FIXES.get(largest.name, ""))
    return f"{problem}\n{weight_table(found)}"


_FIXES = {
    "arrays": 'weights="float16" halves closed-over tensors, "int8" quarters them; '
    "or draw fewer numbers",
    "still": "a still of fewer points and pixels: thin out what is drawn at the first values",
    "wasm": "fewer entries: each value of a choice or toggle, and each size that python must know, "
    "is one",
}
