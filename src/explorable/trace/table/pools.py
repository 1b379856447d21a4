"""Decompositions of pooling into windows, sums and maxima, forward and backward, and of the
gradient of replicated borders."""

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
        if x.is_floating_point():
            return total / counts
        return torch.div(total, counts, rounding_mode="trunc")

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


def _adaptive_parts(size: int, parts: int) -> tuple[Tensor, Tensor]:
    """(parts, size): which numbers torch counts to each part; and (parts,): how many."""
    part, place = torch.arange(parts), torch.arange(size)
    start, end = part * size // parts, ((part + 1) * size + parts - 1) // parts
    return (place >= start[:, None]) & (place < end[:, None]), end - start


def _adaptive_average(rank: int) -> Callable[..., Tensor]:
    def pool(x: Tensor, output_size: Sequence[int]) -> Tensor:
        for axis, parts in zip(range(-rank, 0), output_size, strict=True):
            x = _averages(x.movedim(axis, -1), parts).movedim(-1, axis)
        return x

    return pool


def _averages(x: Tensor, parts: int) -> Tensor:
    """Of the last axis. No number is weighed with zero: that would make nan of an infinity."""
    size = x.shape[-1]
    if parts and size % parts == 0:
        return x.reshape(*x.shape[:-1], parts, size // parts).mean(-1)
    inside, count = _adaptive_parts(size, parts)
    return torch.where(inside, x.unsqueeze(-2), 0).sum(-1) / count


def _adaptive_average_backward(rank: int) -> Callable[..., Tensor]:
    def backward(grad: Tensor, x: Tensor) -> Tensor:
        for axis in range(-rank, 0):
            inside, count = _adaptive_parts(x.shape[axis], grad.shape[axis])
            share = (grad.movedim(axis, -1) / count).unsqueeze(-1)
            grad = torch.where(inside, share, 0).sum(-2).movedim(-1, axis)
        return grad

    return backward


def _adaptive_places(size: int, parts: int) -> Tensor:
    """(parts, widest): the numbers that torch counts to each part; a shorter part repeats its
    last."""
    starts = [part * size // parts for part in range(parts)]
    ends = [((part + 1) * size + parts - 1) // parts for part in range(parts)]
    widest = max((e - s for s, e in zip(starts, ends, strict=True)), default=0)
    part = torch.arange(parts)[:, None]
    start, end = part * size // parts, ((part + 1) * size + parts - 1) // parts
    return torch.minimum(start + torch.arange(widest), end - 1)


def _adaptive_maximum(rank: int) -> Callable[..., tuple[Tensor, Tensor]]:
    def pool(x: Tensor, output_size: Sequence[int]) -> tuple[Tensor, Tensor]:
        shape = (*x.shape[:-rank], *output_size)
        if not x.numel() or 0 in output_size:
            return x.new_zeros(shape), torch.zeros(shape, dtype=torch.int64)
        flat = torch.zeros((), dtype=torch.int64)
        for k, (axis, parts) in enumerate(zip(range(-rank, 0), output_size, strict=True)):
            places = _adaptive_places(x.shape[axis], parts)
            wide = [1] * (2 * rank)
            wide[k], wide[rank + k] = places.shape
            flat = flat * x.shape[axis] + places.reshape(wide)
        flat = flat.flatten(-rank)
        windows = x.flatten(-rank).index_select(-1, flat.reshape(-1))
        best, at = windows.reshape(*x.shape[:-rank], *flat.shape).max(-1)
        return best, torch.gather(flat.expand(*at.shape, flat.shape[-1]), -1, at[..., None])[..., 0]

    return pool


def _adaptive_maximum_backward(rank: int) -> Callable[..., Tensor]:
    def backward(grad: Tensor, x: Tensor, indices: Tensor) -> Tensor:
        made = torch.zeros_like(x.flatten(-rank))
        made = made.scatter_add(-1, indices.flatten(-rank), grad.flatten(-rank))
        return made.reshape(x.shape)

    return backward


def _replication_backward(grad: Tensor, x: Tensor, padding: Sequence[int]) -> Tensor:
    for k in range(len(padding) // 2):
        axis = x.ndim - 1 - k
        place = (torch.arange(grad.shape[axis]) - padding[2 * k]).clamp(0, x.shape[axis] - 1)
        shape = [*grad.shape]
        shape[axis] = x.shape[axis]
        grad = torch.zeros(shape, dtype=grad.dtype).index_add(axis, place, grad)
    return grad


POOLS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.avg_pool2d.default: _average_pool(2),
    aten.avg_pool3d.default: _average_pool(3),
    aten.avg_pool2d_backward.default: _average_pool_backward(2),
    aten.avg_pool3d_backward.default: _average_pool_backward(3),
    aten._adaptive_avg_pool2d.default: _adaptive_average(2),
    aten._adaptive_avg_pool3d.default: _adaptive_average(3),
    aten._adaptive_avg_pool2d_backward.default: _adaptive_average_backward(2),
    aten._adaptive_avg_pool3d_backward.default: _adaptive_average_backward(3),
    aten.adaptive_max_pool2d.default: _adaptive_maximum(2),
    aten.adaptive_max_pool3d.default: _adaptive_maximum(3),
    aten.adaptive_max_pool2d_backward.default: _adaptive_maximum_backward(2),
    aten.adaptive_max_pool3d_backward.default: _adaptive_maximum_backward(3),
    aten.replication_pad1d_backward.default: _replication_backward,
    aten.replication_pad2d_backward.default: _replication_backward,
    aten.replication_pad3d_backward.default: _replication_backward,
}
