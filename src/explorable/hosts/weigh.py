"""Where the bytes of a figure, and of a page of several, are: runtime, wasm by entry, arrays,
still, style; and whether they keep a budget."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ExplorableError
from ..figures.bundle import Bundle, Published
from .folder import compressed, downloads

Shown = tuple[Bundle, Published]
_STILL = "still of "
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


@dataclass(frozen=True)
class Budgets:
    """Bytes over the wire that a figure, and all figures of one page, may take."""

    figure: int | None = None
    page: int | None = None


@dataclass(frozen=True)
class Load:
    """What some figures bring to a page."""

    figures: tuple[str, ...]
    """Wired to each other, in one bundle; none: what several bundles share."""
    parts: list[Part]

    @property
    def packed(self) -> int:
        """Bytes over the wire."""
        return sum(part.packed for part in self.parts)


def parts(bundle: Bundle, published: Published) -> list[Part]:
    """What a reader downloads for a figure, the most costly kind first.

    >>> [part.name for part in parts(bundle, bundle.figures[0])]
    ['runtime', 'spec', 'still', 'wasm', 'style']

    The still stands in the page itself, with the disabled controls; its pictures are files.
    """
    return _parts(downloads(bundle), bundle, [published])


def loads(shown: Sequence[Shown], *, prose: bool = False) -> list[Load]:
    """What a reader downloads for a page that shows these figures, each file counted once: first
    what several bundles share, then each bundle's own, the most costly first.

    >>> [load.figures for load in loads([(flow, warped), (plane, turned), (plane, sum)])]
    [(), ('warped',), ('turned', 'sum')]

    prose: the page has live numbers, conditions or marked words.
    """
    bundles: dict[str, tuple[Bundle, list[Published]]] = {}
    for bundle, published in shown:
        bundles.setdefault(bundle.spec, (bundle, []))[1].append(published)
    fetched = {spec: downloads(bundle) for spec, (bundle, _) in bundles.items()}
    for spec, (bundle, _) in bundles.items():
        part = json.loads(bundle.files[spec]).get("parts", {}).get("prose")
        if prose and part is not None:
            fetched[spec][part] = bundle.files[part]
    times = Counter(name for files in fetched.values() for name in files)
    shared: dict[str, bytes] = {}
    own: list[Load] = []
    for spec, (bundle, figures) in bundles.items():
        shared |= {name: data for name, data in fetched[spec].items() if times[name] > 1}
        alone = {name: data for name, data in fetched[spec].items() if times[name] == 1}
        names = tuple(dict.fromkeys(published.name for published in figures))
        own.append(Load(names, _parts(alone, bundle, figures)))
    own.sort(key=lambda load: -load.packed)
    return [Load((), _parts(shared)), *own] if shared else own


def _parts(
    files: Mapping[str, bytes], bundle: Bundle | None = None, shown: Sequence[Published] = ()
) -> list[Part]:
    # The compiler is a tenth of the time of a build that finds everything unchanged.
    from ..compiler.binary import function_sizes

    spec: Any = json.loads(bundle.files[bundle.spec]) if bundle is not None else None  # Any: JSON
    modules = set(spec["program"]["wasm"].values()) if spec is not None else set[str]()
    packed: dict[str, int] = {}
    raw: dict[str, int] = {}
    inside: tuple[tuple[str, int], ...] = ()
    stills = {f"{_STILL}{published.name}": published.html.encode() for published in shown}
    for name, data in {**files, **stills}.items():
        kind = _KINDS.get("." + name.rpartition(".")[2], "texts")
        if name.startswith(_STILL):
            kind = "still"
        if name in modules:
            kind, inside = "wasm", tuple(function_sizes(data).items())
        if bundle is not None and name == bundle.spec:
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


def page_over_budget(
    page: str, shown: Sequence[Shown], budget: int | None, *, prose: bool = False
) -> str | None:
    """What is wrong with a page if all its figures together are larger than ``budget``: which is
    the largest, and of it what."""
    if budget is None or not shown:
        return None
    found = loads(shown, prose=prose)
    total = sum(load.packed for load in found)
    if total <= budget:
        return None
    largest = next(load for load in found if load.figures)
    names = " and ".join(f"'{name}'" for name in largest.figures)
    most = largest.parts[0]
    fact = (
        f"page '{page}' is {total / 1000:.1f} kB over the wire, its budget is "
        f"{budget / 1000:.1f} kB; the largest of its figures is {names}, "
        f"{largest.packed / 1000:.1f} kB of its own; most of that is {most.name}, "
        f"{most.packed / 1000:.1f} kB"
    )
    problem = ExplorableError("hosts", fact, fix=_FIXES.get(most.name, ""))
    return f"{problem}\n{page_table(found)}"


def page_table(found: Sequence[Load]) -> str:
    """A line per load: what it weighs, and its kinds of files."""
    names = [", ".join(load.figures) or "shared by figures" for load in found]
    wide = max(map(len, names), default=0)
    return "\n".join(
        f"{name:<{wide}}{load.packed / 1000:8.1f} kB   "
        + ", ".join(f"{part.name} {part.packed / 1000:.1f}" for part in load.parts)
        for name, load in zip(names, found, strict=True)
    )


_FIXES = {
    "runtime": "fewer kinds of marks, controls and scales: each brings its part of the runtime",
    "arrays": 'weights="float16" halves closed-over tensors, "int8" quarters them; '
    "or draw fewer numbers",
    "still": "a still of fewer points and pixels: thin out what is drawn at the first values",
    "wasm": "fewer entries: each value of a choice or toggle, and each size that python must know, "
    "is one",
}
