"""A field: the colours of a complex function, one for every pixel of the screen."""

import math

import torch

import explorable as ex

thirds = 2 * math.pi * torch.arange(3) / 3


@ex.figure
def phases(pole=ex.point(0.5 + 0.5j), zero=ex.point(-0.8 - 0.3j), order=ex.integer(1, 5, value=2)):
    """A rational function of a complex number, coloured: the hue is the argument of its value, the
    rings are lines of equal size.

    Around a zero the colours go round once in their order, around the pole in the other sense, as
    often as its order. Drag both.
    """

    def colour(x, y):
        z = torch.complex(x, y)
        value = (z - zero) * (z * z + 1) / (z - pole) ** order
        hue = 0.62 + 0.38 * torch.cos(value.angle()[..., None] - thirds)
        rings = torch.log2(value.abs() + 1e-6) % 1
        return hue * (0.7 + 0.3 * rings[..., None])

    return ex.plot(
        ex.field(colour, x=(-2, 2), y=(-2, 2), name="value"), ex.scatter(pole, name="pole"),
        ex.scatter(zero, name="zero"), x=(-2, 2), y=(-2, 2), aspect="equal",
    )  # fmt: skip
