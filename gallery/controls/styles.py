"""The same controls in other clothes: numbers between two buttons, a choice as one bar."""

import torch

import explorable as ex

t = torch.linspace(0, 2, 600)


@ex.figure
def organ(
    pipes=ex.integer(1, 12, value=4, style="stepper"),
    pitch=ex.slider(1, 4, value=1.5, step=0.25, unit="Hz", style="stepper"),
    shape=ex.choice(["saw", "square", "triangle"], value="square", style="segmented"),
):
    """A few harmonics make a rough saw, square or triangle; more make it sharper."""
    k = torch.arange(pipes) + 1.0
    odd = k % 2
    weights = {
        "saw": 1 / k,
        "square": odd / k,
        "triangle": odd * torch.cos(torch.pi * (k - 1) / 2) / k**2,
    }
    wave = (weights[shape][:, None] * torch.sin(2 * torch.pi * pitch * k[:, None] * t)).sum(0)
    return ex.plot(ex.curve(t, wave, name="wave"), y=(-2, 2))
