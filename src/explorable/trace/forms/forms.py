"""Functions of torch's that look at the values of their arguments, to check them or to cut by them:
the same results by operations alone."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ..table.matrices import MATRIX_FORMS
from .ctc import ctc_loss
from .grids import GRIDS
from .losses import LOSSES

Tensor = torch.Tensor


def _cov(
    x: Tensor,
    *,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """torch's asks whether the weights are negative and whether any are left."""
    x = x.unsqueeze(0) if x.ndim < 2 else x
    weights = fweights
    if aweights is not None:
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        count = x.shape[1]
        apart = x - (x.sum(1) / count).unsqueeze(1)
        return (apart @ apart.mH / torch.sym_max(count - correction, 0)).squeeze()
    total = weights.sum()
    apart = x - ((x * weights).sum(1) / total).unsqueeze(1)
    lost: Tensor | int = correction
    if aweights is not None and correction:
        lost = correction * (weights * aweights).sum() / total
    return (apart @ (apart * weights).mH / (total - lost).clamp(min=0)).squeeze()


def _corrcoef(x: Tensor) -> Tensor:
    found = _cov(x)
    if not found.ndim:
        return found / found
    spread = found.diagonal().real.sqrt() if found.is_complex() else found.diagonal().sqrt()
    found = found / spread.unsqueeze(1) / spread
    if found.is_complex():
        return torch.complex(found.real.clamp(-1, 1), found.imag.clamp(-1, 1))
    return found.clamp(-1, 1)


def _cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "") -> Tensor:
    """torch chooses by the number of points between differences and a product, which is rounded
    more."""
    moves = any(isinstance(x.shape[-2], torch.SymInt) for x in (x1, x2))
    mode = "donot_use_mm_for_euclid_dist" if moves else compute_mode
    return torch.cdist(x1, x2, p, mode or "use_mm_for_euclid_dist_if_necessary")


def _narrow(x: Tensor, dim: int, start: Any, length: int) -> Tensor:  # Any: an int or a Tensor
    """The length is known, so a start that moves is no question of shape."""
    if not isinstance(start, Tensor) or not isinstance(length, int):  # pyright: ignore[reportUnnecessaryIsInstance] a SymInt
        return x.narrow(dim, start, length)
    begin = torch.where(start < 0, start + x.shape[dim], start)
    return x.index_select(dim, begin.reshape(1) + torch.arange(length))


def _one_hot(x: Tensor, num_classes: Any = -1) -> Tensor:  # Any: an int or a SymInt
    """torch's takes no number of classes that moves."""
    if isinstance(num_classes, int):
        return torch.nn.functional.one_hot(x, num_classes)
    return (x.unsqueeze(-1) == torch.arange(num_classes)).long()


def _index_fill(x: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:  # Any: number or Tensor
    """The gradient of torch's counts each place once, by `unique`."""
    if not isinstance(value, Tensor):
        return torch.index_fill(x, dim, index, value)
    if x.ndim == 0:
        return _index_fill(x.reshape(1), 0, index, value).reshape(())
    hit = torch.full((x.shape[dim],), False).index_fill(0, index, True)
    return torch.where(hit.reshape(-1, *[1] * (x.ndim - 1 - dim % x.ndim)), value.to(x.dtype), x)


def _weight_norm(v: Tensor, g: Tensor, dim: int = 0) -> Tensor:
    """torch's is one operation forward and another backward."""
    return v * (g / torch.norm_except_dim(v, 2, dim))


def _softshrink(x: Tensor, lambd: float = 0.5) -> Tensor:
    """torch's decomposition weighs an undefined slope with 0."""
    within = torch.where(x.isnan(), x, 0).detach()
    return torch.where((x > lambd) | (x < -lambd), x - torch.sign(x).detach() * lambd, within)


def _hardshrink(x: Tensor, lambd: float = 0.5) -> Tensor:
    within = torch.where(x.isnan(), x, 0).detach()
    return torch.where((x > lambd) | (x < -lambd), x, within)


FORMS: dict[Any, Callable[..., Any]] = {  # Any: a function of torch's
    torch.cov: _cov,
    torch.Tensor.cov: _cov,
    torch.corrcoef: _corrcoef,
    torch.Tensor.corrcoef: _corrcoef,
    torch._weight_norm: _weight_norm,  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage]
    torch.cdist: _cdist,
    torch.nn.functional.ctc_loss: ctc_loss,
    torch.nn.functional.softshrink: _softshrink,
    torch.nn.functional.hardshrink: _hardshrink,
    torch.hardshrink: _hardshrink,
    torch.Tensor.hardshrink: _hardshrink,
    torch.nn.functional.one_hot: _one_hot,
    torch.index_fill: _index_fill,
    torch.Tensor.index_fill: _index_fill,
    torch.narrow: _narrow,
    torch.Tensor.narrow: _narrow,
    **LOSSES,
    **GRIDS,
    **MATRIX_FORMS,
}
