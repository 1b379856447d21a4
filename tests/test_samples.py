"""Histograms and densities: counted as torch and scipy's rule do, at the edges too."""

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError
from explorable.trace.drawing.samples import centres, counts, density_curve


def test_counts_are_those_of_histc():
    samples = torch.randn(500, generator=torch.Generator().manual_seed(0))
    assert counts(samples, 12, False, -2.0, 2.0).equal(torch.histc(samples, 12, -2, 2))
    own = torch.histc(samples, 12, samples.min().item(), samples.max().item())
    assert counts(samples, 12, False).equal(own)


def test_both_ends_are_counted_and_what_is_no_number_is_not():
    samples = torch.tensor([0.0, 0.5, 1.0, 1.5, torch.nan, torch.inf, -0.1])
    assert counts(samples, 2, False, 0.0, 1.0).tolist() == [1, 2]


def test_densities_have_the_area_one():
    samples = torch.randn(400, generator=torch.Generator().manual_seed(1))
    heights = counts(samples, 15, True)
    places = centres(samples, 15)
    assert (heights * (places[1] - places[0])).sum().item() == pytest.approx(1, abs=1e-5)
    curve = density_curve(samples, ())
    assert torch.trapezoid(curve[:, 1], curve[:, 0]).item() == pytest.approx(1, abs=5e-3)


@pytest.mark.parametrize("given", [[3.0, 3.0], [], [torch.nan]])
def test_samples_that_are_all_alike_or_none(given: list[float]):
    samples = torch.tensor(given)
    assert counts(samples, 4, False).sum() == sum(x == x for x in given)
    assert centres(samples, 4).isfinite().all()
    assert centres(samples, 4).diff().gt(0).all()
    assert density_curve(samples, ()).isfinite().all()


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.histogram(torch.zeros(3), bins=0), "from 1 to 1000"),
        (lambda: ex.histogram(torch.zeros(3), range=(1, 0)), "low < high"),
        (lambda: ex.bars(torch.zeros(2, 3), stacked=True, edit=True), "side by side"),
        (lambda: ex.bars(torch.zeros(2, 3), groups="ab"), "groups are strings, in a list"),
    ],
)
def test_a_mistake_names_the_fact(make, fact):
    with pytest.raises(ExplorableError, match=fact):
        make()
