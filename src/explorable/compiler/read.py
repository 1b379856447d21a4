"""Bytes of constants as Python numbers, for folding and for static data in the C."""

from __future__ import annotations

import struct

from ..graphs import ITEM_BYTES, Constant
from .expr import ITEM
from .program import TABLE_LIMIT

MOST_FOLDED = 2 * TABLE_LIMIT
"""Items of a constant that the C may hold as numbers even where they differ."""
_CODE = {
    "f32": "f",
    "f64": "d",
    "i8": "b",
    "i16": "h",
    "i32": "i",
    "i64": "q",
    "u8": "B",
    "bool": "B",
}


def items(data: bytes, item: str) -> tuple[int | float, ...]:
    """All items of little-endian bytes."""
    return struct.unpack(f"<{len(data) // ITEM[item]}{_CODE[item]}", data)


def constant_elements(data: bytes, item: str) -> tuple[int | float, ...] | None:
    """The items of a small constant, or of a large one whose items are all equal; else None."""
    width = ITEM[item]
    if len(data) <= MOST_FOLDED * width:
        return items(data, item)
    if data == data[:width] * (len(data) // width):
        return items(data[:width], item)
    return None


def lies_apart(constant: Constant) -> bool:
    """Whether it is an array beside the wasm, whatever numbers it holds; halves are made wider
    first."""
    kind = constant.type
    alike = constant.data == constant.data[: ITEM_BYTES[kind.dtype]] * kind.size
    halves = kind.dtype in ("float16", "bfloat16")
    return kind.size > MOST_FOLDED and not alike and not halves
