"""Factors of small matrices: Cholesky, QR and its reflections, LDL, eigenvalues, singular values.
The work is in c/reflections.h, c/spectra.h and c/eigen.h, in double."""

from __future__ import annotations

import math

from ..graphs import Type
from .lazy import Lazy
from .linalg import batches, declared, matrix, run, spread
from .lower import Call, lowering


@lowering("aten.linalg_cholesky_ex")
def _cholesky(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    n = a.shape[-1]
    numbers = (batches(a.shape), n, int(call.flag(1, "upper")))
    return run(call, "cholesky", (a,), call.node.outputs, 2 * n * n, numbers)


@lowering("aten.linalg_qr")
def _qr(call: Call) -> tuple[Lazy, ...]:
    a, mode = matrix(call, 0, "A"), call.arg(1, "mode", "reduced")
    batch, (m, n) = a.shape[:-2], a.shape[-2:]
    k = m if mode == "complete" else min(m, n)
    kinds = (Type((*batch, m, k), a.dtype), Type((*batch, k, n), a.dtype))
    room = m * n + min(m, n) + m * k
    return declared(call, run(call, "qr", (a,), kinds, room, (math.prod(batch), m, n, k)))


@lowering("aten.geqrf")
def _geqrf(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    m, n = a.shape[-2:]
    room = m * n + min(m, n)
    return run(call, "geqrf", (a,), call.node.outputs, room, (batches(a.shape), m, n))


@lowering("aten.linalg_householder_product")
def _householder_product(call: Call) -> Lazy:
    a, taus = matrix(call, 0, "input"), matrix(call, 1, "tau")
    m, n, count = *a.shape[-2:], taus.shape[-1]
    numbers = (batches(a.shape), m, n, count)
    (made,) = run(call, "householder", (a, taus), (call.output,), 2 * m * n + count, numbers)
    return made


@lowering("aten.ormqr")
def _ormqr(call: Call) -> Lazy:
    a, taus, c = (matrix(call, k, name) for k, name in enumerate(("self", "input2", "input3")))
    left, adjoint = call.flag(3, "left", True), call.flag(4, "transpose")
    m, n, count = *a.shape[-2:], taus.shape[-1]
    rows, columns = c.shape[-2:]
    numbers = (batches(a.shape), m, n, count, rows, columns, int(left), int(adjoint))
    room = m * n + count + rows * columns
    (made,) = run(call, "ormqr", (a, taus, c), (call.output,), room, numbers)
    return made


@lowering("aten.linalg_ldl_factor_ex")
def _ldl(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "self")
    n = a.shape[-1]
    numbers = (batches(a.shape), n, int(call.flag(1, "hermitian")))
    return run(call, "ldl", (a,), call.node.outputs, n * n, numbers)


@lowering("aten.linalg_ldl_solve")
def _ldl_solve(call: Call) -> Lazy:
    ld, pivots, b = matrix(call, 0, "LD"), call.tensor(1, "pivots"), matrix(call, 2, "B")
    kind, n = call.output, ld.shape[-1]
    batch, columns = kind.shape[:-2], kind.shape[-1]
    shape = (*pivots.shape[:-1], 1, n)
    rows = call.lowering.lazy(Type(shape, "int32"), lambda i: pivots.at((*i[:-2], i[-1])))
    inputs = (spread(call, ld, batch), spread(call, rows, batch), spread(call, b, batch))
    numbers = (math.prod(batch), n, columns, int(call.flag(3, "hermitian")))
    (made,) = run(call, "ldl_solve", inputs, (kind,), n * (n + columns), numbers)
    return made


@lowering("aten.linalg_eig")
def _eig(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "self")
    n = a.shape[-1]
    vectors = Type(a.shape, call.node.outputs[0].dtype)
    room = 2 * n * n + 2 * n + 2 + 2 * (4 * n)  # a pair takes the room of two doubles
    kinds = (call.node.outputs[0], vectors)
    return declared(call, run(call, "eigen", (a,), kinds, room, (batches(a.shape), n)))


@lowering("aten._linalg_eigh")
def _eigh(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    n = a.shape[-1]
    kinds = (call.node.outputs[0], a.type)
    upper = call.arg(1, "UPLO", "L") in ("U", "u")
    numbers = (batches(a.shape), n, int(upper))
    return declared(call, run(call, "eigen_symmetric", (a,), kinds, 2 * n * n, numbers))


@lowering("aten._linalg_svd")
def _svd(call: Call) -> tuple[Lazy, ...]:
    a = matrix(call, 0, "A")
    batch, (m, n) = a.shape[:-2], a.shape[-2:]
    high, low = max(m, n), min(m, n)
    k, columns = (m, n) if call.flag(1, "full_matrices") else (low, low)
    sizes = call.node.outputs[1]
    kinds = (Type((*batch, m, k), a.dtype), sizes, Type((*batch, columns, n), a.dtype))
    numbers = (math.prod(batch), m, n, k, columns)
    room = high * low + low * low + 2 * high * high + low
    return declared(call, run(call, "svd", (a,), kinds, room, numbers))
