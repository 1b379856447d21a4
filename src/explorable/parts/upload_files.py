"""An author's file -> the numbers that a page makes of it: a CSV, a picture, a .wav. Tables are
read by the rules of runtime/page/table_file.js; a test holds the two together."""

from __future__ import annotations

import csv
import importlib.util
import io
import math
import re
import sysconfig
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy

from .controls import Array
from .source import mistake

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
CHANNELS = {1: "L", 3: "RGB"}


def read_table(path: Path, wanted: Sequence[str], most: int) -> Array:
    """The wanted columns of a CSV (all of numbers, if none is wanted): rows without gaps."""
    header, rows = table_of(_bytes(path).decode("utf-8-sig", errors="replace"))
    columns = numeric(rows)
    if wanted:
        missing = [name for name in wanted if name not in header]
        if missing:
            found = ", ".join(header) or "no header"
            raise mistake(f"'{path.name}' has no column '{missing[0]}': it has {found}")
        columns = [header.index(name) for name in wanted]
    if not columns:
        raise mistake(f"'{path.name}' has no column of numbers")
    picked = ([row[k] if k < len(row) else math.nan for k in columns] for row in rows)
    whole = [row for row in picked if all(map(math.isfinite, row))]
    return numpy.asarray(whole[:most], numpy.float32).reshape(-1, len(columns))


def table_of(text: str) -> tuple[list[str], list[list[float]]]:
    """The header ([] if there is none) and the numbers of a CSV; NaN where a cell is none."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    between = max("\t;,", key=head.count)
    cells = [
        row for row in csv.reader(io.StringIO(text, newline=""), delimiter=between) if any(row)
    ]
    rows = [[number(cell, between) for cell in row] for row in cells]
    if len(rows) > 1 and all(map(math.isnan, rows[0])):
        return [cell.strip() for cell in cells[0]], rows[1:]
    return [], rows


def number(cell: str, between: str) -> float:
    """What a cell says; where commas do not part cells, one may be a decimal comma."""
    plain = cell.strip().replace("\u2212", "-")
    if between != "," and "." not in plain:
        plain = plain.replace(",", ".")
    return float(plain) if NUMBER.fullmatch(plain) else math.nan


def numeric(rows: Sequence[Sequence[float]]) -> list[int]:
    """Columns of which at least half are numbers."""
    width = max(map(len, rows), default=0)
    counts = [sum(k < len(row) and math.isfinite(row[k]) for row in rows) for k in range(width)]
    return [k for k, count in enumerate(counts) if 2 * count >= len(rows)]


def read_picture(path: Path, shape: tuple[int, ...]) -> Array:
    """A picture cut to the ratio of ``shape``, scaled, 0 to 1."""
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        raise mistake(
            f"reading '{path.name}' needs Pillow",
            fix='pip install "explorable[pictures]", or give the example as a tensor',
        ) from None
    channels, height, width = shape
    try:
        with Image.open(io.BytesIO(_bytes(path))) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except UnidentifiedImageError:
        raise mistake(f"'{path.name}' is no picture that Pillow knows") from None
    paper = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(paper, upright).convert(CHANNELS[channels])
    fitted = ImageOps.fit(flat, (width, height), Image.Resampling.BOX)
    pixels = numpy.asarray(fitted, numpy.float32).reshape(height, width, channels) / 255
    return numpy.ascontiguousarray(pixels.transpose(2, 0, 1))


@cache
def _wave() -> Any:  # Any: a module
    """Python's own, where an author's figure is in a wave.py beside his pages."""
    place = Path(sysconfig.get_path("stdlib")) / "wave.py"
    spec = importlib.util.spec_from_file_location("explorable.parts._wave", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_sound(path: Path, length: int | None, rate: int | None) -> tuple[Array, int]:
    """The samples of a .wav, mixed to one channel, ``rate`` in a second (None: its own)."""
    wave = _wave()
    try:
        with wave.open(io.BytesIO(_bytes(path))) as opened:
            width, channels = opened.getsampwidth(), opened.getnchannels()
            own, data = opened.getframerate(), opened.readframes(opened.getnframes())
    except (wave.Error, EOFError) as error:
        raise mistake(f"'{path.name}' is no .wav of whole numbers: {error}") from None
    if width == 1:
        whole: Array = (numpy.frombuffer(data, numpy.uint8).astype(numpy.float64) - 128) / 128
    else:
        # Little-endian of any width: into the upper bytes of 32 bits.
        cells = numpy.zeros((len(data) // width, 4), numpy.uint8)
        cells[:, 4 - width :] = numpy.frombuffer(data, numpy.uint8).reshape(-1, width)
        whole = cells.view("<i4")[:, 0] / float(1 << 31)
    mono: Array = whole.reshape(-1, channels).mean(1)
    rate = rate or int(own)
    count = round(len(mono) * rate / own) if length is None else length
    times = numpy.arange(count) * (own / rate)
    heard = numpy.interp(times, numpy.arange(len(mono)), mono, right=0.0)  # pyright: ignore[reportUnknownVariableType]  (numpy's own stub)
    return numpy.asarray(heard, numpy.float32), rate


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise mistake(f"'{path}' cannot be read: {error.strerror}") from None
