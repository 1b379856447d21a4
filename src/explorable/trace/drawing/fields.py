"""Blocks of a field: the author's function of x and y at the places of 64 x 64 pixels."""

from __future__ import annotations

from typing import Any

import torch

from ...errors import ExplorableError
from ...parts.marks import Mark
from ..forms.arrays import as_tensors

SIDE = 64
Range = tuple[float, float]


def corner(x: Range, y: Range, columns: int, rows: int, block: tuple[int, int]) -> list[float]:
    """Where block (column, row) of a picture begins, and its steps: left, right by, top, up by."""
    across, up = (x[1] - x[0]) / columns, (y[1] - y[0]) / rows
    return [x[0] + SIDE * block[0] * across, across, y[1] - SIDE * block[1] * up, -up]


def at_corner(numbers: list[float]) -> torch.Tensor:
    """A corner as the page writes it."""
    return torch.tensor(numbers, dtype=torch.float32)


def nothing() -> torch.Tensor:
    """The colours of a field that a variant does not draw."""
    return torch.zeros(SIDE, SIDE, 3)


def whole(mark: Mark) -> torch.Tensor:
    """The field at 64 x 64 places that fill its rectangle."""
    _, x, y = mark.channels[0].given
    return block(mark, at_corner(corner(x, y, SIDE, SIDE, (0, 0))))


def places(at: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The middles of a block's pixels, x and y, row 0 at the top."""
    steps = torch.arange(SIDE) + 0.5
    x, y = at[0] + at[1] * steps, at[2] + at[3] * steps
    return x.expand(SIDE, SIDE), y[:, None].expand(SIDE, SIDE)


def block(mark: Mark, at: torch.Tensor) -> torch.Tensor:
    """float32 (64, 64) or (64, 64, 3): the author's function on a block of pixels."""
    return _checked(mark, mark.channels[0].given[0](*places(at)), (SIDE, SIDE))


def coloured(values: torch.Tensor) -> torch.Tensor:
    """Red, green and blue, also of grey."""
    return values[..., None].expand(SIDE, SIDE, 3) if values.ndim == 2 else values


def picture(mark: Mark, columns: int, rows: int) -> Any:
    """uint8 (rows, columns, 3): the field as Python draws it."""
    _, x, y = mark.channels[0].given
    lines: list[torch.Tensor] = []
    for top in range(0, rows, SIDE):
        blocks = [
            coloured(block(mark, at_corner(corner(x, y, columns, rows, (left, top // SIDE)))))
            for left in range(-(-columns // SIDE))
        ]
        lines.append(torch.cat(blocks, 1)[: rows - top, :columns])
    found = torch.nan_to_num(torch.cat(lines)).clamp(0, 1)
    return (255 * found).round().to(torch.uint8)


def check_alone(mark: Mark, at: torch.Tensor) -> None:
    """Raises ExplorableError where a pixel's value depends on the other pixels of its block."""
    function = mark.channels[0].given[0]
    x, y = places(at)
    rows, columns = SIDE // 2, SIDE // 4  # another shape, and in another order

    def some(tensor: torch.Tensor) -> torch.Tensor:
        return tensor[:rows, :columns].flip(0, 1)

    expected = some(_checked(mark, function(x, y), (SIDE, SIDE)))
    found = _checked(mark, function(some(x), some(y)), (rows, columns))
    if not torch.allclose(expected, found, rtol=1e-3, atol=1e-4, equal_nan=True):
        raise ExplorableError(
            "figure",
            "field: the function mixes pixels: among fewer of them it gives other values",
            line=mark.line,
            fix="treat every pixel by itself (no mean, sum, sort or random number over pixels), "
            "or draw a tensor with ex.image",
        )


def _checked(mark: Mark, given: Any, shape: tuple[int, int]) -> torch.Tensor:
    values = as_tensors(given)
    if not isinstance(values, torch.Tensor):
        fact = f"the function gives a tensor, got {type(values).__name__}"
        raise ExplorableError("figure", f"field: {fact}", line=mark.line)
    if values.is_complex():
        fact = "the function gives grey or colours, got complex numbers"
        fix = "show .abs(), .real or .angle(), or map them to colours"
        raise ExplorableError("figure", f"field: {fact}", line=mark.line, fix=fix)
    if tuple(values.shape) not in (shape, (*shape, 3)):
        rows, columns = shape
        raise ExplorableError(
            "figure",
            f"field: for x and y of shape ({rows}, {columns}) the function gives "
            f"({rows}, {columns}) or ({rows}, {columns}, 3), got {tuple(values.shape)}",
            line=mark.line,
            fix="one number per pixel is grey; stack three in a last dimension for a colour",
        )
    return values.to(torch.float32)
