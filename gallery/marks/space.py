"""Space: a helix and its shadows, in a box that is turned by hand."""

import torch

import explorable as ex

t = torch.linspace(0, 1, 240)


@ex.figure
def helix(
    turns=ex.slider(1, 6, value=3.0, label="turns"), taper=ex.slider(0, 1, value=0.3, label="taper")
):
    """A helix winds upwards on a cone; seen from above it is a spiral, from the side a wave.

    Drag the box to turn it, or use the arrow keys.
    """
    radius, angle = 1 - taper * t, 2 * torch.pi * turns * t
    helix = torch.stack([radius * angle.cos(), radius * angle.sin(), t], -1)
    tip = helix[-1:]
    tangent = (helix[-1:] - helix[-2:-1]) * 24 / turns
    return ex.space(
        ex.curve(helix, name="helix"),
        ex.curve(helix * torch.tensor([1.0, 1.0, 0.0]), name="shadow", dash=True),
        ex.arrow(tip, tangent, name="tangent"),
        x=(-1, 1), y=(-1, 1), z=(0, 1), x_label="x", y_label="y", z_label="z",
    )  # fmt: skip
