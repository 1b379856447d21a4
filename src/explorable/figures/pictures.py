"""Stills: a layout and its numbers -> SVG by the page's own scene and painter in V8, rasters as PNG
files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy

from ..engine import Engine
from ..graphs import Type
from ..link import content_hash, link

Json = Any  # the shapes of spec.d.ts
WIDTHS = (360, 720)
"""CSS pixels of the two stills of a figure; the page picks."""
OPAQUE, BY_NUMBER, CLEAR = 2, 3, 6
"""What a pixel of a PNG is: a colour, the number of one, a colour and its alpha."""
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
    again: bool = False,
) -> Picture:
    """The still of ``layout`` at ``width`` CSS pixels; ``slots`` holds the numbers it draws,
    ``texts`` what its text controls hold, and their tokenizers, whose files ``engine`` has.
    ``again``: as at the width drawn last, whose points it writes where they are only moved."""
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
    options = {"alt": alt, "id": f"{name}-{width}", "hrefs": hrefs, "again": again}
    svg = engine.call("still.svg", options)
    return Picture(svg, laid["width"], round(laid["height"]), files)


def png(rgba: bytes, rows: int, columns: int) -> bytes:
    """RGBA pixels, row by row from the top, as a PNG file: opaque ones without their alpha, those
    of a map of colours by their number in it, if that is shorter."""
    pixels = numpy.frombuffer(rgba, numpy.uint8).reshape(rows, columns, 4)
    opaque = bool((pixels[..., 3] == 255).all())

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    def file(kind: int, kept: numpy.ndarray[Any, Any], *more: bytes) -> bytes:
        header = struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0)
        lines = [_filtered(kept), *([_plain(kept)] if kind == BY_NUMBER else [])]
        packed = min((zlib.compress(line, 9) for line in lines), key=len)
        chunks = [chunk(b"IHDR", header), *more, chunk(b"IDAT", packed), chunk(b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)

    whole = file(OPAQUE, pixels[..., :3]) if opaque else file(CLEAR, pixels)
    colours, numbers = numpy.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if not 0 < len(colours) <= 256:
        return whole
    palette = [chunk(b"PLTE", colours[:, :3].tobytes())]
    palette += [] if opaque else [chunk(b"tRNS", colours[:, 3].tobytes())]
    kept = numbers.reshape(rows, columns, 1).astype(numpy.uint8)
    return min(file(BY_NUMBER, kept, *palette), whole, key=len)


def _plain(pixels: numpy.ndarray[Any, Any]) -> bytes:
    """Lines as they are."""
    rows, columns, channels = pixels.shape
    lines = numpy.zeros((rows, 1 + columns * channels), numpy.uint8)
    lines[:, 1:] = pixels.reshape(rows, -1)
    return lines.tobytes()


def _filtered(pixels: numpy.ndarray[Any, Any]) -> bytes:
    """Each line as its differences from the pixel before, the line above, or both foretold: those
    that pack best by the usual guess, the least sum."""
    rows, columns, channels = pixels.shape
    here = pixels.astype(numpy.int16)
    left, above, corner = (numpy.zeros_like(here) for _ in range(3))
    left[:, 1:], above[1:], corner[1:, 1:] = here[:, :-1], here[:-1], here[:-1, :-1]
    distances = [abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)]
    nearest = numpy.where(
        (distances[0] <= distances[1]) & (distances[0] <= distances[2]),
        left,
        numpy.where(distances[1] <= distances[2], above, corner),
    )
    foretold = (0, left, above, (left + above) // 2, nearest)
    lines = numpy.stack([(here - guess).astype(numpy.uint8) for guess in foretold])
    lines = lines.reshape(len(foretold), rows, columns * channels)
    chosen = abs(lines.astype(numpy.int8).astype(numpy.int32)).sum(-1).argmin(0)
    # Few colours pack best as they are.
    if len(numpy.unique(pixels.reshape(-1, channels), axis=0)) <= 256:
        chosen[:] = 0
    best = lines[chosen, numpy.arange(rows)]
    return numpy.concatenate([chosen[:, None].astype(numpy.uint8), best], 1).tobytes()
