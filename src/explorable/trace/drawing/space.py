"""Positions in three dimensions, in the form that marks in space draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def spatial(kind: str, given: tuple[Any, ...], tensor: Callable[[Any], torch.Tensor]) -> Any:
    """float32 (..., n, 3), for lines from place to place (n, 2, 3), for grids (rows, columns, 3);
    a string says what is wrong."""
    tensors = [tensor(each) for each in given]
    shown = " and ".join(str(tuple(each.shape)) for each in tensors)
    if any(t.is_complex() or t.ndim == 0 or t.shape[-1] != 3 for t in tensors):
        return f"positions in space are real (..., 3), got {shown}"
    places = [each.to(torch.float32) for each in tensors]
    if kind == "arrow":
        vector = places[-1]
        start = torch.zeros_like(vector) if len(places) == 1 else places[0]
        start, vector = torch.broadcast_tensors(start, vector)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  (torch leaves it untyped)
        return torch.stack([start, start + vector], -2).reshape(-1, 2, 3)  # pyright: ignore[reportUnknownArgumentType]
    if kind == "segments":
        if len(places) == 2:
            places = [torch.stack(torch.broadcast_tensors(*places), -2)]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        if places[0].ndim < 2 or places[0].shape[-2] != 2:
            return f"segments in space are (..., 2, 3), from and to, got {shown}"
        return places[0].reshape(-1, 2, 3)
    if len(places) > 1:
        return f"positions in space are one tensor (..., 3), got {len(places)} tensors {shown}"
    if kind in ("mesh", "surface") and (places[0].ndim != 3 or min(places[0].shape) < 2):
        return f"a grid in space is (rows, columns, 3), got {shown}"
    return places[0] if places[0].ndim > 1 else places[0][None]
