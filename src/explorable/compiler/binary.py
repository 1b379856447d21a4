"""A wasm file read as bytes: its sections, and how many bytes each exported function takes."""

from __future__ import annotations

EXPORTS, GLOBALS, CODE, DATA = 7, 6, 10, 11
"""Sections by their number."""
_IMPORTS, _FUNCTION = 2, 0


def sections(data: bytes) -> list[tuple[int, bytes]]:
    """(number, content) of every section."""
    found: list[tuple[int, bytes]] = []
    at = 8
    while at < len(data):
        start, size = leb(data, at + 1)
        found.append((data[at], data[start : start + size]))
        at = start + size
    return found


def leb(data: bytes, at: int) -> tuple[int, int]:
    """Where a number ends that begins at ``at``, and the number."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            return at, value


def signed_leb(data: bytes, at: int) -> tuple[int, int]:
    """As `leb`, of a number with a sign."""
    start = at
    at, value = leb(data, at)
    bits = 7 * (at - start)
    return at, value - (1 << bits) if data[at - 1] & 64 else value


def exports(data: bytes) -> dict[tuple[str, int], int]:
    """Index by (name, kind) of what a module exports."""
    place = dict(sections(data)).get(EXPORTS, b"\0")
    found: dict[tuple[str, int], int] = {}
    at, number = leb(place, 0)
    for _ in range(number):
        at, length = leb(place, at)
        name = place[at : at + length].decode()
        kind = place[at + length]
        at, index = leb(place, at + length + 1)
        found[name, kind] = index
    return found


def function_sizes(data: bytes) -> dict[str, int]:
    """Bytes of each exported function, largest first; of all others, that they call, under
    ``kernels``, of constants under ``data``.

    >>> function_sizes(module.wasm)
    {'step_training': 30211, 'draw_warped': 9120, 'kernels': 4310, 'init_training': 1702}
    """
    parts = dict(sections(data))
    code = parts.get(CODE, b"\0")
    sizes: list[int] = []
    at, number = leb(code, 0)
    for _ in range(number):
        at, size = leb(code, at)
        sizes.append(size)
        at += size
    _, imported = leb(parts.get(_IMPORTS, b"\0"), 0)
    found = {"kernels": sum(sizes)}
    for (name, kind), index in exports(data).items():
        if kind == _FUNCTION and 0 <= index - imported < len(sizes):
            found[name] = sizes[index - imported]
            found["kernels"] -= found[name]
    found["data"] = len(parts.get(DATA, b""))
    return {name: size for name, size in sorted(found.items(), key=lambda i: -i[1]) if size > 0}
