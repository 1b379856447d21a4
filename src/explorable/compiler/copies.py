"""Copies: a temporary that is only copied into a slot or a carry is made there in the first place;
one that begins as a copy of it too (``out[k] = y`` in a loop) is that slot or carry all along.
(Copies into state that is still being read are fusion's: see fuse.py.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .expr import Exprs
from .program import (
    Branch,
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
    flat,
)


def elide_copies(program: Program, exprs: Exprs) -> Program:
    """The program without copies of temporaries that could have been made in place."""
    functions: list[Function] = []
    for function in program.functions:
        uses: dict[Buffer, int] = {}
        for kernel in flat(function.kernels):
            for buffer in _own(kernel):
                uses[buffer] = uses.get(buffer, 0) + 1
        kernels = _Elision(exprs, uses).run(function.kernels)
        functions.append(replace(function, kernels=kernels))
    return replace(program, functions=tuple(functions))


def _own(kernel: Kernel) -> set[Buffer]:
    """What a kernel itself reads and writes, without the kernels inside it."""
    if isinstance(kernel, Repeat | Branch):
        return set() if kernel.condition is None else {kernel.condition}
    return set(kernel.reads() | kernel.writes())


class _Elision:
    def __init__(self, exprs: Exprs, uses: dict[Buffer, int]) -> None:
        self.exprs, self.uses = exprs, uses

    def run(self, kernels: tuple[Kernel, ...]) -> tuple[Kernel, ...]:
        """One list, the lists inside it first."""
        done = [self._inside(k) for k in kernels]
        at = 0
        while at < len(done):
            pair = _copied(done[at])
            if pair is not None and self._can(done, at, *pair):
                source, target = pair
                del done[at]
                begins = next(n for n, k in enumerate(done) if source in k.writes())
                if _copied(done[begins]) == (target, source):
                    del done[begins]
                    at -= 1
                done = [rename(self.exprs, k, source, target) for k in done]
            else:
                at += 1
        return tuple(done)

    def _inside(self, kernel: Kernel) -> Kernel:
        if isinstance(kernel, Repeat):
            return replace(kernel, test=self.run(kernel.test), body=self.run(kernel.body))
        if isinstance(kernel, Branch):
            return replace(kernel, yes=self.run(kernel.yes), no=self.run(kernel.no))
        return kernel

    def _can(self, kernels: Sequence[Kernel], at: int, source: Buffer, target: Buffer) -> bool:
        if source.kind != "temp":
            return False
        here = sum(source in _own(k) for k in flat(kernels))
        if here != self.uses.get(source, 0):
            return False
        writers = [n for n, k in enumerate(kernels) if source in k.writes()]
        if not writers or writers[-1] > at:
            return False
        begins = writers[0]
        if begins < at and _copied(kernels[begins]) == (target, source):
            begins += 1  # the source is the target before it is written: there may it change
        if any(target in k.reads() | k.writes() for k in kernels[begins:at]):
            return False
        after = kernels[at + 1 :]
        still_read = any(source in k.reads() for k in after)
        return not (still_read and any(target in k.writes() for k in after))


def _copied(kernel: Kernel) -> tuple[Buffer, Buffer] | None:
    """(source, target) if the kernel does nothing but copy all of a buffer."""
    if not isinstance(kernel, Loops) or kernel.ordered or len(kernel.phases) != 1:
        return None
    (phase,) = kernel.phases
    if phase.dims or phase.reductions:
        return None
    points = 1
    for dim in kernel.dims:
        points *= dim.extent
    first = phase.stores[0]
    if first.value.op != "load" or not isinstance(first.value.attr, tuple):
        return None
    source, target = first.value.attr[0], first.buffer
    same = source.size == target.size == points * len(phase.stores)
    if not same or source.dtype != target.dtype or source is target:
        return None
    for store in phase.stores:
        if store.buffer is not target or store.value is not _load(store, source):
            return None
    return source, target


def _load(store: Store, source: Buffer) -> object:
    """The store's value if it is the load of the same place in ``source``."""
    value = store.value
    plain = value.op == "load" and value.attr == (source, store.index)
    return value if plain else None


def rename(exprs: Exprs, kernel: Kernel, source: Buffer, target: Buffer) -> Kernel:
    """The kernel with one buffer in the place of another."""
    if source not in kernel.reads() | kernel.writes():
        return kernel
    swap = {source: target}

    def other(buffer: Buffer) -> Buffer:
        return swap.get(buffer, buffer)

    def operand(given: Operand) -> Operand:
        return replace(given, buffer=other(given.buffer))

    def all_of(kernels: tuple[Kernel, ...]) -> tuple[Kernel, ...]:
        return tuple(rename(exprs, k, source, target) for k in kernels)

    if isinstance(kernel, Repeat):
        condition = None if kernel.condition is None else other(kernel.condition)
        body, test = all_of(kernel.body), all_of(kernel.test)
        return replace(kernel, body=body, test=test, condition=condition)
    if isinstance(kernel, Branch):
        yes, no = all_of(kernel.yes), all_of(kernel.no)
        return replace(kernel, yes=yes, no=no, condition=other(kernel.condition))
    if isinstance(kernel, Opaque):
        inputs, outputs = (tuple(map(other, bs)) for bs in (kernel.inputs, kernel.outputs))
        return replace(kernel, inputs=inputs, outputs=outputs)
    if isinstance(kernel, Pack):
        return replace(kernel, right=operand(kernel.right), target=other(kernel.target))
    if isinstance(kernel, Matmul):
        stores = _stores(exprs, kernel.stores, swap)
        left, right = operand(kernel.left), operand(kernel.right)
        return replace(kernel, left=left, right=right, stores=stores)
    return replace(kernel, phases=tuple(_phase(exprs, p, swap) for p in kernel.phases))


def _phase(exprs: Exprs, phase: Phase, swap: dict[Buffer, Buffer]) -> Phase:
    reductions = tuple(
        replace(
            r,
            value=exprs.substitute(r.value, {}, buffers=swap),
            position=None if r.position is None else exprs.substitute(r.position, {}, buffers=swap),
        )
        for r in phase.reductions
    )
    return replace(phase, stores=_stores(exprs, phase.stores, swap), reductions=reductions)


def _stores(
    exprs: Exprs, stores: tuple[Store, ...], swap: dict[Buffer, Buffer]
) -> tuple[Store, ...]:
    return tuple(
        Store(
            swap.get(s.buffer, s.buffer),
            exprs.moved(s.index, swap),
            exprs.substitute(s.value, {}, buffers=swap),
        )
        for s in stores
    )
