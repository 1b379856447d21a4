"""Which of all right eigenvectors and singular vectors: a sign, or a factor of size 1, is free, and
the order of eigenvalues that may be complex too; torch leaves both to LAPACK. In figures, in Python
as in the page, the first of a vector's largest entries is positive, and eigenvalues stand by
falling real part, then by falling imaginary part.
"""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

Tensor = torch.Tensor
Results = Sequence[Tensor]

LARGE = 0.999
"""The share of the largest entry from which an entry is one of the largest (c/spectra.h): equal
ones are equal only up to rounding."""
NOTHING = {torch.float64: 1e-14, torch.complex128: 1e-14}
"""Singular values below this share of the largest are 0: they bind no two vectors together."""


def _turns(columns: Tensor) -> Tensor:
    """(..., 1, n) factors of size 1 that turn each column of (..., m, n) upright."""
    size = columns.abs()
    if not size.numel():
        return torch.ones_like(columns[..., :1, :])
    large = size >= LARGE * size.amax(-2, keepdim=True)
    entry = columns.gather(-2, large.to(torch.uint8).argmax(-2, keepdim=True))
    # Physically: below autograd nothing resolves a lazy conjugate.
    turn = entry.conj_physical() / entry.abs()
    return torch.where(turn.abs() > 0, turn, 1)


def _eigenvectors(results: Results) -> Results:
    values, vectors = results
    return (values, vectors * _turns(vectors)) if vectors.numel() else results


def _order(values: Tensor) -> Tensor:
    _, by_imaginary = values.imag.sort(stable=True, descending=True)
    _, order = values.real.gather(-1, by_imaginary).sort(stable=True, descending=True)
    return by_imaginary.gather(-1, order)


def _eigenvalues(results: Results) -> Results:
    (values,) = results
    return (values.gather(-1, _order(values)),)


def _eigen(results: Results) -> Results:
    values, vectors = results
    order = _order(values)
    vectors = vectors.gather(-1, order.unsqueeze(-2).expand(vectors.shape))
    return _eigenvectors((values.gather(-1, order), vectors))


def _singular_vectors(results: Results) -> Results:
    u, s, vh = results
    count = s.shape[-1]
    if not u.numel() or not vh.numel():
        return results
    free_u, free_v = _turns(u), _turns(vh.mT)
    first = (
        free_u[..., :count] if u.shape[-2] >= vh.shape[-1] else free_v[..., :count].conj_physical()
    )
    bound = s > NOTHING.get(u.dtype, 1e-6) * s.amax(-1, keepdim=True)
    bound = bound.unsqueeze(-2)
    turn_u, turn_v = free_u.clone(), free_v.clone()
    turn_u[..., :count] = torch.where(bound, first, free_u[..., :count])
    turn_v[..., :count] = torch.where(bound, first.conj_physical(), free_v[..., :count])
    return u * turn_u, s, vh * turn_v.mT


_FORMS: dict[str, Callable[[Results], Results]] = {
    "aten::_linalg_eigh": _eigenvectors,
    "aten::linalg_eig": _eigen,
    "aten::linalg_eigvals": _eigenvalues,
    "aten::_linalg_svd": _singular_vectors,
}


def upright(name: str, results: Any) -> Any:  # Any: what operations return
    """What an operation of this schema name has computed, with its vectors turned upright."""
    form = _FORMS.get(name)
    if form is None:
        return results
    every = (results,) if isinstance(results, torch.Tensor) else results
    if any(type(result) is not torch.Tensor for result in every):
        return results  # a trace: the page's own operation does it
    found = tuple(form(every))
    return found[0] if isinstance(results, torch.Tensor) else found
