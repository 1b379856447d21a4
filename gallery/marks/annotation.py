"""Annotation: a bracket that names a distance, a text with a line to its place, formulas in it."""

import torch

import explorable as ex

x = torch.linspace(-5, 5, 301)


@ex.figure
def bell(
    mean=ex.slider(-2, 2, value=0.0, label=r"mean $\mu$"),
    deviation=ex.slider(0.4, 2, value=1.0, label=r"deviation $\sigma$"),
):
    """The normal density: its standard deviation, and where the curve is steepest."""

    def density(x):
        return torch.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * (2 * torch.pi) ** 0.5)

    side = mean + deviation
    steepest = torch.stack([side, density(side)])
    return ex.plot(
        ex.band(x, 0 * x, torch.where((x - mean).abs() <= deviation, density(x), torch.nan)),
        ex.curve(x, density(x), name="density"),
        ex.scatter(steepest, size=3.5, name="steepest"),
        ex.bracket(torch.stack([mean, 0 * mean]), torch.stack([side, 0 * side]),
                   f"σ = {deviation:.2f}"),
        ex.label(steepest, r"steepest at $\mu + \sigma$", at=(3.2, 0.5)),
        x=(-5, 5), y=(0, 1.05), legend=False,
    )  # fmt: skip
