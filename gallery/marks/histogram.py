"""A histogram: samples counted in bins, with a smooth curve of their density over it."""

import torch

import explorable as ex

x = torch.linspace(-3.5, 3.5, 141)


@ex.figure
def central(
    summed=ex.integer(1, 12, value=2, label="how many summed"),
    bins=ex.choice([20, 10, 40], label="bins"),
    bandwidth=ex.slider(0.02, 0.6, value=0.2, label="bandwidth"),
    seed=ex.seed(1),
):
    """Sums of uniform numbers, scaled to variance one, and the normal density they tend to.

    One uniform number alone is flat between two edges. Of three the histogram is a bell already.
    """
    torch.manual_seed(seed)
    sums = (torch.rand(800, summed) - 0.5).sum(1) * (12 / summed) ** 0.5
    within = (-3.5, 3.5)
    return ex.plot(
        ex.histogram(sums, bins=bins, range=within, density=True, name="sums"),
        ex.density(sums, bandwidth=bandwidth, range=within, name="smoothed"),
        ex.curve(x, torch.exp(-x.square() / 2) / (2 * torch.pi) ** 0.5, dash=True, name="normal"),
        y=(0, 0.5), x_label="standard deviations",
    )  # fmt: skip
