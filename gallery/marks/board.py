"""A board: pieces dragged from square to square, stones on crossings, squares shaded and framed."""

import torch

import explorable as ex

size = 6
down, right = (
    axis.flatten() for axis in torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
)
lines = torch.stack([down, right, down + right, down - right])
sees = (lines[:, :, None] == lines[:, None, :]).any(0) & ~torch.eye(size * size).bool()

start = torch.zeros(size, size, dtype=torch.int64)
start[[0, 1, 2, 3, 4, 5], [1, 3, 5, 0, 4, 2]] = 1


@ex.figure
def queens(squares=ex.tensor(start, 0, 1, label="queens")):
    """Six queens that you drag: the squares they see, and those that see each other."""
    queen = squares.flatten().float()
    seen = sees.float() @ queen
    attacked = ((seen * queen) > 0).view(size, size)
    return ex.row(
        ex.plot(
            ex.board(
                squares, pieces=["", "♛"], shade=seen.view(size, size), highlight=attacked,
                rows="654321", columns="abcdef", name="queens",
            ),
            title=f"{squares.sum()} queens, {attacked.sum()} attacked",
        ),
        ex.plot(
            ex.board(
                squares + 2 * attacked.long(), pieces=["", "●", "●", "○"], style="crossings",
                name="stones",
            ),
            title="attacked ones in white",
        ),
    )  # fmt: skip
