"""A complex number and the same number turned: what multiplication by e^{iθ} does to the
plane."""

import math

import torch

import explorable as ex

tau = 2 * math.pi


@ex.figure
def plane(theta=ex.slider(0, tau, value=1.0, label="θ"), z=ex.point(1 + 0.5j)):
    """A complex number, dragged, and the same number turned by e^{iθ}."""
    arc = z * torch.exp(1j * theta * torch.linspace(0, 1, 64))
    return ex.plot(
        ex.curve(arc, name="arc"), ex.arrow(z), ex.arrow(arc[-1]),
        x=(-2, 2), y=(-2, 2), aspect="equal", title=f"θ = {theta:.2f}",
    )  # fmt: skip
