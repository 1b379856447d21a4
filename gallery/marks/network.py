"""A network: weights on its edges, activations in its nodes, gradients as dots and rings."""

import torch
from torch import nn

import explorable as ex

torch.manual_seed(4)
hidden, out = nn.Linear(3, 4, bias=False), nn.Linear(4, 2, bias=False)


@ex.figure
def gradients(
    red=ex.slider(-2, 2, value=1.0),
    green=ex.slider(-2, 2, value=0.5),
    blue=ex.slider(-2, 2, value=-1.0),
    right=ex.choice(["warm", "cold"], label="it is"),
):
    """A small network on three numbers: what each node says, and which way the loss pulls it."""
    x = torch.stack([red, green, blue]).requires_grad_()
    h = hidden(x).tanh()
    y = out(h)
    loss = nn.functional.cross_entropy(y, torch.tensor(["warm", "cold"].index(right)))
    weights = [hidden.weight, out.weight]
    slopes = torch.autograd.grad(loss, [*weights, x, h, y])
    return ex.column(
        ex.readout(f"{loss:.3f}", label="loss"),
        ex.network(
            weights, activations=[x, h, y], gradients=slopes[:2], errors=slopes[2:],
            labels=["red", "green", "blue", "warm", "cold"], name="activations",
        ),
    )  # fmt: skip
