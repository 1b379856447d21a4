"""Rows of several kernels together: layers of a network over many points run a few rows at a time,
so that what lies between them stays in the cache and needs little memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..sizes import Size
from . import index as ix
from .emit_matmul import matmul_plan
from .expr import Expr, Exprs
from .index import Aff, Var
from .lazy import map_kernel
from .program import Buffer, Function, Kernel, Loops, Matmul, Pack, Program, Repeat, Store, loads

WORTH = 4 * 1024 * 1024
"""Bytes between kernels from which they are tiled: less stays in the cache as it is."""
TILE = 48 * 1024
"""Bytes between kernels that a tile may need."""
ROWS = range(128, 15, -1)
"""How many rows a tile may have, the best first."""


def tile_rows(program: Program, exprs: Exprs) -> Program:
    """The program with runs of kernels over the same rows made into loops over tiles."""
    functions = tuple(replace(f, kernels=_tiled(exprs, f)) for f in program.functions)
    return replace(program, functions=functions)


def _tiled(exprs: Exprs, function: Function) -> tuple[Kernel, ...]:
    kernels, done = list(function.kernels), list[Kernel]()
    at = 0
    while at < len(kernels):
        end = at
        rows = _rows(kernels[at])
        while rows and end < len(kernels):
            if not isinstance(kernels[end], Pack) and _rows(kernels[end]) != rows:
                break
            end += 1
        written = {b for k in kernels[at:end] for b in k.writes() if b.kind == "temp"}
        if sum(b.nbytes for b in written) < WORTH:
            end = max(end, at + 1)
            done += kernels[at:end]
            at = end
            continue
        made = None
        while made is None and end - at > 1:
            made = _together(exprs, kernels[at:end], [*done, *kernels[end:]])
            end -= made is None
        done += made or kernels[at : at + 1]
        at = end if made else at + 1
    return tuple(done)


def _rows(kernel: Kernel) -> int:
    """How many rows a kernel goes through; 0 where it cannot be cut."""
    extent = 0
    if isinstance(kernel, Loops) and not kernel.ordered and kernel.dims:
        extent = kernel.dims[0].extent
    elif isinstance(kernel, Matmul) and kernel.dims[0].extent == 1 and not kernel.left.plane:
        extent = kernel.dims[1].extent
    return 0 if isinstance(extent, Size) else extent


@dataclass(frozen=True)
class _Cut:
    """How a run is cut: what lies between its kernels, with the items of one row, and the tile."""

    widths: dict[Buffer, int]
    tile: Var
    rows: int


def _together(exprs: Exprs, run: list[Kernel], others: list[Kernel]) -> list[Kernel] | None:
    """The run as packs and one loop over tiles; None where rows depend on other rows, or where
    there is little to gain."""
    packs = [k for k in run if isinstance(k, Pack)]
    nests = [k for k in run if isinstance(k, (Loops, Matmul))]
    written = {b for k in nests for b in k.writes()}
    if any(True for k in nests for s in _stores(k) for _ in s.index.exprs()):
        return None
    # A product that reads its left operand from elsewhere has no place for the tile's beginning.
    if any(isinstance(k, Matmul) and k.left.buffer not in written for k in nests):
        return None
    if len(nests) < 2 or any(p.right.buffer in written for p in packs):
        return None
    outside = {b for k in others for b in k.reads() | k.writes()}
    read = {b for k in nests for b in k.reads()}
    between = {b for b in written & read if b.kind == "temp" and b not in outside}
    if written & read != between:
        return None
    if any(sum(b in k.writes() for k in nests) > 1 for b in written - between):
        return None
    widths = dict[Buffer, int]()
    for buffer in between:
        width = _width(buffer, nests)
        if width is None:
            return None
        widths[buffer] = width
    total = _rows(nests[0])
    row = sum(width * buffer.nbytes // buffer.size for buffer, width in widths.items())
    if total * row < WORTH:
        return None
    rows = next((n for n in ROWS if total % n == 0 and n * row <= TILE), None)
    if rows is None:
        return None
    cut = _Cut(widths, exprs.var(total // rows), rows)
    shrunk = {b: replace(b, size=rows * width) for b, width in widths.items()}
    body = [_piece(exprs, k, cut, shrunk) for k in nests]
    for old, new in zip(nests, body, strict=True):
        if isinstance(old, Matmul) and isinstance(new, Matmul):
            if matmul_plan(old).packed != matmul_plan(new).packed:
                return None
    note = " + ".join(dict.fromkeys(k.note for k in nests))
    return [*packs, Repeat(cut.tile, tuple(body), note, line=nests[0].line)]


def _row(kernel: Loops | Matmul) -> Var:
    return kernel.dims[0] if isinstance(kernel, Loops) else kernel.dims[1]


def _stores(kernel: Loops | Matmul) -> tuple[Store, ...]:
    if isinstance(kernel, Matmul):
        return kernel.stores
    return tuple(s for p in kernel.phases for s in p.stores)


def _places(kernel: Loops | Matmul) -> Iterator[tuple[Buffer, Aff]]:
    """Every place that a kernel reads or writes, but for a product's operands."""
    for e in kernel.exprs():
        yield from loads(e)
    for store in _stores(kernel):
        yield store.buffer, store.index


def _width(buffer: Buffer, nests: list[Loops | Matmul]) -> int | None:
    """The items of one row, if every kernel stays in the row that it is at."""
    found = set[int]()
    for kernel in nests:
        var = _row(kernel)
        for touched, aff in _places(kernel):
            if touched is not buffer:
                continue
            width = aff.coefficient(var)
            rest = Aff(aff.const, tuple((a, c) for a, c in aff.terms if a is not var))
            if any(True for _ in aff.exprs()) or var in rest.free:
                return None
            if width < 1 or rest.low < 0 or rest.high >= width:
                return None
            found.add(width)
        if isinstance(kernel, Matmul):
            if buffer is kernel.right.buffer or buffer is kernel.packed:
                return None
            if buffer is kernel.left.buffer:
                left = kernel.left
                last = left.offset + left.column * (kernel.depth - 1)
                if left.column < 0 or left.offset < 0 or last >= left.row:
                    return None
                found.add(left.row)
    (width, *others) = found
    return None if others or width * _rows(nests[0]) != buffer.size else width


def _piece(
    exprs: Exprs, kernel: Loops | Matmul, cut: _Cut, shrunk: dict[Buffer, Buffer]
) -> Loops | Matmul:
    """The kernel over the rows of one tile."""
    var = _row(kernel)
    row = exprs.var(cut.rows)
    within: dict[Var, Aff] = {var: ix.of(row)}
    place: dict[Var, Aff] = {var: ix.of(cut.tile) * cut.rows + ix.of(row)}

    def as_it_is(e: Expr) -> Expr:
        return e

    def there(buffer: Buffer, aff: Aff) -> tuple[Buffer, Aff]:
        if buffer in shrunk:
            return shrunk[buffer], aff.substitute(within, as_it_is)
        return buffer, aff.substitute(place, as_it_is)

    swap: dict[Expr, Expr] = {}
    for e in kernel.exprs():
        for buffer, aff in loads(e):
            if buffer in shrunk:
                swap[exprs.load(buffer, aff)] = exprs.load(*there(buffer, aff))
    if isinstance(kernel, Matmul):
        dims = (kernel.dims[0], row, kernel.dims[2])
        results = tuple(exprs.accumulator(r.dtype, dims) for r in kernel.results)
        swap |= dict(zip(kernel.results, results, strict=True))
        memo: dict[Expr, Expr] = {}
        stores = tuple(
            Store(*there(s.buffer, s.index), exprs.substitute(s.value, place, swap, memo))
            for s in kernel.stores
        )
        left = replace(kernel.left, buffer=shrunk.get(kernel.left.buffer, kernel.left.buffer))
        return replace(kernel, dims=dims, results=results, stores=stores, left=left)
    # First what lies between, by its own index; then everything else by the tile's.
    memo = {}
    phases = [
        replace(
            p,
            stores=tuple(
                replace(s, value=exprs.substitute(s.value, {}, swap, memo)) for s in p.stores
            ),
            reductions=tuple(
                replace(
                    r,
                    value=exprs.substitute(r.value, {}, swap, memo),
                    position=None
                    if r.position is None
                    else exprs.substitute(r.position, {}, swap, memo),
                )
                for r in p.reductions
            ),
        )
        for p in kernel.phases
    ]
    moved = map_kernel(exprs, replace(kernel, phases=tuple(phases)), place, (row, *kernel.dims[1:]))

    def home(new: Store, old: Store) -> Store:
        if old.buffer not in shrunk:
            return new
        buffer, index = there(old.buffer, old.index)
        return replace(new, buffer=buffer, index=index)

    return replace(
        moved,
        phases=tuple(
            replace(new, stores=tuple(map(home, new.stores, old.stores)))
            for new, old in zip(moved.phases, kernel.phases, strict=True)
        ),
    )
