"""A tree: the parent of each node, or nested tuples; numbers and frames may be live."""

from itertools import pairwise

import torch

import explorable as ex

parents = [-1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]


@ex.figure
def minimax(
    leaves=ex.tensor([3, 5, 2, 9, 0, 7, 4, 6], 0, 9, label="outcomes"),
    first=ex.choice(["the largest", "the smallest"], label="who begins wants"),
):
    """A game of three moves with eight outcomes that you change, and the best play in it."""
    best, worst = (torch.amax, torch.amin) if first == "the largest" else (torch.amin, torch.amax)
    levels = [leaves]
    for wanted in (best, worst, best):
        levels.insert(0, wanted(levels[0].view(-1, 2), 1))
    values = torch.cat(levels)
    played = [torch.ones(1, dtype=torch.bool)]
    for above, below in pairwise(levels):
        pairs = below.view(-1, 2) == above[:, None]
        once = pairs & (pairs.long().cumsum(1) == 1)
        played.append((once & played[-1][:, None]).flatten())
    return ex.column(
        ex.tree(parents, values=values, format="d", highlight=torch.cat(played), name="tree"),
        ex.plot(ex.matrix(leaves[None], tint=False, name="outcomes"), title="outcomes"),
    )


@ex.figure
def sentence(noun=ex.choice(["cat", "dog", "moon"], label="noun")):
    """The parts of a sentence, one in another."""
    return ex.tree(("S", ("NP", ("Det", "the"), ("N", noun)), ("VP", ("V", "sleeps"))), name="S")
