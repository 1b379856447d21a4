"""Program: kernels over buffers, one list per entry. What lowering makes, the passes rewrite and
the emitter turns into C. Knows no ATen op and no C."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ..errors import ExplorableError, Line
from ..graphs import Type
from .expr import ITEM, Expr
from .index import Aff, Extent, Var, operands
from .matmul import Plan
from .once import once

TABLE_LIMIT = 64
"""Constants of up to this many elements go into the C as static data, larger ones into arrays."""


@dataclass(frozen=True, eq=False)
class Buffer:
    """``size`` items of ``dtype``: a slot, a temporary, static data in the C, or of a bundle.

    A complex slot or array is interleaved, a complex temporary planar (all real parts first)."""

    name: str
    dtype: str
    size: int
    kind: str
    type: Type | None = None
    data: bytes = field(default=b"", repr=False)
    line: Line | None = None

    @property
    def nbytes(self) -> int:
        return self.size * ITEM[self.dtype]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.dtype}[{self.size}]"


@dataclass(frozen=True)
class Store:
    """``buffer[index] = value`` at every point of the loops around it."""

    buffer: Buffer
    index: Aff
    value: Expr


@dataclass(frozen=True)
class Reduction:
    """``result`` (an acc expression) is ``op`` over the phase's dims of ``value``.

    argmax and argmin reduce ``value`` and give the ``position`` of the first best; ``extreme`` is
    an acc expression for the best value itself.
    """

    op: str
    value: Expr
    result: Expr
    position: Expr | None = None
    extreme: Expr | None = None


@dataclass(frozen=True)
class Phase:
    """Loops over ``dims`` inside the kernel's own: stores at every point, or, with reductions,
    after the loops; ``running`` phases store the accumulators as they grow (cumsum)."""

    dims: tuple[Var, ...]
    stores: tuple[Store, ...]
    reductions: tuple[Reduction, ...] = ()
    running: bool = False


@dataclass(frozen=True)
class Loops:
    """A loop nest: for every point of ``dims``, the phases in order.

    ``ordered``: points run one after the other, each sees the stores before it (scatter).
    """

    dims: tuple[Var, ...]
    phases: tuple[Phase, ...]
    note: str
    ordered: bool = False
    line: Line | None = None

    @once
    def reads(self) -> frozenset[Buffer]:
        return frozenset(buffer for buffer, _ in loads(*self.exprs()))

    @once
    def writes(self) -> frozenset[Buffer]:
        return frozenset(s.buffer for p in self.phases for s in p.stores)

    def exprs(self) -> Iterator[Expr]:
        for phase in self.phases:
            for reduction in phase.reductions:
                yield reduction.value
                if reduction.position is not None:
                    yield reduction.position
            for store in phase.stores:
                yield store.value
                yield from store.index.exprs()

    def affs(self) -> Iterator[Aff]:
        """Every index used, those inside expressions too."""
        for phase in self.phases:
            for store in phase.stores:
                yield store.index
        for e in walk(self.exprs()):
            if isinstance(e.attr, Aff):
                yield e.attr
            elif isinstance(e.attr, tuple):
                yield e.attr[1]


@dataclass(frozen=True)
class Operand:
    """One matrix of a matmul: element (b, i, j) is at ``offset + b * batch + i * row + j *
    column``."""

    buffer: Buffer
    offset: int
    batch: int
    row: int
    column: int
    plane: int = 0
    """Distance from a real to its imaginary part; 0 for real matrices."""


@dataclass(frozen=True)
class Matmul:
    """``acc = left @ right`` per batch, then the stores at every (batch, row, column) of
    ``dims``."""

    dims: tuple[Var, Var, Var]
    depth: int
    left: Operand
    right: Operand
    results: tuple[Expr, ...]
    stores: tuple[Store, ...]
    note: str
    line: Line | None = None
    packed: Buffer | None = None
    """The right operand in panels, if it is multiplied from there."""

    @once
    def reads(self) -> frozenset[Buffer]:
        right = self.right.buffer if self.packed is None else self.packed
        found = frozenset((self.left.buffer, right))
        return found.union(b for b, _ in loads(*self.exprs()))

    @once
    def writes(self) -> frozenset[Buffer]:
        return frozenset(s.buffer for s in self.stores)

    def exprs(self) -> Iterator[Expr]:
        for store in self.stores:
            yield store.value
            yield from store.index.exprs()


@dataclass(frozen=True)
class Pack:
    """The right operand of a product, copied into panels."""

    right: Operand
    target: Buffer
    plan: Plan
    note: str = "pack"
    line: Line | None = None

    @once
    def reads(self) -> frozenset[Buffer]:
        return frozenset((self.right.buffer,))

    @once
    def writes(self) -> frozenset[Buffer]:
        return frozenset((self.target,))


@dataclass(frozen=True)
class Opaque:
    """A call of a C function that others wrote: ``name(inputs, outputs, scratch?, numbers)``.

    ``text`` defines it (static, equal texts are emitted once); ``needs`` names what it calls of
    the C library.
    """

    name: str
    text: str
    inputs: tuple[Buffer, ...]
    outputs: tuple[Buffer, ...]
    numbers: tuple[int | float, ...]
    note: str
    scratch: Buffer | None = None
    needs: frozenset[str] = frozenset()
    line: Line | None = None

    @once
    def reads(self) -> frozenset[Buffer]:
        return frozenset(self.inputs)

    @once
    def writes(self) -> frozenset[Buffer]:
        return frozenset(b for b in (*self.outputs, self.scratch) if b is not None)


@dataclass(frozen=True)
class Repeat:
    """``body`` for every value of ``var``; the body's kernels may use it in their indices.

    With ``condition`` (a bool buffer, computed by ``test``) the loop stops when it is false.
    """

    var: Var
    body: tuple[Kernel, ...]
    note: str
    test: tuple[Kernel, ...] = ()
    condition: Buffer | None = None
    line: Line | None = None

    @once
    def reads(self) -> frozenset[Buffer]:
        found = frozenset[Buffer]().union(*(k.reads() for k in (*self.test, *self.body)))
        return found if self.condition is None else found | {self.condition}

    @once
    def writes(self) -> frozenset[Buffer]:
        return frozenset[Buffer]().union(*(k.writes() for k in (*self.test, *self.body)))


@dataclass(frozen=True)
class Branch:
    """``yes`` if the bool buffer's only item is true, else ``no``."""

    condition: Buffer
    yes: tuple[Kernel, ...]
    no: tuple[Kernel, ...]
    note: str
    line: Line | None = None

    @once
    def reads(self) -> frozenset[Buffer]:
        return frozenset((self.condition,)).union(*(k.reads() for k in (*self.yes, *self.no)))

    @once
    def writes(self) -> frozenset[Buffer]:
        return frozenset[Buffer]().union(*(k.writes() for k in (*self.yes, *self.no)))


Kernel: TypeAlias = "Loops | Matmul | Pack | Opaque | Repeat | Branch"


@dataclass(frozen=True)
class Function:
    """The kernels of one entry."""

    name: str
    kernels: tuple[Kernel, ...]


@dataclass(frozen=True)
class Program:
    """All entries, in order, over slots, arrays, static data and temporaries."""

    functions: tuple[Function, ...]
    slots: tuple[Buffer, ...]
    init: tuple[Kernel, ...] = ()
    """Run once, after the arrays are written: what it stores in ``kept`` buffers stays."""

    def __str__(self) -> str:
        lines = [str(b) for b in self.slots]
        if self.init:
            lines += ["init:", *("  " + row for k in self.init for row in show(k))]
        for function in self.functions:
            lines.append(f"{function.name}:")
            lines += ["  " + row for k in function.kernels for row in show(k)]
        return "\n".join(lines)


def walk(roots: Iterable[Expr]) -> Iterator[Expr]:
    """Every expression reachable from ``roots``, those inside indices too, each once."""
    seen: set[Expr] = set()
    stack = list(roots)
    while stack:
        e = stack.pop()
        if e in seen:
            continue
        seen.add(e)
        yield e
        stack += operands(e)


def loads(*roots: Expr) -> Iterator[tuple[Buffer, Aff]]:
    """The (buffer, index) of every load under ``roots``."""
    for root in roots:
        yield from _loads(root)


@once
def _loads(root: Expr) -> tuple[tuple[Buffer, Aff], ...]:
    return tuple(e.attr for e in walk((root,)) if e.op == "load" and isinstance(e.attr, tuple))


def flat(kernels: Iterable[Kernel]) -> Iterator[Kernel]:
    """The kernels, those inside loops and branches too (each before its own content)."""
    for kernel in kernels:
        yield kernel
        if isinstance(kernel, Repeat):
            yield from flat(kernel.test)
            yield from flat(kernel.body)
        elif isinstance(kernel, Branch):
            yield from flat(kernel.yes)
            yield from flat(kernel.no)


def show(kernel: Kernel) -> list[str]:
    """The kernel as indented lines of text."""
    if isinstance(kernel, Loops):
        head = "ordered" if kernel.ordered else "for"
        return [f"{head} {_dims(kernel.dims)}  # {kernel.note}", *_Listing().phases(kernel)]
    if isinstance(kernel, Matmul):
        batch, rows, columns = (d.extent for d in kernel.dims)
        sizes = f"{batch} x ({rows}, {kernel.depth}) @ ({kernel.depth}, {columns})"
        accs = ", ".join(map(str, kernel.results))
        right = kernel.right.buffer if kernel.packed is None else kernel.packed
        operands = f"{kernel.left.buffer.name} @ {right.name}"
        lines = [f"matmul {_dims(kernel.dims)} {accs} = {operands}  # {sizes} {kernel.note}"]
        return lines + _Listing().stores(kernel.stores, "  ")
    if isinstance(kernel, Pack):
        return [f"pack {kernel.target.name} = {kernel.right.buffer.name}"]
    if isinstance(kernel, Opaque):
        names = ", ".join(b.name for b in (*kernel.inputs, *kernel.outputs))
        numbers = "".join(f", {n}" for n in kernel.numbers)
        return [f"call {kernel.name}({names}{numbers})  # {kernel.note}"]
    if isinstance(kernel, Repeat):
        lines = [f"repeat {_dims((kernel.var,))}  # {kernel.note}"]
        if kernel.condition is not None:
            lines += ["  " + row for k in kernel.test for row in show(k)]
            lines.append(f"  while {kernel.condition.name}")
        return lines + ["  " + row for k in kernel.body for row in show(k)]
    lines = [f"if {kernel.condition.name}  # {kernel.note}"]
    lines += ["  " + row for k in kernel.yes for row in show(k)]
    return [*lines, "else", *("  " + row for k in kernel.no for row in show(k))]


class _Listing:
    """Text of one kernel's expressions: what is used twice gets a line and a name of its own, as
    the trees of shared expressions would grow without bound."""

    def __init__(self) -> None:
        self.names: dict[Expr, str] = {}

    def phases(self, kernel: Loops) -> list[str]:
        lines: list[str] = []
        for phase in kernel.phases:
            pad = "  "
            if phase.dims:
                lines.append(f"  {'running' if phase.running else 'for'} {_dims(phase.dims)}")
                pad = "    "
            lines += self.shared([r.value for r in phase.reductions], pad)
            for r in phase.reductions:
                at = f" at {r.position}" if r.position is not None else ""
                lines.append(f"{pad}{r.result} = {r.op} {self.text(r.value)}{at}")
            after = "  " if phase.reductions and not phase.running else pad
            lines += self.stores(phase.stores, after)
        return lines

    def stores(self, stores: tuple[Store, ...], pad: str) -> list[str]:
        lines = self.shared([s.value for s in stores], pad)
        shown = [f"{pad}{s.buffer.name}[{s.index}] = {self.text(s.value)}" for s in stores]
        return lines + shown

    def shared(self, roots: list[Expr], pad: str) -> list[str]:
        """The lines that name what several expressions use."""
        counts: dict[Expr, int] = {}
        order: list[Expr] = []

        def visit(e: Expr) -> None:
            counts[e] = counts.get(e, 0) + 1
            if counts[e] == 1 and e not in self.names:
                for arg in e.args:
                    visit(arg)
                order.append(e)

        for root in roots:
            visit(root)
        lines: list[str] = []
        for e in order:
            if counts[e] > 1 and e.args:
                text = self.text(e)
                self.names[e] = f"v{len(self.names) + 1}"
                lines.append(f"{pad}{self.names[e]} = {text}")
        return lines

    def text(self, e: Expr) -> str:
        known = self.names.get(e)
        if known is not None:
            return known
        if not e.args:
            return str(e)
        shown = ", ".join(map(self.text, e.args))
        return f"{e.op}.{e.dtype}({shown})" if e.op == "cast" else f"{e.op}({shown})"


def verify(program: Program) -> Program:
    """The same program, after checking that temporaries are written before they are read and that
    stores stay inside their buffers."""
    for function in program.functions:
        written: set[Buffer] = set()
        for kernel in flat(function.kernels):
            _check_stores(kernel)
            if isinstance(kernel, (Repeat, Branch)):
                continue
            temporary = (b for b in kernel.reads() if b.kind == "temp" and b.size)
            missing = [b for b in temporary if b not in written]
            if missing and missing[0] not in kernel.writes():
                fact = f"temporary '{missing[0].name}' is read before it is written"
                raise ExplorableError("compiler", fact, where=function.name, line=kernel.line)
            written |= kernel.writes()
    return program


def _check_stores(kernel: Kernel) -> None:
    stores: tuple[Store, ...] = ()
    if isinstance(kernel, Loops):
        stores = tuple(s for p in kernel.phases for s in p.stores)
    elif isinstance(kernel, Matmul):
        stores = kernel.stores
    for store in stores:
        # Where sizes move, bounds of sums are wider than what any setting reaches.
        moving = any(isinstance(atom, Extent) for atom, _ in store.index.terms)
        inside = moving or (store.index.low >= 0 and store.index.high < store.buffer.size)
        if store.value.dtype != store.buffer.dtype or not inside:
            fact = f"store {store.buffer.name}[{store.index}] leaves its buffer or changes dtype"
            raise ExplorableError("compiler", fact, where=kernel.note, line=kernel.line)


def _dims(dims: tuple[Var, ...]) -> str:
    return "[" + ", ".join(f"{d}<{d.extent}" for d in dims) + "]"
