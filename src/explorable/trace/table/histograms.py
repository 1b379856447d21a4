"""Decompositions of histograms into comparisons with the edges and one accumulating write."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

aten = torch.ops.aten
Tensor = torch.Tensor


def _edges(x: Tensor, bins: int, limits: Sequence[float] | None) -> Tensor:
    """bins + 1 numbers from the least to the largest, rounded as torch.linspace rounds them."""
    if limits is not None:
        low, high = (torch.full((), float(limit), dtype=x.dtype) for limit in limits)
    elif x.numel():
        low, high = x.amin(), x.amax()
    else:
        low, high = torch.zeros((), dtype=x.dtype), torch.ones((), dtype=x.dtype)
    single = low == high
    low, high = torch.where(single, low - 0.5, low), torch.where(single, high + 0.5, high)
    place = torch.arange(bins + 1)
    step = (high - low) / bins
    return torch.where(place < (bins + 1) // 2, low + step * place, high - step * (bins - place))


def _places(x: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
    """The bin of every number, the last edge belonging to the last bin; and whether it has one."""
    count = (edges <= x.unsqueeze(-1)).sum(-1)
    bins = edges.shape[0] - 1
    inside = (x >= edges[0]) & (x <= edges[-1])
    return (count - 1).clamp(0, bins - 1), inside


def _counted(
    places: Tensor, inside: Tensor, size: int, weight: Tensor | None, dtype: torch.dtype
) -> Tensor:
    given = torch.ones_like(places, dtype=dtype) if weight is None else weight.reshape(-1)
    given = torch.where(inside, given, 0.0)
    return torch.zeros(size, dtype=dtype).index_put((places,), given, accumulate=True)


def _histogram(
    x: Tensor, bins: Tensor, *, weight: Tensor | None = None, density: bool = False
) -> tuple[Tensor, Tensor]:
    places, inside = _places(x.reshape(-1), bins)
    found = _counted(places, inside, bins.shape[0] - 1, weight, x.dtype)
    return (found / found.sum() / bins.diff() if density else found), bins.clone()


def _histogram_of_count(
    x: Tensor,
    bins: int = 100,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> tuple[Tensor, Tensor]:
    return _histogram(x, _edges(x, bins, range), weight=weight, density=density)


def _all_edges(
    x: Tensor,
    bins: Sequence[int],
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> list[Tensor]:
    columns = x.reshape(-1, x.shape[-1]).unbind(1)
    spans = (
        [None] * len(bins) if range is None else [range[2 * k :][:2] for k, _ in enumerate(bins)]
    )
    return [_edges(c, n, w) for c, n, w in zip(columns, bins, spans, strict=True)]


def _histogram_in_space(
    x: Tensor, bins: Sequence[Tensor], *, weight: Tensor | None = None, density: bool = False
) -> Tensor:
    sizes = [edges.shape[0] - 1 for edges in bins]
    flat: Tensor | None = None
    held: Tensor | None = None
    for column, edges, size in zip(x.reshape(-1, x.shape[-1]).unbind(1), bins, sizes, strict=True):
        places, inside = _places(column, edges)
        flat = places if flat is None else flat * size + places
        held = inside if held is None else held & inside
    assert flat is not None and held is not None
    found = _counted(flat, held, math.prod(sizes), weight, x.dtype).reshape(sizes)
    if density:
        found = found / found.sum()
        for axis, edges in enumerate(bins):
            found = found / edges.diff().reshape([-1] + [1] * (len(sizes) - axis - 1))
    return found


def _histogram_in_space_of_counts(
    x: Tensor,
    bins: Sequence[int],
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Tensor:
    edges = _all_edges(x, bins, range=range)
    return _histogram_in_space(x, edges, weight=weight, density=density)


HISTOGRAMS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.histogram.bins_tensor: _histogram,
    aten.histogram.bin_ct: _histogram_of_count,
    aten._histogramdd_bin_edges.default: _all_edges,
    aten._histogramdd_from_bin_tensors.default: _histogram_in_space,
    aten._histogramdd_from_bin_cts.default: _histogram_in_space_of_counts,
}
