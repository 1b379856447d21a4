"""Each pass of the compiler checked alone: a Program is interpreted as it was lowered, after every
pass, and in the memory that was planned for it. The first step whose numbers differ is the wrong
one; lowering is held against eager torch, the others against the step before, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import numpy as np

from explorable.compiler import Entry, Module, compile_module
from explorable.compiler.halves import in_float32
from explorable.compiler.lower import Places, lower_entry
from explorable.compiler.passes import PASSES
from explorable.compiler.plan import Plan, plan
from explorable.compiler.program import Buffer, Function, Opaque, Program, verify
from explorable.engine import engine
from explorable.graphs import Graph, Type
from explorable.trace import tensor_bytes, tensor_from_bytes

from .interpreter import Machine, Wrong, run
from .judge import difference, eager, ill_conditioned
from .program import Program as Author

STEPS = (
    *("lower", "drop dead", "hoist scalars", "fuse", "merge phases", "elide copies"),
    *("drop dead again", "pack", "tile rows"),
)
MEMORY = 64 << 20


def wrong_pass(author: Author, entry: Entry, turn: int = 0) -> str:
    """The step that makes the program's numbers wrong, and how; empty if all are right."""
    given = {
        f"{entry.name}.{argument.name}": tensor_bytes(value)[1]
        for argument, value in zip(author.arguments, author.values(turn), strict=True)
    }
    before: dict[str, bytes] = {}
    for step, program, layout in _steps(entry):
        try:
            machine = Machine(layout, _run_opaque)
            after = run(program, program.functions[0], given, machine)
        except Wrong as fault:
            return f"{step}: {fault}"
        fault = _changed(before, after) if before else _lowered(author, entry, turn, after)
        if fault:
            return f"{step}: {fault}"
        before = after
    return ""


def _steps(entry: Entry) -> Iterator[tuple[str, Program, Plan | None]]:
    """The program after lowering, after every pass, and with its plan."""
    places = Places()
    function = lower_entry(Entry(entry.name, in_float32(entry.graph)), places)
    program = Program((function,), tuple(places.slots.values()))
    yield STEPS[0], program, None
    for name, improve in zip(STEPS[1:], PASSES, strict=True):
        program = verify(improve(program, places.exprs))
        yield name, program, None
    yield "plan", program, plan(program, MEMORY)


def _lowered(author: Author, entry: Entry, turn: int, slots: dict[str, bytes]) -> str:
    """What is wrong with the lowered program, against eager torch."""
    states = dict(author.states)
    types = {o.name: entry.graph.types()[o.value] for o in entry.graph.outputs}
    for k, wanted in enumerate(eager(author, turn)):
        place = author.arguments[states[k]].name if k in states else f"y{k}"
        name = f"{entry.name}.{place}"
        got = tensor_from_bytes(types[name], slots[name])
        fault = difference(wanted, got)
        if fault and not ill_conditioned(author, turn, k, wanted, got):
            return f"result {k}: {fault}"
    return ""


def _changed(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    for name, was in before.items():
        if was != after[name]:
            at = int(
                np.argmax(np.frombuffer(was, np.uint8) != np.frombuffer(after[name], np.uint8))
            )
            return f"byte {at} of slot {name} is not what the step before made it"
    return ""


def _run_opaque(kernel: Opaque, machine: Machine) -> None:
    """A kernel of somebody else's C, compiled alone and run in V8."""
    slots = {
        b: Buffer(f"b{k}", b.dtype, b.size, "slot", Type((b.size,), _ITEM[b.dtype]))
        for k, b in enumerate(dict.fromkeys((*kernel.inputs, *kernel.outputs)))
    }
    inputs = tuple(slots[b] for b in kernel.inputs)
    outputs = tuple(slots[b] for b in kernel.outputs)
    alone = Opaque(
        kernel.name, kernel.text, inputs, outputs, kernel.numbers, kernel.note,
        kernel.scratch, kernel.needs,
    )  # fmt: skip
    module = _module(Program((Function("f", (alone,)),), tuple(slots.values())))
    instance = engine().load(module)
    for buffer, slot in slots.items():
        instance.write(slot.name, machine.of(buffer).tobytes())
    instance.run("f")
    for buffer in kernel.outputs:
        made = instance.read(slots[buffer].name)
        machine.of(buffer).view(np.uint8)[:] = np.frombuffer(made, np.uint8)


def _module(program: Program) -> Module:
    """A program that no graph was lowered to, compiled."""

    def lowered(_: Entry, places: Places) -> Function:
        places.slots.update({slot.name: slot for slot in program.slots})
        return program.functions[0]

    with mock.patch("explorable.compiler.passes.lower_entry", lowered):
        return compile_module([Entry("f", Graph((), (), (), ()))], relaxed=False)


_ITEM = {
    "f32": "float32", "f64": "float64", "i8": "int8", "i16": "int16", "i32": "int32",
    "i64": "int64", "u8": "uint8", "bool": "bool",
}  # fmt: skip
