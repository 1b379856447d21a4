"""Decompositions of fractional max pooling: windows that begin where drawn numbers say."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

Tensor = torch.Tensor
aten = torch.ops.aten


def _starts(draw: Tensor, size: int, count: int, window: int) -> Tensor:
    """Where the windows along one axis begin, for every plane: the last ends at the edge."""
    number = torch.arange(count)
    step = (size - window) / max(count - 1, 1)
    draw = draw.unsqueeze(-1)
    starts = ((number + draw) * step).to(torch.int64) - (draw * step).to(torch.int64)
    return torch.where(number == count - 1, size - window, starts)


def _pool(
    x: Tensor, windows: Sequence[int], counts: Sequence[int], draws: Tensor
) -> tuple[Tensor, Tensor]:
    axes = len(windows)
    planes = x.reshape(-1, *x.shape[-axes - 1 :])
    # In two dimensions the first draw is that of the width, in three that of the depth.
    order = (1, 0) if axes == 2 else (0, 1, 2)
    # A single sample takes the first draws of however many there are.
    draws = draws.reshape(-1, axes)[: planes.shape[0] * planes.shape[1]]
    draws = draws.reshape(*planes.shape[:2], axes).to(x.dtype)
    places = torch.zeros((), dtype=torch.int64)
    for axis, (window, count) in enumerate(zip(windows, counts, strict=True)):
        size = x.shape[axis - axes]
        starts = _starts(draws[..., order[axis]], size, count, window)
        along = starts.unsqueeze(-1) + torch.arange(window)
        shape = [*planes.shape[:2], *[1] * (2 * axes)]
        shape[2 + axis], shape[2 + axes + axis] = count, window
        places = places * size + along.reshape(shape)
    places = places.flatten(-axes)
    values = planes.flatten(2).gather(2, places.flatten(2)).reshape(places.shape)
    most, which = values.max(-1)
    found = places.gather(-1, which.unsqueeze(-1)).squeeze(-1)
    shape = (*x.shape[:-axes], *counts)
    return most.reshape(shape), found.reshape(shape)


def _pool_backward(
    grad: Tensor, x: Tensor, windows: Sequence[int], counts: Sequence[int], places: Tensor
) -> Tensor:
    axes = len(windows)
    flat = torch.zeros(x.shape, dtype=x.dtype).flatten(-axes)
    return flat.scatter_add(-1, places.flatten(-axes), grad.flatten(-axes)).reshape(x.shape)


FRACTIONAL: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.fractional_max_pool2d.default: _pool,
    aten.fractional_max_pool3d.default: _pool,
    aten.fractional_max_pool2d_backward.default: _pool_backward,
    aten.fractional_max_pool3d_backward.default: _pool_backward,
}
