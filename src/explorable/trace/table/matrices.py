"""Decompositions of linear algebra into what the compiler has: one factorisation, triangles,
products."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

aten = torch.ops.aten
Tensor = torch.Tensor
least_squares: Any = torch.return_types.linalg_lstsq  # pyright: ignore[reportAttributeAccessIssue] unlisted


def _cholesky(x: Tensor, upper: bool = False) -> Tensor:
    return torch.linalg.cholesky_ex(x, upper=upper)[0]


def _cholesky_solve(b: Tensor, factor: Tensor, upper: bool = False) -> Tensor:
    solve = torch.linalg.solve_triangular
    lower, turned = (factor.mH, factor) if upper else (factor, factor.mH)
    return solve(turned, solve(lower, b, upper=False), upper=True)


def _cholesky_inverse(factor: Tensor, upper: bool = False) -> Tensor:
    # LAPACK reads one triangle, so the other must not count.
    factor = factor.triu() if upper else factor.tril()
    one = torch.eye(factor.shape[-1], dtype=factor.dtype).expand(factor.shape)
    return _cholesky_solve(one, factor, upper)


def _triangular_solve(
    b: Tensor, a: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> tuple[Tensor, Tensor]:
    turned, above = (a.mH, not upper) if transpose else (a, upper)
    found = torch.linalg.solve_triangular(turned, b, upper=above, unitriangular=unitriangular)
    return found, a.expand(*found.shape[:-2], *a.shape[-2:]).clone()


def _lu(x: Tensor, *, pivot: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    factors, pivots, _ = torch.linalg.lu_factor_ex(x, pivot=pivot)
    return torch.lu_unpack(factors, pivots)


def _pseudo_inverse(
    x: Tensor, *, atol: Tensor | None = None, rtol: Tensor | None = None, hermitian: bool = False
) -> Tensor:
    if not x.numel():
        return torch.zeros_like(x.mT)
    if hermitian:
        values, left = torch.linalg.eigh(x)
        right, size = left.mH, values.abs()
        largest = size.amax(-1, keepdim=True)
    else:
        first, values, second = torch.linalg.svd(x, full_matrices=False)
        left, right, size = second.mH, first.mH, values
        largest = values.narrow(-1, 0, 1)
    # Singular values up to this count as zero.
    if rtol is None:
        usual = torch.full((), torch.finfo(x.dtype).eps * max(x.shape[-2:]), dtype=values.dtype)
        rtol = usual if atol is None else torch.where(atol > 0, 0.0, usual)
    cut = rtol.unsqueeze(-1) * largest
    cut = cut if atol is None else torch.maximum(cut, atol.unsqueeze(-1))
    inverse = torch.where(size > cut, 1 / values, 0.0).to(x.dtype)
    return (left * inverse.unsqueeze(-2)) @ right


def _eigenvalues(x: Tensor) -> Tensor:
    return torch.linalg.eig(x)[0]


def _least_squares(
    x: Tensor, b: Tensor, rcond: float | None = None, *, driver: str | None = None
) -> Any:  # Any: torch's own named tuple
    """torch.linalg.lstsq, whose shapes follow from the values: here for matrices of full rank."""
    m, n = x.shape[-2:]
    vector = x.ndim - 1 == b.ndim and b.shape == x.shape[:-1]
    right = b.unsqueeze(-1) if vector else b
    solution = torch.linalg.pinv(x, rtol=rcond) @ right
    batch = solution.shape[:-2]
    rank, left = torch.zeros(0, dtype=torch.int64), solution.reshape(-1)[:0].abs()
    sizes = torch.zeros_like(left)
    if driver != "gels":
        found = torch.linalg.svdvals(x.detach())
        usual = torch.finfo(x.dtype).eps * max(m, n) if rcond is None else rcond
        rank = (found > usual * found.amax(-1, keepdim=True)).sum(-1)
        sizes = found if driver in ("gelsd", "gelss") else sizes
    if m > n and driver in ("gels", "gelsd", "gelss"):
        left = (x @ solution - right).abs().square().sum(-2).expand(*batch, right.shape[-1])
    return least_squares((solution.squeeze(-1) if vector else solution, left, rank, sizes))


MATRICES: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.cholesky.default: _cholesky,
    aten.cholesky_solve.default: _cholesky_solve,
    aten.cholesky_inverse.default: _cholesky_inverse,
    aten.triangular_solve.default: _triangular_solve,
    aten.linalg_lu.default: _lu,
    aten.linalg_pinv.atol_rtol_tensor: _pseudo_inverse,
    aten.linalg_eigvals.default: _eigenvalues,
}
MATRIX_FORMS: dict[Any, Callable[..., Any]] = {torch.linalg.lstsq: _least_squares}
"""Functions of torch's that are replaced before autograd sees them."""
