"""A mesh: what a function of complex numbers makes of a square grid."""

import torch

import explorable as ex

across, up = torch.meshgrid(torch.linspace(-1, 1, 17), torch.linspace(-1, 1, 17), indexing="xy")
grid = torch.complex(across, up)


@ex.figure
def bent(
    share=ex.slider(0, 1, value=0.6, label="how far", play=4),
    zero=ex.point(0.4 + 0.3j, label="zero"),
):
    """A square grid on its way to its image under z² less a constant, whose zero is dragged."""
    image = grid**2 - zero**2
    return ex.plot(
        ex.mesh(grid + share * (image - grid), name="grid"), ex.scatter(zero, name="zero"),
        x=(-2, 2), y=(-2, 2), aspect="equal",
    )  # fmt: skip
