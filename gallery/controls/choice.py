"""A choice: one of some objects, here functions; Python receives the one that is chosen."""

import torch
from torch.nn import functional as F

import explorable as ex

x = torch.linspace(-4, 4, 201)
functions = {
    "ReLU": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "SiLU": F.silu,
    "GELU": F.gelu,
}


@ex.figure
def activation(
    function=ex.choice(functions, value="tanh"),
    shown=ex.choice(["value", "slope"], label="bold"),
    at=ex.slider(-4, 4, value=-0.8, label="x"),
):
    """An activation function and its slope, found by autograd, with the tangent at one place."""
    slope = torch.func.vmap(torch.func.grad(function))
    value, steep = function(at), slope(at[None])[0]
    bold = {"value": 1 + 1.5 * (shown == "value"), "slope": 1 + 1.5 * (shown == "slope")}
    return ex.plot(
        ex.curve(x, function(x), name="value", width=bold["value"]),
        ex.curve(x, slope(x), name="slope", width=bold["slope"]),
        ex.curve(x, value + steep * (x - at), name="tangent", dash=True),
        x=(-4, 4), y=(-1.5, 4),
    )  # fmt: skip
