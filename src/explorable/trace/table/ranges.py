"""Decompositions of linspace into whole numbers: torch cuts both ends to whole numbers first and
computes in double precision, its own decomposition does neither."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import _refs

Tensor = torch.Tensor
aten = torch.ops.aten
End = float | Tensor


def _linspace(
    start: End, end: End, steps: int, *, dtype: torch.dtype | None = None, **options: Any
) -> Tensor:  # Any: layout, device, pin_memory, which a figure has one of each
    if dtype is None or dtype.is_floating_point or dtype.is_complex:
        return _refs.linspace(start, end, steps, dtype=dtype, **options)
    low, high = _whole(start, dtype), _whole(end, dtype)
    place = torch.arange(steps, dtype=torch.float64)
    step = (high - low) / max(steps - 1, 1)
    early, late = low + step * place, high - step * (steps - 1 - place)
    # A single step is the start.
    return torch.where(place < max(steps // 2, 2 - steps), early, late).to(dtype)


def _whole(end: End, dtype: torch.dtype) -> Tensor:
    given = end if isinstance(end, Tensor) else torch.full((), int(end))
    return given.to(dtype).to(torch.float64)


RANGES: dict[Any, Callable[..., Tensor]] = {  # Any: OpOverload -> function
    aten.linspace.default: _linspace,
    aten.linspace.Tensor_Tensor: _linspace,
    aten.linspace.Tensor_Scalar: _linspace,
    aten.linspace.Scalar_Tensor: _linspace,
}
