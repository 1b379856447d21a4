"""Tensors of marks as the page reads them: fields on their grids, sizes for each dot."""

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError
from explorable.trace.drawing.channels import channel

WITHIN = {"x": (-1.0, 1.0), "y": (0.0, 4.0)}


def drawn(mark, slot: str = "xy") -> torch.Tensor:
    return channel(mark, next(c for c in mark.channels if c.slot == slot))


def test_arrows_of_a_field_have_their_middles_on_the_grid_and_fit_it():
    field = torch.randn(5, 3, 2, generator=torch.Generator().manual_seed(0))
    pairs = drawn(ex.arrows(field, **WITHIN))
    assert pairs.shape == (15, 2, 2)
    middles = pairs.mean(1).reshape(5, 3, 2)
    assert middles[0, :, 0].tolist() == pytest.approx([-1, 0, 1])
    assert middles[:, 0, 1].tolist() == pytest.approx([0, 1, 2, 3, 4])
    vectors = (pairs[:, 1] - pairs[:, 0]).reshape(5, 3, 2)
    torch.testing.assert_close(vectors / vectors.norm(), field / field.norm())
    assert vectors.norm(dim=-1).max().item() == pytest.approx(0.9)


def test_even_arrows_are_equally_long_and_none_is_drawn_where_the_field_is_zero():
    field = torch.tensor([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 3.0], [0.2, 0.0]]])
    pairs = drawn(ex.arrows(field, x=(0, 1), y=(0, 1), even=True))
    lengths = (pairs[:, 1] - pairs[:, 0]).norm(dim=-1)
    assert lengths.tolist() == pytest.approx([0.9, 0, 0.9, 0.9])


def test_a_scale_of_ones_own_is_kept():
    field = torch.ones(2, 2, dtype=torch.complex64)
    pairs = drawn(ex.arrows(field, x=(0, 1), y=(0, 1), scale=0.5))
    assert (pairs[:, 1] - pairs[:, 0]).tolist() == [[0.5, 0.0]] * 4


def test_one_size_is_for_all_dots_and_too_few_are_refused():
    places = torch.zeros(4, 2)
    assert drawn(ex.scatter(places, size=torch.tensor(3.0)), "radii").tolist() == [3.0] * 4
    with pytest.raises(ExplorableError, match=r"one number for each of \(4,\) positions"):
        drawn(ex.scatter(places, size=torch.ones(3)), "radii")


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.arrows(torch.zeros(3, 2), **WITHIN), "a field is"),
        (lambda: ex.arrows(torch.zeros(3, 3, 2), x=None, y=(0, 1)), "over a rectangle"),
        (lambda: ex.arrows(torch.zeros(3, 3, 2), **WITHIN, even=True, scale=1), "no scale="),
        (lambda: ex.streamlines(torch.zeros(1, 3, 2), **WITHIN), "at least two each"),
        (lambda: ex.histogram(torch.zeros(3) > 0), "samples are real numbers"),
    ],
)
def test_a_mistake_names_the_fact(make, fact: str):
    with pytest.raises(ExplorableError, match=fact):
        mark = make()
        channel(mark, mark.channels[0])
