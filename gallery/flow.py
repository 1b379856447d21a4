"""A normalising flow that learns, in the page, to turn two moons into one round cloud."""

import math

import torch
from torch import nn

import explorable as ex


def two_moons(n):
    """n points of two interleaved half circles, with a little noise: float32 (n, 2)."""
    return moons(n)[0]


def moons(n):
    """The points, and of which moon each is: bool (n,)."""
    t, lower = math.pi * torch.rand(n), torch.rand(n) < 0.5
    x = torch.where(lower, 1 - torch.cos(t), torch.cos(t)) - 0.5
    y = torch.where(lower, 0.5 - torch.sin(t), torch.sin(t)) - 0.25
    return 1.5 * torch.stack([x, y], -1) + 0.1 * torch.randn(n, 2), lower


class Coupling(nn.Module):
    """Scales and shifts one coordinate by amounts that a small network reads from the other."""

    def __init__(self, moves, hidden):
        super().__init__()
        self.moves = moves
        self.net = nn.Sequential(
            nn.Linear(1, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, 2),
        )  # fmt: skip

    def forward(self, x):
        kept, moved = x[..., 1 - self.moves], x[..., self.moves]
        scale, shift = self.net(kept[..., None]).unbind(-1)
        log_scale = torch.tanh(scale)
        moved = moved * torch.exp(log_scale) + shift
        pair = [kept, moved] if self.moves else [moved, kept]
        return torch.stack(pair, -1), log_scale


class RealNVP(nn.Module):
    """Couplings in turn: an invertible map of the plane, and the log of how much it
    stretches."""

    def __init__(self, couplings, hidden):
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(i % 2, hidden) for i in range(couplings))

    def forward(self, x):
        stretch = torch.zeros(())
        for coupling in self.couplings:
            x, log_scale = coupling(x)
            stretch = stretch + log_scale
        return x, stretch

    def log_prob(self, x):
        """Log density of data: that of the normal distribution where it lands, plus the
        stretch."""
        z, stretch = self(x)
        return stretch - z.square().sum(-1) / 2 - math.log(2 * math.pi)


line = torch.linspace(-2.2, 2.2, 21)
grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)
turn = torch.linspace(0, 2 * math.pi, 91)
goal = torch.tensor([1.0, 2.0])[:, None] * torch.exp(1j * turn)


@ex.simulation
def training(seed=ex.seed(0)):
    torch.manual_seed(seed)
    flow = RealNVP(couplings=6, hidden=64)
    return flow, torch.optim.Adam(flow.parameters())


@training.step
def train_once(state, lr=ex.slider(1e-4, 1e-1, value=3e-3, scale="log", label="learning rate")):
    flow, opt = state
    opt.param_groups[0]["lr"] = lr
    loss = -flow.log_prob(two_moons(256)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return ex.record(loss=loss)


@ex.figure
def warped(training=training):
    """Two moons and the grid they lie on, bent by a normalising flow until the moons form one
    cloud.

    The flow starts from random weights and trains while you watch: each step draws 256 new
    points and makes them a little more likely. The dashed circles are one and two standard
    deviations of the normal distribution: there the points are to go.
    """
    flow, _ = training.state
    z, _ = flow(grid)
    points, lower = moons(400)
    return ex.row(
        ex.plot(
            ex.mesh(z),
            ex.scatter(flow(points)[0], labels=lower.long(), name="points"),
            ex.curve(goal, dash=True, colour="ink", width=1.2, name="goal"),
            x=(-4, 4), y=(-4, 4), aspect="equal", title=f"after {training.step} steps",
            legend=False,
        ),
        ex.plot(
            ex.curve(training.history["step"], training.history["loss"], name="loss"),
            x_label="step", title="negative log-likelihood",
        ),
    )  # fmt: skip
