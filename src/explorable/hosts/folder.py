"""The folder host: a page per figure, an index, and `explorable/` with the bundles' files by hash.

Everything is decided in memory (`site`), so that `build` can write it and `serve` can hand it out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ExplorableError
from ..figures.bundle import Bundle, Published
from ..kept_files import kept, write_atomically
from ..link.licences import LICENCES, licences
from .page import figure_page, index_page

FILES = "explorable/"
STYLE = Path(__file__).with_name("page.css")
ICON = Path(__file__).with_name("icon.svg")
# Hashed files must reach every clone byte for byte; nobody reads their diffs.
ATTRIBUTES = b"* -text -diff linguist-generated\n"
BESIDE = {".gitattributes": ATTRIBUTES, LICENCES: licences()}
"""What lies beside bundles, wherever they are put."""


@dataclass(frozen=True)
class Place:
    """One figure's page: what is published there, or why nothing (new) could be."""

    name: str
    bundle: Bundle | None = None
    published: Published | None = None
    problem: str | None = None
    """The author's error. With a bundle: the last good one, still shown below the message."""
    group: str = ""
    """The folder of its source, below the one that all have in common: a section of the index."""

    @property
    def checked(self) -> bool:
        """False for a bundle that is shown before it was compared with PyTorch."""
        return self.bundle is None or self.bundle.verified.get("settings") != 0


def site(
    places: Sequence[Place], *, title: str, extra: str = "", status: str = ""
) -> dict[str, bytes]:
    """Every file of the site by its path: pages in the root, all else in ``explorable/``.

    >>> files = site([Place("plane", bundle, bundle.figures[0])], title="Figures")
    >>> sorted(files)
    ['explorable/.gitattributes', 'explorable/page-1f0c2d9e.css', ..., 'index.html', 'plane.html']

    ``extra`` is markup for the end of every head (`serve` adds its reload script), ``status`` a
    sentence for the index (`serve` says what it is still building).
    """
    files = {FILES + name: data for name, data in BESIDE.items()}
    urls: dict[Path, str] = {}
    for path in (STYLE, ICON):
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()[:10]
        urls[path] = f"{FILES}{path.stem}-{digest}{path.suffix}"
        files[urls[path]] = data
    for place in places:
        if place.bundle is not None:
            files |= {FILES + name: data for name, data in place.bundle.files.items()}
    head = (
        f'<link rel="icon" href="{urls[ICON]}"><link rel="stylesheet" href="{urls[STYLE]}">{extra}'
    )
    index = index_page(places, title=title, head=head, folder=FILES, status=status)
    files["index.html"] = index.encode()
    for position, place in enumerate(places):
        before = places[position - 1] if position else None
        after = places[position + 1] if position + 1 < len(places) else None
        page = figure_page(
            place,
            title=title,
            head=head,
            folder=FILES,
            before=before,
            after=after,
            # What an author waits for is shown before it is compared, and before it is counted.
            size=size(place.bundle) if place.bundle is not None and place.checked else None,
        )
        files[f"{place.name}.html"] = page.encode()
    return files


def write_site(files: dict[str, bytes], out: Path) -> None:
    """Write a site into the folder ``out``; a file that is already there as it should be is kept.

    Pages come last: whenever a page is there, so is all it refers to.
    """
    for path in sorted(files, key=lambda path: (not path.startswith(FILES), path)):
        place = out / path
        try:
            if not (place.is_file() and place.read_bytes() == files[path]):
                write_atomically(place, files[path])
        except OSError as error:
            fact = f"cannot write '{place}': {error.strerror}"
            raise ExplorableError("hosts", fact, fix="choose another -o") from None


def downloads(bundle: Bundle) -> dict[str, bytes]:
    """What a reader's browser fetches for a figure of this bundle, of its variants the largest.

    >>> sum(map(len, downloads(bundle).values()))       # bytes, not compressed
    """
    spec: dict[str, Any] = json.loads(bundle.files[bundle.spec])  # Any: JSON
    wasm: dict[str, str] = spec["program"]["wasm"]
    variants = [wasm["plain"]]
    if spec["program"].get("fast") and wasm.get("relaxed"):
        variants.append(wasm["relaxed"])
    unused = set(wasm.values()) - {max(variants, key=lambda name: len(bundle.files[name]))}
    # Fetched when they are wanted: a worker where runs turn out to hold up the reader's page, what
    # brings a page's text to life, fields to type in.
    later = dict[str, str](spec.get("parts", {}))
    if spec["program"].get("heavy"):
        later.pop("worker", None)
    unused |= set(later.values())
    if "modules" in spec:
        # Fetched only by stubs that do not know of parts.
        unused.add(spec["runtime"])
    return {name: data for name, data in bundle.files.items() if name not in unused}


def runtime_of(bundle: Bundle) -> list[str]:
    """Those of the files that are code and style of ours; figures share them."""
    return [name for name in downloads(bundle) if name.endswith((".js", ".css"))]


def size(bundle: Bundle) -> int:
    """Bytes over the wire with the best compression, summed over files (brotli -q 11)."""
    return sum(compressed(name, data) for name, data in downloads(bundle).items())


def compressed(name: str, data: bytes) -> int:
    """Bytes of a file over the wire with the best compression."""
    import brotli

    key = name, len(data), hash(data)
    if key not in _compressed:
        version = str(brotli.__version__).encode()
        # A third of the time of a build that finds everything unchanged.
        told = kept(
            "brotli", [version, data], lambda: b"%d" % len(brotli.compress(data, quality=11))
        )
        _compressed[key] = int(told)
    return _compressed[key]


_compressed: dict[tuple[str, int, int], int] = {}
"""Many figures share a runtime."""
