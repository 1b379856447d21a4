"""C of one matrix product: the micro-kernel's function with this product's stores as its
epilogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from .emit_body import Body
from .expr import Expr
from .index import Aff, Var, lane_stride
from .matmul import (
    MatmulShape,
    Plan,
    Strides,
    matmul_function,
    numbers,
    operands,
    plan_matmul,
)
from .program import Buffer, Matmul, Operand, Pack, walk
from .spell import MEMORY, SCALAR

if TYPE_CHECKING:
    from .emit import Emitter


def matmul_shape(
    dims: tuple[Var, Var, Var], depth: int, left: Operand, right: Operand
) -> MatmulShape:
    """The sizes and strides of a product."""
    batch, rows, columns = (d.extent for d in dims)
    return MatmulShape(
        batch,
        rows,
        columns,
        depth,
        Strides(left.batch, left.row, left.column),
        Strides(right.batch, right.row, right.column),
    )


def matmul_plan(kernel: Matmul) -> Plan:
    """How a product is computed."""
    constant = kernel.right.buffer.kind in ("array", "static")
    shape = matmul_shape(kernel.dims, kernel.depth, kernel.left, kernel.right)
    return plan_matmul(shape, constant=constant)


def emit_pack(emitter: Emitter, kernel: Pack) -> str:
    """The statement that packs a right operand."""
    emitter.needs.add("pack_panels")
    shape, strides = kernel.plan.shape, kernel.right
    copies = shape.batch if strides.batch else 1
    sizes = (copies, strides.batch, strides.row, strides.column, shape.columns, shape.depth)
    right = f"{emitter.address(kernel.right.buffer)} + {kernel.right.offset}"
    given = (right, emitter.address(kernel.target), *map(emitter.extent, sizes))
    return f"pack_panels({', '.join(given)});"


def emit_matmul(emitter: Emitter, kernel: Matmul, bound: dict[Var, str]) -> list[str]:
    """The call of a product's function, which is made if it is new."""
    chosen = matmul_plan(kernel)
    body = Body(emitter.exprs, kernel.writes())
    fixed = _fixed(kernel)
    _, _, column = kernel.dims
    vector = None
    if chosen.takes_vectors:
        vector = _epilogue(body, kernel, column, fixed)
    scalar = _epilogue(body, kernel, None, fixed)
    parameters = [f"{MEMORY[b.dtype]}* {name}" for b, name in body.buffers.items()]
    parameters += [f"int {name}" for name in body.outer.values()]
    parameters += [f"{SCALAR[e.dtype]} {name}" for e, name in fixed.items()]

    def text(name: str) -> str:
        return matmul_function(
            chosen,
            name,
            parameters=", ".join(parameters),
            scalar=scalar,
            vector=vector,
            direct=_direct(body, kernel),
        )

    name = emitter.named(text, chosen.needs | body.needs, kernel.note)
    left = f"{emitter.address(kernel.left.buffer)} + {kernel.left.offset}"
    if kernel.packed is not None:
        right = emitter.address(kernel.packed)
    else:
        right = f"{emitter.address(kernel.right.buffer)} + {kernel.right.offset}"
    more = [emitter.address(b) for b in body.buffers] + [
        emitter.outer(v, bound) for v in body.outer
    ]
    more += [_number(emitter, e) for e in fixed]
    given = (*operands(chosen, left, right), *map(emitter.extent, numbers(chosen)), *more)
    return [f"{name}({', '.join(given)});"]


def _is_load(attr: object) -> TypeGuard[tuple[Buffer, Aff]]:
    return isinstance(attr, tuple)


def _number(emitter: Emitter, e: Expr) -> str:
    """The load of a single number at the place of the call."""
    assert _is_load(e.attr)
    return f"*({emitter.address(e.attr[0])} + {e.attr[1].const})"


def _fixed(kernel: Matmul) -> dict[Expr, str]:
    """Loads of single numbers in the epilogue: passed by value, as stores nearby would keep C from
    reading them once."""
    found: dict[Expr, str] = {}
    for e in walk(kernel.exprs()):
        if _is_load(e.attr) and not e.attr[1].terms and e.attr[0] not in kernel.writes():
            found.setdefault(e, f"h{len(found)}")
    return found


def _epilogue(body: Body, kernel: Matmul, vector: Var | None, fixed: dict[Expr, str]) -> str:
    """The stores of one element, or of four neighbouring columns."""
    body.point(dict(zip(kernel.dims, ("BATCH", "ROW", "COL"), strict=True)), vector)
    body.scopes[-1].names.update(dict.fromkeys(kernel.results, "ACC") | fixed)
    body.stores(kernel.stores)
    return "\n".join(body.scopes[-1].lines)


def _direct(body: Body, kernel: Matmul) -> tuple[str, str] | None:
    """Where whole tiles can go without a detour: one store of the bare product, neighbours in
    memory."""
    if len(kernel.stores) != 1:
        return None
    (store,) = kernel.stores
    _, row, column = kernel.dims
    plain: Expr = store.value
    even = lane_stride(store.index, column, 4) == 1 and store.index.coefficient(column) == 1
    distance = lane_stride(store.index, row, 4)
    if plain is not kernel.results[0] or not even or distance is None:
        return None
    if any(v in e.free for e in store.index.exprs() for v in kernel.dims):
        return None
    if store.index.coefficient(row) != distance:
        return None
    body.point(dict(zip(kernel.dims, ("BATCH", "ROW", "COL"), strict=True)), None)
    return f"{body.pointer(store.buffer)} + {body.index(store.index)}", str(distance)
