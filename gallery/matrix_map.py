"""A 2 x 2 matrix as a map of the plane: columns to drag, the grid it bends to, its eigenvectors,
its singular vectors and its determinant."""

import math

import torch

import explorable as ex

steps = torch.linspace(-3, 3, 13)
grid = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), -1)
turn = torch.linspace(0, 2 * math.pi, 121)
circle = torch.stack([turn.cos(), turn.sin()], -1)
square = torch.tensor([[0.0, 0], [1, 0], [1, 1], [0, 1]])


@ex.figure(width=720)
def matrix_map(first=ex.point(1.5, 0.4), second=ex.point(0.5, 1.1)):
    """A 2 x 2 matrix takes the unit square to a parallelogram and the unit circle to an ellipse.
    Drag its columns: the places where (1, 0) and (0, 1) go.

    The area of the parallelogram is the determinant, the half axes of the ellipse are the singular
    values. Along its eigenvectors, where they are real, the map only stretches; they vanish when
    it turns more than it shears.
    """
    matrix = torch.stack([first, second], -1)
    scales, vectors = torch.linalg.eig(matrix)
    real = scales.imag.abs() < 1e-6
    lines = torch.where(real, vectors.real, torch.nan).mT[:, None] * torch.tensor([[-6.0], [6.0]])
    directions, sizes, _ = torch.linalg.svd(matrix)
    axes = (directions * sizes).mT
    along = vectors.real.mT * torch.where(real, 2.6, torch.nan)[:, None]
    plots = ex.row(
        ex.plot(
            ex.mesh(grid @ matrix.mT),
            ex.curve(square @ matrix.mT, closed=True, colour=2, name="unit square"),
            ex.arrow(first, colour=0, name="first"), ex.label(first, "(1, 0)", colour=0),
            ex.arrow(second, colour=1, name="second"), ex.label(second, "(0, 1)", colour=1),
            x=(-3, 3), y=(-3, 3), aspect="equal", legend=False,
            title=f"area: {torch.linalg.det(matrix):.2f}",
        ),
        ex.plot(
            ex.curve(circle, dash=True, colour="soft", width=1.2),
            ex.curve(circle @ matrix.mT, colour=2, name="unit circle"),
            ex.curve(lines, colour=3, width=1.2, name="eigenlines"),
            ex.label(along[0], f"λ {scales[0].real:.2f}", colour=3),
            ex.label(along[1], f"λ {scales[1].real:.2f}", colour=3),
            ex.arrow(axes, colour="ink", name="half axes"),
            ex.label(axes[0], f"σ {sizes[0]:.2f}"), ex.label(axes[1], f"σ {sizes[1]:.2f}"),
            x=(-3, 3), y=(-3, 3), aspect="equal", legend=False,
            title="half axes and eigenvectors",
        ),
    )  # fmt: skip
    return ex.column(
        plots, ex.plot(ex.matrix(matrix, format=".2f", tint=False), title="the matrix")
    )
