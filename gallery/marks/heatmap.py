"""A heatmap: how alike a random curve is at two places, and curves of that kind."""

import torch

import explorable as ex

x = torch.linspace(0, 1, 40)
apart = x[:, None] - x


@ex.figure
def likeness(
    reach=ex.slider(0.02, 0.5, value=0.12, scale="log", label="reach"),
    period=ex.toggle(False, label="periodic"),
    seed=ex.seed(1),
):
    """The covariance of a Gaussian process as a map, and three curves drawn from it."""
    torch.manual_seed(seed)
    gap = torch.sin(torch.pi * apart) / torch.pi if period else apart
    alike = torch.exp(-((gap / reach) ** 2) / 2)
    roots = torch.linalg.cholesky(alike + 1e-3 * torch.eye(40))
    curves = torch.randn(3, 40) @ roots.T
    return ex.row(
        ex.plot(ex.heatmap(alike, low=0, high=1, name="covariance"), title="covariance"),
        ex.plot(ex.curve(x.expand(3, 40), curves), y=(-3.5, 3.5), title="three draws"),
    )
