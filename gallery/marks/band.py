"""Bands: what lies between two curves, with the curve drawn over it in the same colour."""

import torch

import explorable as ex

observed = torch.tensor([0.05, 0.3, 0.42, 0.7, 0.85])
line = torch.linspace(0, 1, 121)


def alike(a, b, length):
    return torch.exp(-(a[:, None] - b).square() / (2 * length**2))


@ex.figure
def regression(
    heights=ex.tensor([0.2, 0.8, 0.5, -0.6, -0.3], -1.5, 1.5),
    length=ex.slider(0.03, 0.4, value=0.12, label="length scale"),
    noise=ex.slider(0.01, 0.5, value=0.05, scale="log", label="noise"),
):
    """A Gaussian process through five observations: its mean, and one and two standard deviations.

    Drag the dots. Far from all of them nothing is known, and the band is as wide as before.
    """
    covariance = alike(observed, observed, length) + noise.square() * torch.eye(5)
    near = alike(line, observed, length)
    mean = near @ torch.linalg.solve(covariance, heights)
    variance = 1 - (near * torch.linalg.solve(covariance, near.T).T).sum(1)
    spread = variance.clamp_min(0).sqrt() * torch.tensor([[2.0], [1.0]])
    return ex.plot(
        ex.band(line, mean - spread, mean + spread, name="spread"),
        ex.curve(line, mean, name="mean"),
        ex.scatter(observed, heights, name="observed"),
        x=(0, 1), y=(-2.5, 2.5),
    )  # fmt: skip
