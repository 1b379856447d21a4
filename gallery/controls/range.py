"""A range: two ends on one track, a float32 pair."""

import torch

import explorable as ex

x = torch.linspace(-4, 4, 321)
normal = torch.distributions.Normal(0, 1)
density = normal.log_prob(x).exp()


@ex.figure
def between(ends=ex.range(-4, 4, value=(-1, 1), step=0.05, label="between", unit="σ")):
    """The share of a normal distribution between two ends."""
    low, high = ends
    inside = torch.where((x >= low) & (x <= high), density, 0)
    share = normal.cdf(high) - normal.cdf(low)
    return ex.plot(
        ex.area(x, inside, name="inside"),
        ex.curve(x, density, name="density"),
        x=(-4, 4), y=(0, 0.45),
        title=f"{share:.1%} lies between {low:.2f} σ and {high:.2f} σ", legend=False,
    )  # fmt: skip
