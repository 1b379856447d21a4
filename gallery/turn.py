"""A number that turns: e to the power iθ on its circle. The smallest figure of the gallery."""

import math

import torch

import explorable as ex


@ex.figure
def turn(theta=ex.slider(0, 2 * math.pi, value=1.0, label="θ")):
    """The number e^{iθ} on the circle of all numbers of length one."""
    circle = torch.exp(1j * torch.linspace(0, 2 * math.pi, 65))
    return ex.plot(
        ex.curve(circle),
        ex.arrow(torch.exp(1j * theta), name="number"),
        x=(-1.2, 1.2), y=(-1.2, 1.2), aspect="equal", title=f"θ = {theta:.2f}",
    )  # fmt: skip
