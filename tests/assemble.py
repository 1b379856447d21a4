"""Small wasm files written by hand, for tests of what lies above the compiler."""

from __future__ import annotations

import struct

LOAD, STORE, ADD, MULTIPLY = b"\x2a\x02\x00", b"\x38\x02\x00", b"\x92", b"\x94"
HANG, TRAP = b"\x03\x40\x0c\x00\x0b", b"\x00"


def leb(number: int) -> bytes:
    """An unsigned number as wasm writes it."""
    out = b""
    while True:
        number, low = number >> 7, number & 127
        if not number:
            return out + bytes([low])
        out += bytes([low | 128])


def signed_leb(number: int) -> bytes:
    """A signed number as wasm writes it."""
    out = b""
    while True:
        low, number = number & 127, number >> 7
        if (number == 0 and not low & 64) or (number == -1 and low & 64):
            return out + bytes([low])
        out += bytes([low | 128])


def at(address: int) -> bytes:
    """Push an address."""
    return b"\x41" + signed_leb(address)


def load(address: int) -> bytes:
    """Push the float32 at an address."""
    return at(address) + LOAD


def store(address: int, value: bytes) -> bytes:
    """Write the float32 that ``value`` pushes."""
    return at(address) + value + STORE


def number(value: float) -> bytes:
    """Push a float32."""
    return b"\x43" + struct.pack("<f", value)


def delay(address: int, turns: float) -> bytes:
    """Count to ``turns`` (at most 2**24) in the float32 at an address."""
    again = store(address, load(address) + number(1) + ADD)
    ahead = load(address) + number(turns) + b"\x5d"
    return store(address, number(0)) + b"\x03\x40" + again + ahead + b"\x0d\x00\x0b"


def assemble(bodies: dict[str, bytes]) -> bytes:
    """A wasm file with one page of memory and functions without arguments."""
    names = list(bodies)
    exports = [bytes([6]) + b"memory" + bytes([2, 0])]
    exports += [leb(len(n)) + n.encode() + bytes([0]) + leb(k) for k, n in enumerate(names)]
    codes = [leb(len(b) + 2) + b"\x00" + b + b"\x0b" for b in bodies.values()]
    return (
        b"\0asm\1\0\0\0"
        + _section(1, b"\x01\x60\x00\x00")
        + _section(3, leb(len(names)) + b"\0" * len(names))
        + _section(5, b"\x01\x01\x01\x01")
        + _section(7, leb(len(exports)) + b"".join(exports))
        + _section(10, leb(len(codes)) + b"".join(codes))
    )


def _section(code: int, body: bytes) -> bytes:
    return bytes([code]) + leb(len(body)) + body
