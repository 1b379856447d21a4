"""BatchNorm by hand beside nn.BatchNorm1d: mean, variance, scale, and which variance it is."""

import torch
from torch import nn

import explorable as ex

features = 3


@ex.figure(width=760)
def batchnorm(
    n=ex.integer(2, 6, value=4, label="batch size"),
    biased=ex.toggle(True, label="divide by n, not by n − 1"),
    mean=ex.slider(-4, 4, value=2.0, label="mean of the data"),
    spread=ex.slider(0.1, 4, value=1.5, label="spread of the data"),
    gamma=ex.slider(-2, 2, value=1.0, label="γ"),
    beta=ex.slider(-2, 2, value=0.0, label="β"),
    seed=ex.seed(0),
):
    """A batch normalised by hand and by PyTorch: each column loses its mean and its spread.

    The batch is divided by the variance that divides by n; the running variance, for later, divides
    by n − 1. With the other variance the difference below is no longer zero.
    """
    torch.manual_seed(seed)
    x = mean + spread * torch.randn(n, features)
    mu, var = x.mean(0), x.var(0, correction=0 if biased else 1)
    by_hand = gamma * (x - mu) / torch.sqrt(var + 1e-5) + beta

    layer = nn.BatchNorm1d(features)
    layer.weight.data.fill_(gamma)
    layer.bias.data.fill_(beta)
    y = layer(x)
    assert layer.running_mean is not None and layer.running_var is not None
    running = torch.stack([layer.running_mean, layer.running_var])
    return ex.column(
        ex.row(
            ex.plot(ex.matrix(x, name="x"), title="x"),
            ex.plot(ex.matrix(by_hand, tint=3, name="by hand"), title="by hand"),
            ex.plot(ex.matrix(y, tint=3, name="torch"), title="nn.BatchNorm1d"),
        ),
        ex.row(
            ex.plot(
                ex.matrix(torch.stack([mu, var]), rows=["μ", "σ²"], tint=False, name="statistics"),
                title="of the batch",
            ),
            ex.plot(
                ex.matrix(running, rows=["μ", "σ²"], tint=False, name="running"),
                title="running, after one batch",
            ),
            ex.plot(
                ex.readout(f"{(by_hand - y).abs().max():.3f}", label="largest difference"),
            ),
        ),
    )  # fmt: skip
