"""A tensor of whole numbers: click a cell and type."""

import torch

import explorable as ex

square = torch.tensor([[8, 1, 6], [3, 5, 7], [4, 9, 0]])


@ex.figure
def magic_square(cells=ex.tensor(square, 0, 9, label="square")):
    """One number is missing: in a magic square all rows, columns and diagonals have one sum."""
    sums = torch.cat([cells.sum(1), cells.sum(0), cells.diagonal().sum()[None]])
    names = ["row 1", "row 2", "row 3", "col 1", "col 2", "col 3", "diag"]
    return ex.row(
        ex.plot(ex.heatmap(cells, name="square"), aspect="equal"),
        ex.plot(ex.bars(sums, labels=names, name="sums"), y=(0, 27), aspect=1),
    )
