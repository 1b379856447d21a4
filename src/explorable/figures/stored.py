"""How the arrays of a group stand in their files: the bytes that weigh least once a host has packed
them, found by trying. What is stored always gives the array back, bit for bit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ..compiler.module import Array
from ..es_module import Stored, as_they_are
from ..graphs import Type
from ..trace import coded

SMALLER = {
    "float32": ("uint8", "int8", "int16"),
    "float64": ("uint8", "int8", "int16"),
    "int64": ("uint8", "int8", "int16", "int32"),
    "int32": ("uint8", "int8", "int16"),
}
"""Dtypes that whole numbers of another are stored as, where they fit."""
_WORDS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
_WIDTHS = {
    "uint8": 1, "int8": 1, "bool": 1, "int16": 2, "float16": 2, "bfloat16": 2,
    "int32": 4, "float32": 4, "complex64": 4, "int64": 8, "float64": 8, "complex128": 8,
}  # fmt: skip
"""Bytes of a number; a complex one is two."""
_TRIED = 1 << 20
"""Bytes by which a large array is judged."""
_GAIN = 24
"""Bytes that another form must save: its words in the spec take as many."""


def stored(array: Array, *, weights: str | None) -> Stored:
    """``array`` in its file: in codes or as float16 where the author asked for such weights and not
    a bit is lost; else in the form that packs best."""
    smaller = _as_weights(array, weights) if array.type.dtype == "float32" else None
    if smaller is not None and smaller.along is not None:
        return smaller
    plain = smaller or as_they_are(array)
    best, least = plain, _weight(plain.data) - _GAIN
    for form in _forms(smaller or _narrow(array), array.type):
        weight = _weight(form.data)
        if weight < least:
            best, least = form, weight
    return best


def _as_weights(array: Array, weights: str | None) -> Stored | None:
    numbers = np.frombuffer(array.data, np.float32)
    if weights == "float16":
        with np.errstate(over="ignore"):
            half = numbers.astype(np.float16)
        if half.astype(np.float32).tobytes() == array.data:
            return Stored("float16", half.tobytes())
    if weights == "int8" and (found := coded(numbers.reshape(array.type.shape))) is not None:
        if found.numbers.tobytes() == array.data:
            data = found.scales.tobytes() + found.codes.tobytes()
            return Stored("int8", data, found.along)
    return None


def _narrow(array: Array) -> Stored:
    """Whole numbers in fewer bytes each, if all fit."""
    for dtype in SMALLER.get(array.type.dtype, ()):
        numbers = np.frombuffer(array.data, array.type.dtype)
        with np.errstate(invalid="ignore"):
            fewer = numbers.astype(dtype)
        if fewer.astype(array.type.dtype).tobytes() == array.data:
            return Stored(dtype, fewer.tobytes())
    return as_they_are(array)


def _forms(plain: Stored, type: Type) -> Iterator[Stored]:
    """``plain``, and its words as differences from those before, in their row or in the rows
    above; each also with all first bytes before all second ones."""
    width = _WIDTHS[plain.dtype]
    words = np.frombuffer(plain.data, _WORDS[width])
    for apart in (0, *_distances(words.size, type)):
        taken = words.copy()
        # The bits of floats, too: of numbers evenly apart they differ by nearly as much each time.
        taken[apart:] -= words[: words.size - apart] if apart else 0
        data = taken.tobytes()
        yield Stored(plain.dtype, data, apart=apart)
        if width > 1:
            yield Stored(plain.dtype, in_planes(data, width), apart=apart, planes=True)


def _distances(count: int, type: Type) -> list[int]:
    parts = 2 if type.dtype.startswith("complex") else 1
    found, distance = {1, parts}, parts
    for extent in reversed(type.shape[1:]):
        distance *= int(extent)
        found.add(distance)
    return sorted(d for d in found if 0 < d < count)


def in_planes(data: bytes, width: int) -> bytes:
    """All first bytes of the words, then all second ones, and so on.

    >>> in_planes(b"abcdABCD", 4)
    b'aAbBcCdD'
    """
    planes: NDArray[np.uint8] = np.frombuffer(data, np.uint8).reshape(-1, width)
    return planes.T.tobytes()


def _weight(data: bytes) -> float:
    """What hosts send of it: most pack by brotli, others by gzip, a few not at all."""
    import brotli  # pyright: ignore[reportMissingTypeStubs] it has none

    seen = data[:_TRIED]
    share = len(data) / max(len(seen), 1)
    squeeze = cast("Callable[..., bytes]", brotli.compress)  # pyright: ignore[reportUnknownMemberType] no stubs
    return (
        share * (3 * len(squeeze(seen, quality=5)) + len(zlib.compress(seen, 6))) / 4
        + len(data) / 50
    )
