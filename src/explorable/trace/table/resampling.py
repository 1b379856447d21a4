"""Decompositions of resampling with antialiasing: every output row is a weighted sum of input rows,
so a picture is multiplied by a matrix from each side."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

aten = torch.ops.aten
Tensor = torch.Tensor


def _linear(x: Tensor) -> Tensor:
    return (1 - x.abs()).clamp(min=0)


def _cubic(x: Tensor) -> Tensor:
    x, a = x.abs(), -0.5
    near, far = ((a + 2) * x - (a + 3)) * x * x + 1, ((x - 5) * x + 8) * x * a - 4 * a
    return torch.where(x < 1, near, torch.where(x < 2, far, 0.0))


def _lanczos(x: Tensor) -> Tensor:
    return torch.where(x.abs() < 3, torch.sinc(x) * torch.sinc(x / 3), 0.0)


FILTERS = {"bilinear": (_linear, 2), "bicubic": (_cubic, 4), "lanczos": (_lanczos, 6)}
"""What a neighbour weighs by its distance, and how many neighbours there are."""


def _weights(
    size: int, count: int, align: bool, factor: float | None, kind: str, dtype: torch.dtype
) -> Tensor:
    """(count, size): row i has the weights of output i."""
    shape, reach = FILTERS[kind]
    if align:
        scale = (size - 1) / (count - 1) if count > 1 else 0.0
    else:
        scale = 1 / factor if factor else size / count
    support, narrow = (reach / 2 * scale, 1 / scale) if scale >= 1 else (reach / 2, 1.0)
    center = scale * (torch.arange(count, dtype=dtype) + 0.5).unsqueeze(1)
    place = torch.arange(size, dtype=dtype)
    first = (center - support + 0.5).trunc().clamp(min=0)
    last = (center + support + 0.5).trunc().clamp(max=size)
    made = torch.where(
        (place >= first) & (place < last), shape((place - center + 0.5) * narrow), 0.0
    )
    total = made.sum(1, keepdim=True)
    return torch.where(total == 0, 0.0, made / total)


def _upsample(kind: str) -> Callable[..., Tensor]:
    def upsample(
        x: Tensor,
        output_size: Sequence[int],
        align_corners: bool,
        scales_h: float | None = None,
        scales_w: float | None = None,
    ) -> Tensor:
        rows = _weights(x.shape[-2], output_size[0], align_corners, scales_h, kind, x.dtype)
        columns = _weights(x.shape[-1], output_size[1], align_corners, scales_w, kind, x.dtype)
        return rows @ (x @ columns.mT)

    return upsample


def _upsample_backward(kind: str) -> Callable[..., Tensor]:
    def backward(
        grad: Tensor,
        output_size: Sequence[int],
        input_size: Sequence[int],
        align_corners: bool,
        scales_h: float | None = None,
        scales_w: float | None = None,
    ) -> Tensor:
        high, wide = input_size[-2:]
        rows = _weights(high, output_size[0], align_corners, scales_h, kind, grad.dtype)
        columns = _weights(wide, output_size[1], align_corners, scales_w, kind, grad.dtype)
        return rows.mT @ (grad @ columns)

    return backward


RESAMPLING: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    table: make(kind)
    for kind in FILTERS
    for table, make in (
        (getattr(aten, f"_upsample_{kind}2d_aa").default, _upsample),
        (getattr(aten, f"_upsample_{kind}2d_aa_backward").default, _upsample_backward),
    )
}
