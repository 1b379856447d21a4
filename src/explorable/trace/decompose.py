"""The decomposition table of the later passes: which operations the compiler never sees.

Core ATen's table, torch's own decompositions of what core ATen keeps whole but which are sums and maps,
and ours where torch has none that ends in core ATen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._decomp import core_aten_decompositions, get_decompositions

aten = torch.ops.aten
Tensor = torch.Tensor

FROM_TORCH = [
    aten._softmax,
    aten._log_softmax,
    aten.embedding,
    aten.addmm,
    aten._addmm_activation,
    aten.addmv,
    aten.native_batch_norm,
    aten._native_batch_norm_legit,
    aten._native_batch_norm_legit_functional,
    aten._native_batch_norm_legit_no_training,
    aten._adaptive_avg_pool2d,
    aten.native_group_norm,
    aten.native_layer_norm,
    aten.gelu,
    aten.elu,
    aten.hardtanh,
    aten.leaky_relu,
    aten.logsumexp,
    aten.dist,
    aten.ldexp,
    aten.rrelu_with_noise_backward,
    aten.upsample_nearest1d,
    aten.upsample_nearest2d,
    aten.upsample_nearest3d,
    aten._upsample_nearest_exact1d,
    aten._upsample_nearest_exact2d,
    aten._upsample_nearest_exact3d,
    aten.upsample_bilinear2d,
    aten.upsample_trilinear3d,
    aten.upsample_bicubic2d,
    aten.grid_sampler_2d,
    aten.polar,
    aten.bucketize,
    aten.diag,
]


def _axes(x: Tensor, dim: int | Sequence[int] | None) -> list[int]:
    if dim is None or (not isinstance(dim, int) and len(dim) == 0):
        return list(range(x.ndim))
    return [d % max(x.ndim, 1) for d in ([dim] if isinstance(dim, int) else dim)]


def _var_mean(
    x: Tensor,
    dim: int | Sequence[int] | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
) -> tuple[Tensor, Tensor]:
    axes = _axes(x, dim)
    count = 1
    for axis in axes:
        count *= x.shape[axis] if x.ndim else 1
    mean = x.mean(axes, keepdim=True)
    apart = x - mean
    square = (apart * apart.conj()).real if x.is_complex() else apart * apart
    divisor = max(count - (1 if correction is None else correction), 0)
    var = square.sum(axes, keepdim=keepdim)
    # 0 / 0 is NaN, as torch gives for one number without a correction.
    var = var / divisor if divisor else var * float("nan")
    return var, mean if keepdim else mean.reshape(var.shape)


def _var(
    x: Tensor,
    dim: int | Sequence[int] | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
) -> Tensor:
    return _var_mean(x, dim, correction=correction, keepdim=keepdim)[0]


def _vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Tensor:
    x = x if dtype is None else x.to(dtype)
    axes = _axes(x, dim)
    if not axes:
        return (x != 0).to(x.abs().dtype) if ord == 0 else x.abs()
    if ord == 2:
        square = (x * x.conj()).real if x.is_complex() else x * x
        return square.sum(axes, keepdim=keepdim).sqrt()
    size = x.abs()
    if ord == float("inf"):
        return size.amax(axes, keepdim=keepdim)
    if ord == float("-inf"):
        return size.amin(axes, keepdim=keepdim)
    if ord == 0:
        return (x != 0).to(size.dtype).sum(axes, keepdim=keepdim)
    if ord == 1:
        return size.sum(axes, keepdim=keepdim)
    return size.pow(ord).sum(axes, keepdim=keepdim).pow(1 / ord)


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
        return windows.sum(list(range(-rank, 0))) / counts

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
        missing = max((count - 1) * steps[axis] + sizes[axis] - x.shape[axis - rank] - 2 * pads[axis], 0)
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


def _hypot(x: Tensor, y: Tensor) -> Tensor:
    return torch.sqrt(x * x + y * y)


def _complex(real: Tensor, imag: Tensor) -> Tensor:
    real, imag = torch.broadcast_tensors(real, imag)
    return torch.view_as_complex(torch.stack([real, imag], -1))


OURS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.var.correction: _var,
    aten.var_mean.correction: _var_mean,
    aten.linalg_vector_norm.default: _vector_norm,
    aten.avg_pool2d.default: _average_pool(2),
    aten.avg_pool3d.default: _average_pool(3),
    aten.hypot.default: _hypot,
    aten.complex.default: _complex,
}

TABLE: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    **core_aten_decompositions(),
    **get_decompositions(FROM_TORCH),
    **OURS,
}
