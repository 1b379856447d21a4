"""Module: wasm bytes and their signature. What compiler/ gives, and engine and runtime load."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..graphs import Graph, Type


@dataclass(frozen=True)
class Entry:
    """One function of a module: ``name`` becomes the exported wasm function, ``graph`` its body.

    Inputs and outputs are slots, joined by name: two entries that name the same slot share its
    memory;
    an entry that reads and writes one name updates it in place (state).
    """

    name: str
    graph: Graph


@dataclass(frozen=True)
class Slot:
    """A named place in the arena: byte offset (16-aligned), shape, dtype. Row-major; complex
    interleaved;
    bool one byte; int64 eight bytes."""

    name: str
    offset: int
    type: Type


@dataclass(frozen=True)
class Array:
    """Constant bytes the loader writes at ``offset`` once, before ``init``. Not in the wasm
    file."""

    name: str
    offset: int
    type: Type
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Module:
    """``wasm`` always runs (plain SIMD); ``relaxed`` is the same program with relaxed_madd, or
    None.

    Exports: ``memory``; ``init()`` (packs constants; call once after the arrays are written);
    one function without arguments and result per entry, named as the entry. No imports.
    An entry reads its input slots and writes its output slots.
    """

    wasm: bytes = field(repr=False)
    relaxed: bytes | None = field(repr=False)
    slots: tuple[Slot, ...]
    arrays: tuple[Array, ...]
    entries: tuple[str, ...]
    memory: int
    """Bytes of linear memory, fixed."""
    program: str = field(repr=False)
    c: str = field(repr=False)

    def slot(self, name: str) -> Slot:
        """The slot called ``name``."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise KeyError(name)
