"""The compiler in one function: entries -> Program -> Plan -> C -> wasm, with verify between."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from ..errors import ExplorableError
from . import lowerings as lowerings  # they fill the table that lower.py reads
from .build import PAGE, STACK, build
from .copies import elide_copies
from .emit import emit
from .expr import Exprs
from .fuse import fuse
from .halves import in_float32
from .lower import Places, lower_entry
from .merge import merge_phases
from .module import Array, Entry, Module, Slot
from .pack import pack_operands
from .plan import plan
from .program import Program, verify
from .ranges import Interval, near_angles
from .same_state import same_states, with_one_state
from .schedule import drop_dead, hoist_scalars
from .tile import tile_rows

PASSES: tuple[Callable[[Program, Exprs], Program], ...] = (
    lambda program, _: drop_dead(program),
    lambda program, _: hoist_scalars(program),
    fuse,
    merge_phases,
    elide_copies,
    lambda program, _: drop_dead(program),
    lambda program, _: pack_operands(program),
    tile_rows,
)
"""What happens to a Program between lowering and planning, in order."""


def check_lowering(entry: Entry) -> None:
    """Raises what `compile_module` would raise for this entry's operations."""
    lower_entry(Entry(entry.name, in_float32(entry.graph)), Places())


def compile_module(
    entries: Sequence[Entry],
    *,
    relaxed: bool = True,
    memory_limit: int = 64 << 20,
    bounds: Mapping[str, Interval] | None = None,
    own: Collection[str] = (),
    told: Callable[[str], None] | None = None,
) -> Module:
    """Compile graphs that share slots by name into one wasm module.

    >>> module = compile_module([Entry("run", graph)])
    >>> module.slot("x")
    Slot(name='x', offset=65600, type=Type(shape=(), dtype='float32'))

    ``relaxed`` also builds the variant with fused multiply-add; ``memory_limit`` bounds the
    arena in bytes; ``bounds`` says what the numbers in a slot lie between, by its name; ``own``
    names slots that nobody but the entries writes: those that are always equal lie in one place;
    ``told`` is called with "lower" and "zig" as they begin. Raises ExplorableError for an op,
    dtype or size that can't be compiled, with its line.
    """
    told = told or (lambda stage: None)
    told("lower")
    places = Places()
    entries = [Entry(entry.name, in_float32(entry.graph)) for entry in entries]
    same = same_states(entries, own)
    entries = with_one_state(entries, same)
    program = Program(
        tuple(lower_entry(entry, places) for entry in entries), tuple(places.slots.values())
    )
    verify(program)
    for improve in PASSES:
        program = verify(improve(program, places.exprs))
    layout = plan(program, memory_limit)
    c = emit(program, layout, places, near_angles(program, bounds or {}))
    memory = (layout.size + STACK + len(c.whole) // 4 + 2 * PAGE) // PAGE * PAGE
    told("zig")
    wasm, fast = build(c.units, memory, relaxed=relaxed)
    if fast is not None and fast.arena != wasm.arena:
        raise ExplorableError("compiler", "the two variants place their arena differently")
    offsets = {b: wasm.arena + offset for b, offset in layout.offsets.items()}
    slots = {b.name: Slot(b.name, offsets[b], b.type) for b in program.slots if b.type is not None}
    slots |= {name: replace(slots[first], name=name) for name, first in same.items()}
    return Module(
        wasm=wasm.data,
        relaxed=fast.data if fast is not None else None,
        slots=tuple(slots.values()),
        arrays=tuple(
            Array(b.name, offset, b.type, b.data)
            for b, offset in offsets.items()
            if b.kind == "array" and b.type is not None
        ),
        entries=tuple(f.name for f in program.functions),
        memory=memory,
        program=str(program),
        c=c.whole,
    )
