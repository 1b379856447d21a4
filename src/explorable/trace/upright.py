"""Which of all right eigenvectors and singular vectors: a sign, or a factor of size 1, is free, and
torch leaves it to LAPACK. In figures, in Python as in the page, the first of a vector's largest
entries is positive.
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
    "aten::linalg_eig": _eigenvectors,
    "aten::_linalg_svd": _singular_vectors,
}


def upright(name: str, results: Any) -> Any:  # Any: what operations return
    """What an operation of this schema name has computed, with its vectors turned upright."""
    form = _FORMS.get(name)
    if form is None or any(type(result) is not torch.Tensor for result in results):
        return results  # a trace: the page's own operation does it
    return tuple(form(results))
