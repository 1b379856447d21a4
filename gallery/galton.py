"""Galton's board: each ball falls through twelve rows of pins, left or right at every pin."""

import math

import torch

import explorable as ex

rows = 12
k = torch.arange(rows + 1)
ways = torch.tensor([float(math.comb(rows, i)) for i in range(rows + 1)])
right = ex.slider(0.1, 0.9, value=0.5, label="chance of right")


def fall(balls, right):
    """One row per ball, with a 1 in the bin that it falls into."""
    turns = (torch.rand(balls, rows) < right).sum(1)
    return (turns[:, None] == k).float()


@ex.simulation(rate=10)
def board(seed=ex.seed(0), right=right):
    torch.manual_seed(seed)
    return fall(200, right).sum(0)


@board.step
def drop(bins, right=right, pour=ex.button("pour 500")):
    poured = torch.arange(500) < torch.where(pour > 0, 500, 5)
    return bins + (fall(500, right) * poured[:, None]).sum(0)


@ex.figure
def galton(board=board, right=right):
    """Balls that fall through a board of pins gather in bins, in the shape of the binomial law.

    Five balls fall at each step, after two hundred before the start. The curve is what the law
    expects of as many.
    """
    chance = ways * right**k * (1 - right) ** (rows - k)
    balls = board.state.sum()
    return ex.plot(
        ex.bars(board.state, name="balls"), ex.curve(balls * chance), title=f"{balls:.0f} balls"
    )
