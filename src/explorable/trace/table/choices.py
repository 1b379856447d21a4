"""Decompositions of what picks elements by their order, their number or a mask: the largest, the
median, the most frequent, the places that are not zero."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

aten = torch.ops.aten
Tensor = torch.Tensor


def _sorted_top(
    x: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> tuple[Tensor, Tensor]:
    if x.ndim == 0:
        return x.clone(), torch.zeros((), dtype=torch.int64)
    if x.ndim == 0:
        return x.clone(), torch.zeros((), dtype=torch.int64)
    values, indices = torch.sort(x, dim=dim, descending=largest, stable=True)
    return values.narrow(dim, 0, k), indices.narrow(dim, 0, k)


def _kth_value(x: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    if x.ndim == 0:
        return x, torch.zeros((), dtype=torch.int64)
    values, indices = torch.sort(x, dim=dim, stable=True)
    values, indices = values.narrow(dim, k - 1, 1), indices.narrow(dim, k - 1, 1)
    return (values, indices) if keepdim else (values.squeeze(dim), indices.squeeze(dim))


def _median(x: Tensor) -> Tensor:
    values = torch.sort(x.reshape(-1), stable=True)[0]
    # A place by a tensor: where the number of elements moves, the middle does.
    count = torch.scalar_tensor(x.numel(), dtype=torch.int64).reshape(1)
    middle = values.index_select(0, torch.clamp((count - 1) // 2, min=0)).squeeze(0)
    if not x.is_floating_point():
        return middle
    return torch.where(torch.isnan(x).any() | (count.squeeze(0) == 0), math.nan, middle)


def _mode(x: Tensor, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The least of the most frequent; torch gives the place of its last occurrence."""
    if x.ndim == 0:
        return x.clone(), torch.zeros((), dtype=torch.int64)
    values, indices = torch.sort(x, dim=dim, stable=True)
    along = values.movedim(dim, -1)
    counts = (along.unsqueeze(-1) == along.unsqueeze(-2)).sum(-1).movedim(-1, dim)
    first = counts.max(dim, keepdim=True)[1]
    last = (first + counts.gather(dim, first) - 1).clamp(min=0)
    found, place = values.gather(dim, first), indices.gather(dim, last)
    return (found, place) if keepdim else (found.squeeze(dim), place.squeeze(dim))


def _places_of_nonzero(x: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """(size, dimensions): one row per element that is not zero, in order, then the filler."""
    held = (x.reshape(-1) != 0).to(torch.int64)
    before = torch.cumsum(held, 0) - held
    row = torch.where(held > 0, before, size).clamp(max=size)
    places = torch.zeros(size + 1, dtype=torch.int64)
    places = places.index_put((row,), torch.arange(x.numel()))[:size]
    columns: list[Tensor] = []
    for extent in reversed(x.shape):
        columns.insert(0, torch.remainder(places, max(extent, 1)))
        places = torch.div(places, max(extent, 1), rounding_mode="floor")
    if not columns:
        return torch.zeros((size, 0), dtype=torch.int64)
    given = torch.arange(size) < held.sum()
    return torch.where(given.unsqueeze(1), torch.stack(columns, 1), fill_value)


def _repeated(repeats: Tensor, *, output_size: int | None = None) -> Tensor:
    """Every index as often as asked; how many that makes must be given."""
    if output_size is None:
        return NotImplemented
    ends = torch.cumsum(repeats.to(torch.int64), 0)
    return (ends <= torch.arange(output_size).unsqueeze(1)).sum(1).to(repeats.dtype)


CHOICES: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.topk.default: _sorted_top,
    aten.kthvalue.default: _kth_value,
    aten.median.default: _median,
    aten.mode.default: _mode,
    aten.nonzero_static.default: _places_of_nonzero,
    aten.repeat_interleave.Tensor: _repeated,
}
