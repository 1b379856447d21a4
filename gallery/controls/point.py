"""A point: a place in the plane, as a complex number or as (x, y), dragged where it is drawn."""

import torch

import explorable as ex

turn = torch.linspace(0, 2 * torch.pi, 181)
circle = torch.exp(1j * turn)


@ex.figure
def inversion(z=ex.point(1.2 + 0.5j), centre=ex.point(0.9, -0.9)):
    """Inversion in the unit circle: a point goes to its mirror image, a circle to a circle."""
    other = torch.complex(*centre) + 0.5 * circle
    return ex.plot(
        ex.curve(circle, dash=True),
        ex.curve(other, name="circle"),
        ex.curve(1 / other.conj(), name="its image"),
        ex.curve(torch.stack([0 * z, z, 1 / z.conj()]), dash=True),
        ex.scatter(1 / z.conj(), name="1 / z̄"),
        ex.scatter(z, name="z"),
        ex.scatter(centre, name="centre"),
        x=(-2.5, 2.5), y=(-1.8, 1.8), aspect="equal", legend=False,
    )  # fmt: skip
