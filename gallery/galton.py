"""Galton's board: each ball falls through twelve rows of pins, left or right at every pin."""

import math

import torch

import explorable as ex

rows = 12
k = torch.arange(rows + 1)
ways = torch.tensor([float(math.comb(rows, i)) for i in range(rows + 1)])
right = ex.slider(0.1, 0.9, value=0.5, label="chance of right")


@ex.simulation(rate=10)
def board(seed=ex.seed(0)):
    torch.manual_seed(seed)
    return torch.zeros(rows + 1)


@board.step
def drop(bins, right=right, pour=ex.button("pour 500")):
    balls = (torch.rand(500, rows) < right).sum(1)
    fallen = torch.arange(500) < torch.where(pour > 0, 500, 5)
    return bins + ((balls[:, None] == k) & fallen[:, None]).sum(0)


@ex.figure
def galton(board=board, right=right):
    """Balls that fall through a board of pins gather in bins, in the shape of the binomial law.

    Five balls fall at each step. The curve is what the law expects of as many balls.
    """
    chance = ways * right**k * (1 - right) ** (rows - k)
    balls = board.state.sum()
    return ex.plot(ex.bars(board.state), ex.curve(balls * chance), title=f"{balls:.0f} balls")
