"""A seed: the key of all random numbers of a figure, with a dice."""

import torch

import explorable as ex


@ex.figure
def walks(seed=ex.seed(1), drift=ex.slider(-0.2, 0.2, value=0.0, step=0.01)):
    """Twenty random walks, and the band that holds two thirds of all of them."""
    torch.manual_seed(seed)
    paths = torch.cumsum(torch.randn(20, 120) + drift, 1)
    step = torch.arange(120.0) + 1
    middle, wide = drift * step, step.sqrt()
    return ex.plot(
        ex.area(step, middle + wide, low=middle - wide, name="two thirds"),
        ex.curve(torch.stack([step.expand(20, 120), paths], -1), name="walks"),
        x=(0, 120), y=(-30, 30), legend=False,
    )  # fmt: skip
