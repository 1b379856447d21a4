"""Conway's game of life on a torus: click the first generation, and watch the ones after it."""

import torch

import explorable as ex

size = 24
start = torch.zeros(size, size, dtype=torch.bool)
start[[1, 2, 3, 3, 3], [2, 3, 1, 2, 3]] = True  # a glider
start[[12, 12, 12, 11, 13], [11, 12, 13, 13, 12]] = True  # an R-pentomino, in its way


first = ex.tensor(start)


@ex.simulation(rate=8)
def life(board=first):
    return board


@life.step
def generation(alive):
    neighbours = sum(
        alive.roll((down, right), (0, 1)).int()
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
        if (down, right) != (0, 0)
    )
    return (neighbours == 3) | (alive & (neighbours == 2))


@ex.figure(width=720)
def generations(board=first, life=life):
    """The game of life: the first generation, whose cells you click, and what has come of it.

    A cell with three living neighbours lives in the next generation, one with two stays as it
    is, all others die. The right edge meets the left one, the top the bottom.
    """
    return ex.row(
        ex.plot(ex.heatmap(board), title="first generation"),
        ex.plot(
            ex.heatmap(life.state, name="alive"),
            title=f"generation {life.step}: {life.state.sum()} alive",
        ),
    )
