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
    return ex.row(
        ex.plot(
            ex.mesh(grid @ matrix.mT), ex.arrow(first, name="first"),
            ex.arrow(second, name="second"),
            ex.curve(square @ matrix.mT, closed=True, name="unit square", width=1.5),
            x=(-3, 3), y=(-3, 3), aspect="equal", title=f"area: {torch.linalg.det(matrix):.2f}",
        ),
        ex.plot(
            ex.curve(circle, dash=True), ex.curve(circle @ matrix.mT, name="unit circle"),
            ex.arrow((directions * sizes).mT, name="half axes"),
            ex.curve(lines, name="eigenlines", width=1.2),
            x=(-3, 3), y=(-3, 3), aspect="equal",
            title=f"singular values {sizes[0]:.2f} and {sizes[1]:.2f}",
        ),
    )  # fmt: skip
