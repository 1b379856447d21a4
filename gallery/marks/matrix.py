"""A matrix with its numbers: tinted by value, rows and cells framed, numbers dragged and typed."""

import torch

import explorable as ex

start = torch.tensor([[2, 1, -1], [-3, -1, 2], [-2, 1, 2]], dtype=torch.float32)


@ex.figure
def elimination(A=ex.tensor(start, -9, 9), steps=ex.integer(0, 3, value=1, label="columns done")):
    """A matrix whose numbers you drag or type, and its rows after some steps of elimination."""
    U = A
    for k in range(steps):
        below = torch.arange(3)[:, None] > k
        U = U - torch.where(below, U[:, k : k + 1] / U[k, k], 0.0) * U[k]
    pivots = torch.eye(3).bool() & (torch.arange(3) < steps)
    return ex.row(
        ex.plot(ex.matrix(A, name="A", format=".1f"), title="drag or type a number"),
        ex.plot(
            ex.matrix(U, name="U", highlight=pivots, tint=9, columns=["x", "y", "z"]),
            title=f"pivots multiply to {torch.linalg.det(A):.2f}",
        ),
    )
