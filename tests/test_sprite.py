"""Sprites: the picture that a number asks for."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError

SHEET = torch.arange(4 * 2 * 3).view(4, 2, 3) / 24


def shown(mark: Any) -> torch.Tensor:
    return torch.as_tensor(mark.channels[0].given[0])


def test_by_a_number_by_a_tensor_and_by_several() -> None:
    assert (shown(ex.sprite(SHEET, 2)) == SHEET[2]).all()
    assert (shown(ex.sprite(SHEET, torch.tensor(3))) == SHEET[3]).all()
    several = ex.sprite(SHEET, torch.tensor([3, 0]), columns=2)
    assert (shown(several) == SHEET[[3, 0]]).all()
    assert several.options["across"] == 2


@pytest.mark.parametrize("as_numpy", [False, True])
def test_tiles_are_cut_in_the_order_of_reading(as_numpy: bool) -> None:
    picture: Any = torch.arange(4 * 6 * 3).view(4, 6, 3)
    wanted = picture[2:4, 3:6]
    picture = picture.numpy() if as_numpy else picture
    assert (shown(ex.sprite(picture, 3, tile=(2, 3))) == wanted).all()


def test_the_page_shows_what_torch_picks() -> None:
    @ex.figure
    def pick(k: Any = ex.slider(0, 3.9, value=1.0)) -> Any:
        """One of four pictures."""
        return ex.sprite(SHEET, k.long(), name="one")

    assert (pick(k=3.2).outputs["one"] == SHEET[3]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ex.sprite(torch.zeros(4, 4), 0), "a sheet is pictures"),
        (lambda: ex.sprite(numpy.zeros((4, 4)), 0, tile=(3, 2)), "do not fill a sheet"),
        (lambda: ex.sprite(SHEET, 4), "picture 4 of a sheet of 4"),
        (lambda: ex.sprite(SHEET, torch.zeros(2, 2).long()), "index is one number"),
    ],
)
def test_mistakes(call: Any, message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        call()
