"""A slow interpreter of Programs in NumPy: what the kernels of one entry mean, without C. It runs
a Program before and after any pass, with each buffer apart or, with a Plan, all in one arena.

Kernels that call C written by others (Opaque) are handed to `opaque`, as they are no pass's work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from explorable.compiler import index as ix
from explorable.compiler.expr import Expr
from explorable.compiler.index import Aff, Var
from explorable.compiler.plan import Plan
from explorable.compiler.program import (
    Buffer,
    Function,
    Kernel,
    Loops,
    Matmul,
    Opaque,
    Operand,
    Pack,
    Phase,
    Program,
    Repeat,
    Store,
    loads,
)

from .arithmetic import DTYPES, calculate, identity, poison

Array = np.ndarray
Points = dict[Var, Array]
"""The value of every loop variable, as arrays that broadcast to the points of a loop nest."""


class Wrong(Exception):  # noqa: N818 a finding, not an error of the interpreter
    """The program does what no program may do."""


@dataclass
class Machine:
    """The memory of a program: every buffer by itself, or, planned, a piece of one arena."""

    layout: Plan | None = None
    opaque: Callable[[Opaque, Machine], None] | None = None
    buffers: dict[Buffer, Array] = field(default_factory=dict[Buffer, Array])
    panels: dict[Buffer, tuple[Array, Array]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = 0 if self.layout is None else self.layout.size
        self.arena = np.full(size, 0xA5, np.uint8)

    def of(self, buffer: Buffer) -> Array:
        """The items of a buffer; what nobody has written holds junk."""
        known = self.buffers.get(buffer)
        if known is not None:
            return known
        if buffer.kind == "static" or self.layout is None:
            raw = np.full(buffer.nbytes, 0xA5, np.uint8)
        else:
            start = self.layout.offsets[buffer]
            raw = self.arena[start : start + buffer.nbytes]
        if buffer.kind == "kept":
            raw[:] = 0
        if buffer.data:
            raw[:] = np.frombuffer(buffer.data, np.uint8)
        made = raw.view(np.uint8 if buffer.dtype == "bool" else DTYPES[buffer.dtype])
        self.buffers[buffer] = made
        return made


def run(
    program: Program, function: Function, inputs: Mapping[str, bytes], machine: Machine
) -> dict[str, bytes]:
    """What an entry leaves in every slot, given the bytes of its inputs."""
    for slot in program.slots:
        held = machine.of(slot)
        if slot.name in inputs:
            held.view(np.uint8)[:] = np.frombuffer(inputs[slot.name], np.uint8)
    for kernels in (program.init, function.kernels):
        for kernel in kernels:
            for buffer in kernel.reads():
                machine.of(buffer)  # arrays lie where the plan says before anything runs
    with np.errstate(all="ignore"):
        for kernels in (program.init, function.kernels):
            _kernels(kernels, {}, machine)
    return {slot.name: machine.of(slot).tobytes() for slot in program.slots}


def _kernels(kernels: tuple[Kernel, ...], outer: Points, machine: Machine) -> None:
    for kernel in kernels:
        if isinstance(kernel, Loops):
            _loops(kernel, outer, machine)
        elif isinstance(kernel, Matmul):
            _matmul(kernel, outer, machine)
        elif isinstance(kernel, Pack):
            _pack(kernel, machine)
        elif isinstance(kernel, Opaque):
            if machine.opaque is None:
                raise NotImplementedError(kernel.name)
            machine.opaque(kernel, machine)
        elif isinstance(kernel, Repeat):
            for k in range(kernel.var.extent):
                inner = {**outer, kernel.var: np.array(k)}
                _kernels(kernel.test, inner, machine)
                if kernel.condition is not None and not machine.of(kernel.condition)[0]:
                    break
                _kernels(kernel.body, inner, machine)
        else:
            chosen = kernel.yes if machine.of(kernel.condition)[0] else kernel.no
            _kernels(chosen, outer, machine)


def _loops(kernel: Loops, outer: Points, machine: Machine) -> None:
    """All points at once where no point can see another's stores, else one after the other."""
    if not kernel.ordered and len(kernel.phases) == 1 and not kernel.reads() & kernel.writes():
        _phase(kernel.phases[0], _grid(kernel.dims, outer), kernel.dims, machine)
        return
    for place in product(*(range(d.extent) for d in kernel.dims)):
        here = outer | {d: np.array(k) for d, k in zip(kernel.dims, place, strict=True)}
        results: dict[Expr, Array] = {}
        for phase in kernel.phases:
            touched = {b for s in phase.stores for b, _ in loads(s.value)}
            apart = not touched & {s.buffer for s in phase.stores}
            if phase.reductions or apart or not phase.dims:
                results |= _phase(phase, here, (), machine, results)
                continue
            for inner in product(*(range(d.extent) for d in phase.dims)):
                at = here | {d: np.array(k) for d, k in zip(phase.dims, inner, strict=True)}
                _stores(phase.stores, _Values(at, dict(results), machine))


def _grid(dims: tuple[Var, ...], outer: Points, before: int = 0, after: int = 0) -> Points:
    """Every variable along an axis of its own, after ``before`` other axes."""
    found = dict(outer)
    rank = before + len(dims) + after
    for axis, var in enumerate(dims):
        shape = [1] * rank
        shape[before + axis] = var.extent
        found[var] = np.arange(var.extent).reshape(shape)
    return found


def _phase(
    phase: Phase,
    points: Points,
    dims: tuple[Var, ...],
    machine: Machine,
    known: Mapping[Expr, Array] | None = None,
) -> dict[Expr, Array]:
    """One phase at the points given; what its reductions found."""
    rank = len(dims)
    inside = {
        v: a.reshape(a.shape + (1,) * len(phase.dims)) if a.ndim else a for v, a in points.items()
    }
    every = _grid(phase.dims, inside, before=rank)
    shape = (*(d.extent for d in dims), *(d.extent for d in phase.dims))
    results = {e: a.reshape(a.shape + (1,) * len(phase.dims)) for e, a in (known or {}).items()}
    values = _Values(every, dict(results), machine)
    axes = tuple(range(rank, len(shape)))
    made: dict[Expr, Array] = {}
    for reduction in phase.reductions:
        value = np.broadcast_to(values.of(reduction.value), shape)
        position = None
        if reduction.position is not None:
            position = np.broadcast_to(values.of(reduction.position), shape)
        best, where = _reduced(
            reduction.op, reduction.value.dtype, value, position, axes, running=phase.running
        )
        if where is not None:
            made[reduction.result] = where
            if reduction.extreme is not None:
                made[reduction.extreme] = best
        else:
            made[reduction.result] = best
    if phase.running:
        _stores(phase.stores, _Values(every, results | made, machine), shape)
    elif phase.reductions:
        _stores(phase.stores, _Values(points, {**(known or {}), **made}, machine), shape[:rank])
    else:
        _stores(phase.stores, values, shape)
    return {} if phase.running else made


def _reduced(
    op: str,
    dtype: str,
    value: Array,
    position: Array | None,
    axes: tuple[int, ...],
    *,
    running: bool,
) -> tuple[Array, Array | None]:
    """One reduction over the axes, element after element; running ones keep every step."""
    front = value.shape[: value.ndim - len(axes)]
    rows = value.reshape(*front, -1)
    places = None if position is None else position.reshape(*front, -1).astype(np.int64)
    best = np.full(front, identity(op, dtype), DTYPES[dtype])
    where = np.full(front, -1, np.int64)
    steps: list[tuple[Array, Array]] = []
    for k in range(rows.shape[-1]):
        item = rows[..., k]
        if places is None:
            best = calculate({"sum": "add", "prod": "mul"}.get(op, op), (best, item), dtype)
        else:
            better = {
                "argmax": np.greater, "argmin": np.less,
                "cummax": np.greater_equal, "cummin": np.less_equal,
            }[op](item, best)  # fmt: skip
            nan = item != item
            taken = (where < 0) | better | (nan if op.startswith("cum") else nan & (best == best))
            best, where = np.where(taken, item, best), np.where(taken, places[..., k], where)
        steps.append((best, where))
    if running:
        best = np.stack([b for b, _ in steps], -1).reshape(value.shape) if steps else value
        if places is not None:
            where = np.stack([w for _, w in steps], -1).reshape(value.shape) if steps else where
    return best, (None if places is None else where)


def _stores(stores: tuple[Store, ...], values: _Values, shape: tuple[int, ...] = ()) -> None:
    """All values first, then the stores, as a phase does."""
    found = [(s, values.of(s.value), values.place(s.index)) for s in stores]
    for store, value, place in found:
        target = values.machine.of(store.buffer)
        at = np.broadcast_to(place, np.broadcast_shapes(place.shape, shape))
        if at.size and (at.min() < 0 or at.max() >= store.buffer.size):
            raise Wrong(f"a store outside {store.buffer}")
        target[at] = np.broadcast_to(value, at.shape).astype(target.dtype)


class _Values:
    """Expressions at many points, each computed once."""

    def __init__(self, points: Points, known: dict[Expr, Array], machine: Machine) -> None:
        self.points, self.known, self.machine = points, known, machine

    def of(self, e: Expr) -> Array:
        """The value of an expression at every point."""
        found = self.known.get(e)
        if found is None:
            found = self.known[e] = self._of(e)
        return found

    def _of(self, e: Expr) -> Array:
        if e.op == "const":
            return np.array(e.attr).astype(DTYPES[e.dtype])
        if e.op == "index" and isinstance(e.attr, Aff):
            return self.place(e.attr).astype(np.int32)
        if e.op == "load" and isinstance(e.attr, tuple):
            return self._load(*e.attr)
        if e.op == "acc":
            raise Wrong(f"{e} is read where it is not known")
        return calculate(e.op, tuple(map(self.of, e.args)), e.dtype)

    def _load(self, buffer: Buffer, index: Aff) -> Array:
        """Items of a buffer; outside of it lies poison, which a select must discard."""
        at, held = self.place(index), self.machine.of(buffer)
        if not held.size:
            return np.full(at.shape, poison(buffer.dtype), DTYPES[buffer.dtype])
        items = held[np.clip(at, 0, held.size - 1)].astype(DTYPES[buffer.dtype])
        inside = (at >= 0) & (at < held.size)
        return np.where(inside, items, poison(buffer.dtype)).astype(DTYPES[buffer.dtype])

    def place(self, aff: Aff) -> Array:
        """The value of an index at every point."""
        total = np.array(aff.const)
        for atom, coefficient in aff.terms:
            total = total + self._atom(atom) * coefficient
        return total

    def _atom(self, atom: ix.Atom) -> Array:
        if isinstance(atom, Var):
            if atom not in self.points:
                raise Wrong(f"variable {atom} is not bound")
            return self.points[atom]
        if isinstance(atom, ix.Ind):
            return np.clip(self.of(atom.expr).astype(np.int64), 0, atom.extent - 1)
        if isinstance(atom, ix.Div):
            return self.place(atom.aff) // atom.by
        if isinstance(atom, ix.Mod):
            return self.place(atom.aff) % atom.by
        raise NotImplementedError("sizes that move")


def _matmul(kernel: Matmul, outer: Points, machine: Machine) -> None:
    batch, rows, columns = (d.extent for d in kernel.dims)
    right = machine.of(kernel.right.buffer)
    if kernel.packed is not None:
        right, mark = machine.panels[kernel.packed]
        if not np.array_equal(machine.of(kernel.packed).view(np.uint8), mark):
            raise Wrong(f"the panels {kernel.packed.name} were overwritten")
    left = machine.of(kernel.left.buffer)
    planes = len(kernel.results)
    one = [_matrix(left, kernel.left, p, (batch, rows, kernel.depth)) for p in range(planes)]
    two = [_matrix(right, kernel.right, p, (batch, kernel.depth, columns)) for p in range(planes)]
    results = [one[0] @ two[0]]
    if planes == 2:
        results = [results[0] - one[1] @ two[1], one[0] @ two[1] + one[1] @ two[0]]
    points = _grid(kernel.dims, outer)
    known: dict[Expr, Array] = dict(zip(kernel.results, results, strict=True))
    _stores(kernel.stores, _Values(points, known, machine), (batch, rows, columns))


def _matrix(items: Array, operand: Operand, plane: int, shape: tuple[int, int, int]) -> Array:
    b, i, j = np.ogrid[: shape[0], : shape[1], : shape[2]]
    at = operand.offset + plane * operand.plane
    at = at + b * operand.batch + i * operand.row + j * operand.column
    if at.size and (at.min() < 0 or at.max() >= items.size):
        raise Wrong(f"an operand reaches outside {operand.buffer}")
    return items[at]


def _pack(kernel: Pack, machine: Machine) -> None:
    """Panels are a copy of the operand; their bytes get a mark that must still be there later."""
    target = machine.of(kernel.target).view(np.uint8)
    mark = np.arange(len(machine.panels) + 1, len(machine.panels) + 1 + target.size, dtype=np.int64)
    target[:] = mark % 251
    machine.panels[kernel.target] = (machine.of(kernel.right.buffer).copy(), target.copy())
