"""Sampling a picture or a volume at places that are data: torch's grid_sampler by operations that
autograd passes, in all modes."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch

Tensor = torch.Tensor

MODES, PADDINGS = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")
BILINEAR, NEAREST, BICUBIC = 0, 1, 2
ZEROS, BORDER, REFLECTION = 0, 1, 2


def grid_sampler(
    x: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """``x`` (N, C, sizes...) at ``grid`` (N, places..., rank), whose last axis starts with the last
    size."""
    sizes = x.shape[2:]
    axes = list(reversed(range(len(sizes))))
    places = [_pixels(grid[..., k], sizes[axis], align_corners) for k, axis in enumerate(axes)]
    places.reverse()
    if interpolation_mode == BICUBIC:
        return _bicubic(x, places, padding_mode, align_corners)
    places = [
        _inside(p, n, padding_mode, align_corners) for p, n in zip(places, sizes, strict=True)
    ]
    if interpolation_mode == NEAREST:
        found = _read(x, [torch.round(p.detach()) for p in places], padding_mode == ZEROS)
        # A gradient of 0, not none.
        return found + 0 * (grid - grid.detach()).sum(-1).unsqueeze(1)
    low = [torch.floor(p.detach()) for p in places]
    shares = [p - below for p, below in zip(places, low, strict=True)]
    total: Tensor | None = None
    for corner in itertools.product((0, 1), repeat=len(sizes)):
        weight: Tensor | None = None
        for up, share in zip(corner, shares, strict=True):
            part = share if up else 1 - share
            weight = part if weight is None else weight * part
        assert weight is not None
        at = [below + up for below, up in zip(low, corner, strict=True)]
        term = _read(x, at, padding_mode == ZEROS) * weight.unsqueeze(1)
        total = term if total is None else total + term
    assert total is not None
    return total


def grid_sample(
    x: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """``torch.nn.functional.grid_sample``."""
    kind, padding = MODES.index(mode), PADDINGS.index(padding_mode)
    return grid_sampler(x, grid, kind, padding, bool(align_corners))


def _pixels(place: Tensor, size: int, align: bool) -> Tensor:
    """From -1..1 to the numbers of pixels."""
    return (place + 1) / 2 * (size - 1) if align else ((place + 1) * size - 1) / 2


def _clipped(place: Tensor, size: int) -> Tensor:
    """Between the first and the last pixel; at either torch's gradient is 0 already."""
    return torch.where((place > 0) & (place < size - 1), place, place.detach().clamp(0, size - 1))


def _inside(place: Tensor, size: int, padding: int, align: bool) -> Tensor:
    if padding == ZEROS:
        return place
    if padding == BORDER:
        return _clipped(place, size)
    # Mirrored at the middle, or at the outer edge, of the border pixels.
    low, span = (0.0, size - 1.0) if align else (-0.5, float(size))
    if span == 0:
        return torch.zeros_like(place)
    place = place - low
    place = torch.where(place < 0, -place, place)
    turns = torch.floor(place.detach() / span)
    rest = place - turns * span
    return _clipped(low + torch.where(turns % 2 == 0, rest, span - rest), size)


def _read(x: Tensor, places: Sequence[Tensor], zeros: bool) -> Tensor:
    """(N, C, places...) of whole places, each inside or, with ``zeros``, 0 outside."""
    sizes = x.shape[2:]
    flat = torch.zeros((), dtype=torch.int64)
    held: Tensor | None = None
    for place, size in zip(places, sizes, strict=True):
        here = (place >= 0) & (place < size)
        held = here if held is None else held & here
        flat = flat * size + place.clamp(0, size - 1).to(torch.int64)
    shape = (x.shape[0], x.shape[1], *flat.shape[1:])
    wide = flat.reshape(x.shape[0], 1, -1).expand(-1, x.shape[1], -1)
    found = x.flatten(2).gather(2, wide).reshape(shape)
    return torch.where(held.unsqueeze(1), found, 0.0) if zeros and held is not None else found


def _cubic(share: Tensor) -> list[Tensor]:
    """What the pixels before, at, after and behind the place weigh."""
    a = -0.75

    def near(t: Tensor) -> Tensor:
        return ((a + 2) * t - (a + 3)) * t * t + 1

    def far(t: Tensor) -> Tensor:
        return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a

    return [far(share + 1), near(share), near(1 - share), far(2 - share)]


def _bicubic(x: Tensor, places: Sequence[Tensor], padding: int, align: bool) -> Tensor:
    """Sixteen pixels around each place; padding is of pixels, not of the place."""
    low = [torch.floor(p.detach()) for p in places]
    rows, columns = [_cubic(p - below) for p, below in zip(places, low, strict=True)]
    total: Tensor | None = None
    for i, j in itertools.product(range(4), repeat=2):
        at = [low[0] + (i - 1), low[1] + (j - 1)]
        at = [_inside(p, n, padding, align) for p, n in zip(at, x.shape[2:], strict=True)]
        term = _read(x, at, padding == ZEROS) * (rows[i] * columns[j]).unsqueeze(1)
        total = term if total is None else total + term
    assert total is not None
    return total


GRIDS: dict[Any, Callable[..., Tensor]] = {  # Any: a function of torch's
    torch.nn.functional.grid_sample: grid_sample,
    torch.grid_sampler: grid_sampler,
    torch.grid_sampler_2d: grid_sampler,
    torch.grid_sampler_3d: grid_sampler,
}
