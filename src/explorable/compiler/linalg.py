"""Dense linear algebra on small matrices: LU and what rests on it, Cholesky, QR, symmetric
eigenvalues, singular values, the matrix exponential. The work is in c/linalg.h, in double."""

from __future__ import annotations

import math

from ..errors import ExplorableError
from ..graphs import Type
from .elements import Arithmetic
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .opaque import held, run_opaque

KINDS = {"float32": "f32", "float64": "f64", "complex64": "c32", "complex128": "c64"}


def matrix(call: Call, position: int, name: str) -> Lazy:
    """A floating-point or complex operand."""
    x = call.tensor(position, name)
    if x.dtype not in KINDS:
        fix = "use float32 or float64"
        raise ExplorableError("compiler", f"no '{call.node.op}' of '{x.dtype}'", fix=fix)
    return x


def batches(shape: tuple[int, ...]) -> int:
    """How many matrices."""
    return math.prod(shape[:-2])


def spread(call: Call, x: Lazy, batch: tuple[int, ...]) -> Lazy:
    """``x`` with its leading dimensions broadcast to ``batch``."""
    if x.shape[:-2] == batch:
        return x
    own = x.shape[:-2]
    skipped = len(batch) - len(own)

    def at(i: Index) -> Index:
        lead = tuple(k * (0 if e == 1 else 1) for k, e in zip(i[skipped:], own, strict=False))
        return (*lead, *i[-2:])

    shape = (*batch, *x.shape[-2:])
    return call.lowering.lazy(Type(shape, x.dtype), lambda i: x.at(at(i)))


def turned(call: Call, x: Lazy) -> Lazy:
    """The transposed matrices."""
    shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
    return call.lowering.lazy(Type(shape, x.dtype), lambda i: x.at((*i[:-2], i[-1], i[-2])))


def run(
    call: Call,
    name: str,
    inputs: tuple[Lazy, ...],
    kinds: tuple[Type, ...],
    room: int,
    numbers: tuple[int | float, ...],
) -> tuple[Lazy, ...]:
    """Call the version of ``name`` for the operands' dtype with ``room`` numbers of scratch."""
    dtype = inputs[0].dtype
    function = f"{name}_{KINDS[dtype]}"
    buffers = tuple(held(call, x) for x in inputs)
    needs = frozenset({function})
    planes = 2 if dtype.startswith("complex") else 1
    scratch = (max(room, 1) * planes, "f64")  # the parameter stays where matrices are empty
    return run_opaque(call, function, "", buffers, kinds, numbers, scratch=scratch, needs=needs)


def declared(call: Call, made: tuple[Lazy, ...]) -> tuple[Lazy, ...]:
    """The results; those that the node declares empty are left out of it."""
    kinds = call.node.outputs
    return tuple(
        lazy if lazy.type == kind else call.lazy(lambda i: (), k)
        for k, (lazy, kind) in enumerate(zip(made, kinds, strict=True))
    )


@lowering("aten._linalg_check_errors")
def _check(call: Call) -> Lazy:
    # A page can't raise: singular matrices give inf and NaN, which are seen.
    return call.lazy(lambda i: ())


@lowering("aten._linalg_solve_ex")
def _solve(call: Call) -> tuple[Lazy, ...]:
    a, b = matrix(call, 0, "A"), matrix(call, 1, "B")
    result, lu, pivots, info = call.node.outputs
    batch, n = lu.shape[:-2], lu.shape[-1]
    if not call.flag(2, "left", True):
        raise ExplorableError("compiler", "no solve with left=False", fix="transpose both sides")
    vector = result.shape == (*batch, n)
    right = b if vector else spread(call, b, batch)
    columns = 1 if vector else result.shape[-1]
    if vector and b.shape != result.shape:
        own, skipped = b.shape, len(result.shape) - len(b.shape)
        right = call.lowering.lazy(
            Type(result.shape, b.dtype),
            lambda i: b.at(
                tuple(k * (0 if e == 1 else 1) for k, e in zip(i[skipped:], own, strict=True))
            ),
        )
    inputs = (spread(call, a, batch), right)
    room = n * (n + columns)
    kinds = (result, lu, pivots, info)
    return run(call, "solve", inputs, kinds, room, (math.prod(batch), n, columns))


@lowering("aten.linalg_lu_factor_ex")
def _lu_factor(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    m, n = a.shape[-2:]
    if not call.flag(1, "pivot", True):
        raise ExplorableError("compiler", "no LU without pivoting")
    numbers = (math.prod(a.shape[:-2]), m, n)
    return run(call, "lu_factor", (a,), call.node.outputs, m * n, numbers)


@lowering("aten.linalg_lu_solve")
def _lu_solve(call: Call) -> Lazy:
    lu, pivots, b = matrix(call, 0, "LU"), call.tensor(1, "pivots"), matrix(call, 2, "B")
    left, adjoint = call.flag(3, "left", True), call.flag(4, "adjoint")
    kind, n = call.output, lu.shape[-1]
    batch = kind.shape[:-2]
    b = spread(call, b, batch)
    if not left:
        b, kind = turned(call, b), turned(call, b).type
    lead = Type((*batch, 1, n), "int32")
    rows = call.lowering.lazy(
        Type((*pivots.shape[:-1], 1, n), "int32"), lambda i: pivots.at((*i[:-2], i[-1]))
    )
    inputs = (spread(call, lu, batch), spread(call, rows, lead.shape[:-2]), b)
    columns = kind.shape[-1]
    numbers = (math.prod(batch), n, columns, int(adjoint == left), int(adjoint))
    (made,) = run(call, "lu_solve", inputs, (kind,), n * (n + columns), numbers)
    return made if left else turned(call, made)


@lowering("aten.linalg_inv_ex")
def _inverse(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    n = a.shape[-1]
    numbers = (math.prod(a.shape[:-2]), n)
    return run(call, "inverse", (a,), call.node.outputs, 2 * n * n + n, numbers)


@lowering("aten._linalg_det", "aten._linalg_slogdet")
def _determinant(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    n, plain = a.shape[-1], call.node.op.startswith("aten._linalg_det")
    outputs = call.node.outputs
    kinds = (outputs[0], *outputs) if plain else outputs
    numbers = (math.prod(a.shape[:-2]), n, int(plain))
    made = run(call, "determinant", (a,), kinds, 2 * n * n, numbers)
    return (made[0], *made[2:]) if plain else made


@lowering("aten.linalg_solve_triangular")
def _solve_triangular(call: Call) -> Lazy:
    a, b = matrix(call, 0, "A"), matrix(call, 1, "B")
    upper = call.flag(2, "upper")
    left, unit = call.flag(3, "left", True), call.flag(4, "unitriangular")
    batch, n = call.output.shape[:-2], a.shape[-1]
    a, b = spread(call, a, batch), spread(call, b, batch)
    if not left:
        b = turned(call, b)
    columns = b.shape[-1]
    numbers = (math.prod(batch), n, columns, int(upper), int(unit), int(not left))
    kind = Type(b.shape, b.dtype)
    (made,) = run(call, "solve_triangular", (a, b), (kind,), n * (n + columns), numbers)
    return made if left else turned(call, made)


@lowering("aten.lu_unpack")
def _lu_unpack(call: Call) -> tuple[Lazy, ...]:
    """P by the order that the swaps of rows make; L and U are views of their half."""
    lu, pivots = matrix(call, 0, "LU_data"), call.tensor(1, "LU_pivots")
    p, lower, upper = call.node.outputs
    batch, m, least = lu.shape[:-2], lu.shape[-2], min(lu.shape[-2:])
    math_ = Arithmetic(call.exprs)
    zero = (math_.exprs.const(0, lu.item),) * lu.planes
    one = (math_.exprs.const(1, lu.item), *zero[1:])
    numbers = (math.prod(batch), least, m)
    (order,) = run_opaque(
        call, "lu_order_d", "", (held(call, pivots),), (Type((*batch, m), "int32"),), numbers,
        needs=frozenset({"lu_order_d"}),
    )  # fmt: skip

    def swapped(i: Index) -> Element:
        test = math_.test("eq", order.real((*i[:-2], i[-1])), call.exprs.index(i[-2]))
        return tuple(math_.select(test, a, b) for a, b in zip(one, zero, strict=True))

    def half(i: Index, test: str) -> Element:
        inside = math_.test(test, call.exprs.index(i[-1]), call.exprs.index(i[-2]))
        return tuple(math_.select(inside, a, b) for a, b in zip(lu.at(i), zero, strict=True))

    def unit(i: Index) -> Element:
        same = math_.test("eq", call.exprs.index(i[-1]), call.exprs.index(i[-2]))
        return tuple(math_.select(same, a, b) for a, b in zip(one, half(i, "lt"), strict=True))

    def above(i: Index) -> Element:
        return half(i, "ge")

    return tuple(
        call.lazy(maker if kind.size else lambda i: (), number)
        for number, (kind, maker) in enumerate(((p, swapped), (lower, unit), (upper, above)))
    )


@lowering("aten.linalg_matrix_exp")
def _matrix_exp(call: Call) -> Lazy:
    a = matrix(call, 0, "A")
    n = a.shape[-1]
    numbers = (math.prod(a.shape[:-2]), n)
    (made,) = run(call, "matrix_exp", (a,), (call.output,), 4 * n * n, numbers)
    return made
