"""Decompositions of average pooling into windows and sums, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

aten = torch.ops.aten
Tensor = torch.Tensor


def _pool_shape(given: Sequence[int], rank: int) -> list[int]:
    return [given[k] if len(given) > 1 else given[0] for k in range(rank)]


def _average_pool(rank: int) -> Callable[..., Tensor]:
    def pool(
        x: Tensor,
        kernel_size: Sequence[int],
        stride: Sequence[int] = (),
        padding: Sequence[int] = (0,),
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Tensor:
        windows, counts = _windows(
            x, rank, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )
        total = windows.sum(list(range(-rank, 0)))
        return total / counts if x.is_floating_point() else total // counts

    return pool


def _windows(
    x: Tensor,
    rank: int,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> tuple[Tensor, Tensor | int]:
    """Every window of ``x`` as trailing dimensions, and how many numbers of each are counted."""
    sizes = _pool_shape(kernel_size, rank)
    steps = _pool_shape(stride, rank) if len(stride) else sizes
    pads = _pool_shape(padding, rank)
    amounts: list[int] = []
    extra: list[int] = []
    for axis in reversed(range(rank)):
        length = x.shape[axis - rank] + 2 * pads[axis] - sizes[axis]
        count = length // steps[axis] + 1
        if ceil_mode:
            count = -(-length // steps[axis]) + 1
            # A window that starts in the right padding is left out.
            count -= (count - 1) * steps[axis] >= x.shape[axis - rank] + pads[axis]
        missing = max(
            (count - 1) * steps[axis] + sizes[axis] - x.shape[axis - rank] - 2 * pads[axis], 0
        )
        amounts += [pads[axis], pads[axis] + missing]
        extra += [0, missing]
    padded = torch.constant_pad_nd(x, amounts) if any(amounts) else x
    ones = torch.ones(x.shape[-rank:], dtype=x.dtype)
    if count_include_pad:
        inner = [a - b for a, b in zip(amounts, extra, strict=True)]
        ones = torch.constant_pad_nd(torch.constant_pad_nd(ones, inner, 1.0), extra)
    else:
        ones = torch.constant_pad_nd(ones, amounts)
    for axis in range(rank):
        padded = padded.unfold(x.ndim - rank + axis, sizes[axis], steps[axis])
        ones = ones.unfold(axis, sizes[axis], steps[axis])
    area = 1
    for size in sizes:
        area *= size
    if divisor is None and not any(extra) and (count_include_pad or not any(amounts)):
        divisor = area
    return padded, divisor or ones.sum(list(range(-rank, 0)))


def _average_pool_backward(rank: int) -> Callable[..., Tensor]:
    def backward(
        grad: Tensor,
        x: Tensor,
        kernel_size: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[int],
        ceil_mode: bool,
        count_include_pad: bool,
        divisor_override: int | None,
    ) -> Tensor:
        windows, counts = _windows(
            x, rank, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )
        sizes = _pool_shape(kernel_size, rank)
        steps = _pool_shape(stride, rank) if len(stride) else sizes
        pads = _pool_shape(padding, rank)
        spread = (grad / counts)[(..., *[None] * rank)].expand(windows.shape)
        # Undo the windows one dimension at a time; what lies in the padding is cut off.
        for axis in reversed(range(rank)):
            dim = x.ndim - rank + axis
            shape = list(spread.shape[:-1])
            shape[dim] = (spread.shape[dim] - 1) * steps[axis] + sizes[axis]
            full = max(shape[dim], x.shape[dim] + 2 * pads[axis])
            shape[dim] = full
            spread = aten.unfold_backward(spread, shape, dim, sizes[axis], steps[axis])
        for axis in range(rank):
            dim = x.ndim - rank + axis
            spread = spread.narrow(dim, pads[axis], x.shape[dim])
        return spread

    return backward


def _adaptive_weights(size: int, parts: int, dtype: torch.dtype) -> Tensor:
    """(parts, size): row i averages the numbers that torch counts to part i."""
    part, place = torch.arange(parts)[:, None], torch.arange(size)[None, :]
    start = part * size // parts
    end = ((part + 1) * size + parts - 1) // parts
    return ((place >= start) & (place < end)).to(dtype) / (end - start)


def _adaptive_backward(grad: Tensor, x: Tensor) -> Tensor:
    rows = _adaptive_weights(x.shape[-2], grad.shape[-2], x.dtype)
    columns = _adaptive_weights(x.shape[-1], grad.shape[-1], x.dtype)
    return rows.mT @ grad @ columns


POOLS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.avg_pool2d.default: _average_pool(2),
    aten.avg_pool3d.default: _average_pool(3),
    aten.avg_pool2d_backward.default: _average_pool_backward(2),
    aten.avg_pool3d_backward.default: _average_pool_backward(3),
    aten._adaptive_avg_pool2d_backward.default: _adaptive_backward,
}
