"""Waves from point sources on water, added as complex numbers."""

import math

import torch

import explorable as ex

rows, columns = 120, 160
x = torch.linspace(-4, 4, columns)
y = torch.linspace(3, -3, rows)[:, None]  # the first row of an image is its top
calm, crest = torch.tensor([0.66, 0.81, 0.89]), torch.tensor([0.32, 0.19, 0.11])


@ex.figure
def ripples(
    sources=ex.points([[-1.0, -2.0], [1.0, -2.0]], max=6),
    wavelength=ex.slider(0.3, 2, value=0.6, label="wavelength"),
    phase=ex.slider(0, 2 * math.pi, value=0.0, label="time", play=2),
):
    """Circular waves from sources you drag, add or remove, on a surface seen from above.

    Bright and dark are crests and troughs. Along some lines the waves of two sources arrive in
    step and add up; along others they arrive opposed and the water stays flat.
    """
    across, up = sources[:, 0, None, None], sources[:, 1, None, None]
    distance = torch.sqrt((x - across) ** 2 + (y - up) ** 2)
    waves = torch.exp(1j * (2 * math.pi * distance / wavelength - phase))
    height = (waves / torch.sqrt(0.3 + distance)).sum(0).real
    colours = (calm + crest * torch.tanh(height)[..., None]).clamp(0, 1)
    return ex.plot(
        ex.image(colours, x=(-4, 4), y=(-3, 3), name="water"), ex.scatter(sources),
        x=(-4, 4), y=(-3, 3), aspect="equal",
    )  # fmt: skip
