"""The table of characters that SentencePiece compiles into its models -> what the page looks up.

Its form: the size and the 32-bit units of a trie over bytes (a double array, by the Darts-clone
library), then the texts that keys become, each ended by a zero; a leaf says at which byte its text
begins. The page has the texts as one string, and leaves that say at which sign of it.
"""

from __future__ import annotations

import struct
from typing import Any

LEAF = 1 << 31


def read_charsmap(data: bytes) -> Any:  # a shape of spec.d.ts
    """``["table", units, texts]``."""
    (size,) = struct.unpack_from("<I", data)
    units: list[int] = list(struct.unpack_from(f"<{size // 4}I", data, 4))
    blob = data[4 + size :]
    places: dict[int, int] = {}
    units16 = 0
    begin = 0
    for text in blob.split(b"\0"):
        places[begin] = units16
        begin += len(text) + 1
        units16 += len(text.decode().encode("utf-16-le")) // 2 + 1
    found = [LEAF | _place(places, blob, unit & ~LEAF) if unit & LEAF else unit for unit in units]
    return ["table", found, blob.decode()]


def _place(places: dict[int, int], blob: bytes, byte: int) -> int:
    """The sign at a byte: of a text, or of the end of one that a shorter text shares."""
    if byte in places:
        return places[byte]
    start = max(begin for begin in places if begin < byte)
    return places[start] + len(blob[start:byte].decode().encode("utf-16-le")) // 2
