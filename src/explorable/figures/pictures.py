"""Stills: a layout and its numbers -> SVG by the page's own scene and painter in V8, rasters as PNG
files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..engine import Engine
from ..graphs import Type
from ..link import content_hash, link

Json = Any  # the shapes of spec.d.ts
WIDTHS = (360, 720)
"""CSS pixels of the two stills of a figure; the page picks."""
_ALIGNED = 16


@dataclass(frozen=True)
class Picture:
    """One still. ``files`` are the PNGs its SVG names, each as ``folder + name``."""

    svg: str = field(repr=False)
    width: int
    height: int
    files: dict[str, bytes] = field(default_factory=dict, repr=False)


@cache
def still_script() -> str:
    """Scene, painter and markup as a classic script for V8."""
    return link("still.js", name="still").text


def picture(
    engine: Engine,
    layout: Json,
    slots: Mapping[str, tuple[Type, bytes]],
    *,
    width: int,
    alt: str,
    name: str,
    folder: str = "@/",
    locale: str = "en",
    texts: Json = None,
) -> Picture:
    """The still of ``layout`` at ``width`` CSS pixels; ``slots`` holds the numbers it draws,
    ``texts`` what its text controls hold, and their tokenizers, whose files ``engine`` has."""
    engine.once(still_script(), name="the scene")
    data, places = bytearray(), {}
    for slot, (kind, held) in slots.items():
        data += bytes(-len(data) % _ALIGNED)
        places[slot] = [len(data), kind.dtype, list(kind.shape)]
        data += held
    engine.put("still", bytes(data) or bytes(_ALIGNED))
    laid = engine.call("still.lay", layout, places, width, locale, texts or {})
    files: dict[str, bytes] = {}
    hrefs: dict[str, str] = {}
    for index, raster in enumerate(laid["rasters"]):
        pixels = engine.bytes(f"still.pixels({index})")
        encoded = png(pixels, raster["rows"], raster["columns"])
        file = f"still-{content_hash(encoded)}.png"
        files[file] = encoded
        hrefs[raster["id"]] = folder + file
    svg = engine.call("still.svg", {"alt": alt, "id": f"{name}-{width}", "hrefs": hrefs})
    return Picture(svg, laid["width"], round(laid["height"]), files)


def png(rgba: bytes, rows: int, columns: int) -> bytes:
    """RGBA pixels, row by row from the top, as a PNG file; opaque ones without their alpha."""
    opaque = not any(alpha != 255 for alpha in rgba[3::4])
    kept = bytearray()
    for row in range(rows):
        line = rgba[4 * columns * row : 4 * columns * (row + 1)]
        if opaque:
            plain = bytearray(3 * columns)
            for channel in range(3):
                plain[channel::3] = line[channel::4]
            line = bytes(plain)
        kept += b"\0" + line

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", columns, rows, 8, 2 if opaque else 6, 0, 0, 0)
    packed = zlib.compress(bytes(kept), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
