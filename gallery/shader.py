"""A shader in PyTorch: colours for every pixel of the screen, from a place and a time."""

import math

import torch

import explorable as ex

phases = torch.tensor([0.0, 0.1, 0.2])


@ex.figure(width=720)
def shader(
    time=ex.slider(0, 2 * math.pi, value=0.9, label="time", play=12),
    folds=ex.slider(1, 6, value=3.0, label="folds"),
    warp=ex.slider(0, 2, value=1.1, label="warp"),
):
    """A flowing pattern, computed for every pixel: waves bent by waves, and a palette of cosines.

    The function takes the place of a pixel and gives its colour; everything else is PyTorch's own
    arithmetic. Time goes round a circle, so the flow has no end.
    """

    def colour(x, y):
        for k in range(1, 4):
            x, y = (
                x + warp / k * torch.sin(k * y + time + 0.7 * k),
                y + warp / k * torch.cos(k * x - time + 1.3 * k),
            )
        wave = torch.sin(folds * x / 2) * torch.cos(folds * y / 2)
        turn = 0.45 + 0.3 * wave + 0.05 * (x + y)
        shade = 0.5 + 0.45 * torch.cos(2 * math.pi * (turn[..., None] + phases))
        return shade * (0.55 + 0.45 * torch.exp(-2 * wave.abs()))[..., None]

    return ex.plot(
        ex.field(colour, x=(-3.2, 3.2), y=(-2, 2), name="colours"), axes=False, aspect=1.6
    )
