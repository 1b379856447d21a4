"""Dense linear algebra on small matrices: LU and what rests on it, Cholesky, QR, symmetric
eigenvalues, singular values, the matrix exponential. The work is in c/linalg.h, in double."""

from __future__ import annotations

import math

from ..errors import ExplorableError
from ..graph import Type
from .lazy import Index, Lazy
from .lower import Call, lowering
from .opaque import held, run_opaque

EPSILON = {"float32": 2.0**-23, "float64": 2.0**-52}


def _matrix(call: Call, position: int, name: str) -> Lazy:
    """A real floating-point operand."""
    x = call.tensor(position, name)
    if x.dtype not in EPSILON:
        fix = "use float32 or float64"
        raise ExplorableError("compiler", f"no '{call.node.op}' of '{x.dtype}'", fix=fix)
    return x


def _spread(call: Call, x: Lazy, batch: tuple[int, ...]) -> Lazy:
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


def _turned(call: Call, x: Lazy) -> Lazy:
    """The transposed matrices."""
    shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
    return call.lowering.lazy(Type(shape, x.dtype), lambda i: x.at((*i[:-2], i[-1], i[-2])))


def _run(
    call: Call,
    name: str,
    inputs: tuple[Lazy, ...],
    kinds: tuple[Type, ...],
    room: int,
    numbers: tuple[int | float, ...],
) -> tuple[Lazy, ...]:
    """Call the version of ``name`` for the operands' dtype with ``room`` doubles of scratch."""
    function = f"{name}_{inputs[0].item}"
    buffers = tuple(held(call, x) for x in inputs)
    needs = frozenset({function})
    scratch = (max(room, 1), "f64")  # the parameter stays where matrices are empty
    return run_opaque(call, function, "", buffers, kinds, numbers, scratch=scratch, needs=needs)


def _declared(call: Call, made: tuple[Lazy, ...]) -> tuple[Lazy, ...]:
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
    a, b = _matrix(call, 0, "A"), _matrix(call, 1, "B")
    result, lu, pivots, info = call.node.outputs
    batch, n = lu.shape[:-2], lu.shape[-1]
    if not call.flag(2, "left", True):
        raise ExplorableError("compiler", "no solve with left=False", fix="transpose both sides")
    vector = result.shape == (*batch, n)
    right = b if vector else _spread(call, b, batch)
    columns = 1 if vector else result.shape[-1]
    if vector and b.shape != result.shape:
        own, skipped = b.shape, len(result.shape) - len(b.shape)
        right = call.lowering.lazy(
            Type(result.shape, b.dtype),
            lambda i: b.at(
                tuple(k * (0 if e == 1 else 1) for k, e in zip(i[skipped:], own, strict=True))
            ),
        )
    inputs = (_spread(call, a, batch), right)
    room = n * (n + columns)
    kinds = (result, lu, pivots, info)
    return _run(call, "solve", inputs, kinds, room, (math.prod(batch), n, columns))


@lowering("aten.linalg_lu_factor_ex")
def _lu_factor(call: Call) -> tuple[Lazy, ...]:
    a = _matrix(call, 0, "A")
    m, n = a.shape[-2:]
    if not call.flag(1, "pivot", True):
        raise ExplorableError("compiler", "no LU without pivoting")
    numbers = (math.prod(a.shape[:-2]), m, n)
    return _run(call, "lu_factor", (a,), call.node.outputs, m * n, numbers)


@lowering("aten.linalg_lu_solve")
def _lu_solve(call: Call) -> Lazy:
    lu, pivots, b = _matrix(call, 0, "LU"), call.tensor(1, "pivots"), _matrix(call, 2, "B")
    left, adjoint = call.flag(3, "left", True), call.flag(4, "adjoint")
    kind, n = call.output, lu.shape[-1]
    batch = kind.shape[:-2]
    b = _spread(call, b, batch)
    if not left:
        b, kind = _turned(call, b), _turned(call, b).type
    lead = Type((*batch, 1, n), "int32")
    rows = call.lowering.lazy(
        Type((*pivots.shape[:-1], 1, n), "int32"), lambda i: pivots.at((*i[:-2], i[-1]))
    )
    inputs = (_spread(call, lu, batch), _spread(call, rows, lead.shape[:-2]), b)
    columns = kind.shape[-1]
    numbers = (math.prod(batch), n, columns, int(adjoint == left))
    (made,) = _run(call, "lu_solve", inputs, (kind,), n * (n + columns), numbers)
    return made if left else _turned(call, made)


@lowering("aten.linalg_inv_ex")
def _inverse(call: Call) -> tuple[Lazy, ...]:
    a = _matrix(call, 0, "A")
    n = a.shape[-1]
    numbers = (math.prod(a.shape[:-2]), n)
    return _run(call, "inverse", (a,), call.node.outputs, 2 * n * n + n, numbers)


@lowering("aten._linalg_det", "aten._linalg_slogdet")
def _determinant(call: Call) -> tuple[Lazy, ...]:
    a = _matrix(call, 0, "A")
    n, plain = a.shape[-1], call.node.op.startswith("aten._linalg_det")
    outputs = call.node.outputs
    kinds = (outputs[0], *outputs) if plain else outputs
    numbers = (math.prod(a.shape[:-2]), n, int(plain))
    made = _run(call, "determinant", (a,), kinds, 2 * n * n, numbers)
    return (made[0], *made[2:]) if plain else made


@lowering("aten.linalg_solve_triangular")
def _solve_triangular(call: Call) -> Lazy:
    a, b = _matrix(call, 0, "A"), _matrix(call, 1, "B")
    upper = call.flag(2, "upper")
    left, unit = call.flag(3, "left", True), call.flag(4, "unitriangular")
    batch, n = call.output.shape[:-2], a.shape[-1]
    a, b = _spread(call, a, batch), _spread(call, b, batch)
    if not left:
        b = _turned(call, b)
    columns = b.shape[-1]
    numbers = (math.prod(batch), n, columns, int(upper), int(unit), int(not left))
    kind = Type(b.shape, b.dtype)
    (made,) = _run(call, "solve_triangular", (a, b), (kind,), n * (n + columns), numbers)
    return made if left else _turned(call, made)


@lowering("aten.linalg_cholesky_ex")
def _cholesky(call: Call) -> tuple[Lazy, ...]:
    a = _matrix(call, 0, "A")
    n = a.shape[-1]
    numbers = (math.prod(a.shape[:-2]), n, int(call.flag(1, "upper")))
    return _run(call, "cholesky", (a,), call.node.outputs, n * n, numbers)


@lowering("aten.linalg_qr")
def _qr(call: Call) -> tuple[Lazy, ...]:
    a, mode = _matrix(call, 0, "A"), call.arg(1, "mode", "reduced")
    batch, (m, n) = a.shape[:-2], a.shape[-2:]
    k = m if mode == "complete" else min(m, n)
    kinds = (Type((*batch, m, k), a.dtype), Type((*batch, k, n), a.dtype))
    room = m * n + min(m, n) + m * k
    return _declared(call, _run(call, "qr", (a,), kinds, room, (math.prod(batch), m, n, k)))


@lowering("aten._linalg_eigh")
def _eigh(call: Call) -> tuple[Lazy, ...]:
    a = _matrix(call, 0, "A")
    n = a.shape[-1]
    kinds = (call.node.outputs[0], a.type)
    upper = call.arg(1, "UPLO", "L") in ("U", "u")
    numbers = (math.prod(a.shape[:-2]), n, int(upper))
    return _declared(call, _run(call, "eigen_symmetric", (a,), kinds, 2 * n * n, numbers))


def _singular_room(m: int, n: int, k: int, columns: int) -> int:
    high, low = max(m, n), min(m, n)
    return high * low + low * low + low + (m * k if m >= n else n * columns)


@lowering("aten._linalg_svd")
def _svd(call: Call) -> tuple[Lazy, ...]:
    a = _matrix(call, 0, "A")
    batch, (m, n) = a.shape[:-2], a.shape[-2:]
    full = call.flag(1, "full_matrices")
    k, columns = (m, n) if full else (min(m, n), min(m, n))
    kinds = (
        Type((*batch, m, k), a.dtype),
        Type((*batch, min(m, n)), a.dtype),
        Type((*batch, columns, n), a.dtype),
    )
    numbers = (math.prod(batch), m, n, k, columns)
    room = _singular_room(m, n, k, columns)
    return _declared(call, _run(call, "svd", (a,), kinds, room, numbers))


@lowering("aten.linalg_pinv")
def _pinverse(call: Call) -> Lazy:
    a = _matrix(call, 0, "A")
    if any(call.arg(-1, name) is not None for name in ("atol", "rtol")):
        raise ExplorableError("compiler", "no pinv with its own tolerances yet")
    m, n = a.shape[-2:]
    cut = EPSILON[a.dtype] * max(m, n)
    room = _singular_room(m, n, min(m, n), min(m, n))
    numbers = (math.prod(a.shape[:-2]), m, n, cut)
    (made,) = _run(call, "pinverse", (a,), (call.output,), room, numbers)
    return made


@lowering("aten.linalg_matrix_exp")
def _matrix_exp(call: Call) -> Lazy:
    a = _matrix(call, 0, "A")
    n = a.shape[-1]
    numbers = (math.prod(a.shape[:-2]), n)
    (made,) = _run(call, "matrix_exp", (a,), (call.output,), 4 * n * n, numbers)
    return made
