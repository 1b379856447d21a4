"""Probability as an area under the normal density."""

import math

import torch

import explorable as ex

x = torch.linspace(-4, 4, 201)


def density(x):
    return torch.exp(-x.square() / 2) / math.sqrt(2 * math.pi)


def below(x):
    return (1 + torch.erf(x / math.sqrt(2))) / 2


@ex.figure
def normal(
    low=ex.slider(-4, 4, value=-1.0, label="from", unit="σ"),
    high=ex.slider(-4, 4, value=1.0, label="to", unit="σ"),
):
    """How likely a normal number is to fall between two bounds: the shaded area under its
    density.

    One σ to each side holds 68 percent, two hold 95, three 99.7.
    """
    inside = low + (high - low) * torch.linspace(0, 1, 129)
    probability = below(high) - below(low)
    return ex.plot(
        ex.area(inside, density(inside), name="inside"),
        ex.curve(x, density(x)),
        x=(-4, 4), y=(0, 0.45), aspect=2, title=f"probability {probability:.4f}",
    )  # fmt: skip
