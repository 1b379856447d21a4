"""Layers over many rows, run a few rows at a time, against torch; and what must not be cut so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional as F

import explorable as ex
from explorable.compiler import tile
from oracle import Case, check

WIDE = 40
generator = torch.Generator().manual_seed(3)
w1, w2 = torch.randn(3, WIDE, generator=generator), torch.randn(WIDE, WIDE, generator=generator) / 6
w3, b = torch.randn(WIDE, 2, generator=generator) / 6, torch.randn(WIDE, generator=generator)


def layers(x: torch.Tensor) -> torch.Tensor:
    return torch.tanh(torch.tanh(x @ w1 + b) @ w2 + b) @ w3


def residual(x: torch.Tensor) -> torch.Tensor:
    h = torch.relu(x @ w1 + b)
    h = h + F.layer_norm(h @ w2, (WIDE,))
    return torch.softmax((h @ w2 + h).square() @ w3, -1)


def moved(x: torch.Tensor) -> torch.Tensor:
    """Reads the next row of what lies between."""
    h = torch.tanh(x @ w1 + b)
    return torch.sigmoid((h + h.roll(1, 0)) @ w2) @ w3


def averaged(x: torch.Tensor) -> torch.Tensor:
    """Reads all rows of what lies between."""
    h = torch.tanh(x @ w1 + b)
    return torch.sigmoid((h - h.mean(0)) @ w2) @ w3


def both(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What lies between is a result too."""
    h = torch.tanh(x @ w1 + b)
    return torch.sigmoid(h @ w2) @ w3, h


@pytest.fixture(autouse=True)
def small_things_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiled from a few thousand rows, which are soon compared."""
    monkeypatch.setattr(tile, "WORTH", 1 << 18)


@pytest.mark.parametrize("rows", [2048, 2500, 2601, 2503])
def test_rows_in_tiles_are_the_same_rows(rows: int) -> None:
    x = torch.randn(rows, 3, generator=generator)
    check(*(Case(f, (x,)) for f in (layers, residual, moved, averaged, both)))


def test_what_lies_between_is_kept_for_a_tile_only() -> None:
    many = ex.compile(layers, torch.randn(4096, 3))
    assert "repeat" in many.program
    # 4,096 rows of three and of two numbers, and little more.
    assert many.sizes["memory"] < 3 * 65_536 + 4096 * 40
    assert "repeat" not in ex.compile(layers, torch.randn(64, 3)).program


@pytest.mark.parametrize("function", [moved, averaged, both])
def test_what_other_rows_read_is_kept_whole(function: Callable[[torch.Tensor], object]) -> None:
    assert ex.compile(function, torch.randn(4096, 3)).sizes["memory"] > 4096 * WIDE * 4
