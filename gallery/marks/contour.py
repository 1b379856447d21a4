"""Contours: lines with their numbers on them, and bands of colour with a key."""

import torch

import explorable as ex

side = torch.linspace(-2, 2, 61)
x, y = torch.meshgrid(side, side, indexing="xy")
within = {"x": (-2, 2), "y": (-2, 2)}


@ex.figure
def charges(place=ex.point(1.0, 0.5), charge=ex.slider(-2, 2, value=-1.0, label="charge")):
    """The potential of two charges in the plane: level lines, and bands between them.

    One charge stays in the middle, the other is dragged.
    """
    apart = (x - place[0]).square() + (y - place[1]).square()
    potential = -torch.log(x.square() + y.square() + 0.1) - charge * torch.log(apart + 0.1)
    return ex.row(
        ex.plot(
            ex.contour(potential, **within, levels=9, labels=True, name="potential"),
            ex.scatter(place, name="charge"),
            **within, aspect="equal", legend=False,
        ),
        ex.plot(
            ex.contour(potential, **within, filled=True),
            ex.scatter(place),
            **within, aspect="equal",
        ),
    )  # fmt: skip
