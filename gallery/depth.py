"""How gradients fare in a deep network while it trains: layer by layer, at every step."""

import torch
import torch.nn.functional as F
from torch import nn

import explorable as ex

most, width = 12, 16
layer = torch.arange(1, most + 1)
functions = {"tanh": torch.tanh, "ReLU": torch.relu, "sigmoid": torch.sigmoid}
gains = {"Xavier": 1.0, "He": 2.0**0.5, "too small": 0.4, "too large": 3.0}

# Two rings: which one is a point in?
turn = torch.rand(96, generator=torch.Generator().manual_seed(0)) * 2 * torch.pi
ring = torch.arange(96) % 2
points = (0.6 + 0.8 * ring)[:, None] * torch.stack([turn.cos(), turn.sin()], -1)


class Deep(nn.Module):
    """Layers of one width; those beyond ``depth`` let everything through."""

    def __init__(self, gain):
        super().__init__()
        self.enter = nn.Linear(2, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(most))
        self.leave = nn.Linear(width, 1)
        for inner in self.layers:
            nn.init.normal_(inner.weight, std=gain / width**0.5)
            nn.init.zeros_(inner.bias)

    def forward(self, x, depth, function, normalise=False):
        x = self.enter(x)
        for number, inner in enumerate(self.layers):
            after = inner(x)
            if normalise:
                after = F.layer_norm(after, (width,))
            x = torch.where(number < depth, function(after), x)
        return self.leave(x)[:, 0]


layers = ex.slider(1, most, value=10, step=1, label="layers")
activation = ex.choice(functions, label="activation")
normalise = ex.toggle(False, label="layer normalisation")


def error(net, layers, activation, normalise):
    guess = net(points, layers, activation, normalise)
    return F.binary_cross_entropy_with_logits(guess, ring.float())


@ex.simulation(rate=60)
def training(gain=ex.choice(gains, label="first weights"), seed=ex.seed(0)):
    torch.manual_seed(seed)
    return Deep(gain)


@training.step
def descend(
    net,
    layers=layers,
    activation=activation,
    normalise=normalise,
    lr=ex.slider(0.001, 1, value=0.1, scale="log", label="learning rate"),
):
    loss = error(net, layers, activation, normalise)
    net.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= lr * parameter.grad
    return ex.record(loss=loss)


@ex.figure(width=720)
def depth(training=training, layers=layers, activation=activation, normalise=normalise):
    """The size of the gradient in each layer of a network that learns to tell two rings apart.

    With sigmoids, or with weights that begin too small, the gradient fades on its way back from
    the last layer to the first, and the first layers learn nothing. Weights too large let it grow
    instead. Layer normalisation mends much of both.
    """
    net = training.state
    loss = error(net, layers, activation, normalise)
    slopes = torch.autograd.grad(loss, [inner.weight for inner in net.layers])
    norms = torch.stack([slope.norm() for slope in slopes])
    used = layer <= layers
    says = torch.tanh(net(points, layers, activation, normalise) / 2)
    return ex.column(
        ex.row(
            ex.plot(
                ex.scatter(points, colour=says, low=-1, high=1, size=5, name="says"),
                x=(-1.7, 1.7), y=(-1.7, 1.7), aspect="equal", axes=False,
                title="inner (−1) or outer (1)?",
            ),
            ex.plot(
                ex.bars(norms.where(used, torch.nan), x=layer, name="gradient"),
                y=(1e-7, 10), y_scale="log", x_label="layer", title="size of the gradient",
                hover=True,
            ),
        ),
        ex.plot(
            ex.curve(training.history["step"], training.history["loss"], name="loss"),
            y=(0, 1), x_label="step", title=f"loss {loss:.4f}", aspect=4,
        ),
    )  # fmt: skip
