"""A backgammon race as a Markov chain: how many rolls it takes to bear off the last checkers."""

from functools import cache
from itertools import product

import torch

import explorable as ex

points, most, rolls = 6, 4, 8
states = [s for s in product(range(most + 1), repeat=points) if sum(s) <= most]
states.sort(key=lambda s: sum(n * (k + 1) for k, n in enumerate(s)))  # fewest pips first
number = {state: k for k, state in enumerate(states)}


@cache
def after(state, die):
    """What one checker moved by one die may lead to."""
    found = set()
    for place, checkers in enumerate(state):
        beyond = place + 1 < die  # such a die bears off the farthest checker only
        if checkers and not (beyond and any(state[place + 1 :])):
            left = list(state)
            left[place] -= 1
            if place >= die:
                left[place - die] += 1
            found.add(tuple(left))
    return found or {state}


def play(state, dice):
    """What the dice, played one after the other, may lead to."""
    ends = {state}
    for die in dice:
        ends = {end for each in ends for end in after(each, die)}
    return ends


# The best play is the one that leaves the fewest rolls. Every play loses pips: one pass will do.
expected = [0.0] * len(states)
chain = torch.zeros(len(states), len(states))
chain[0, 0] = 1
for here, state in enumerate(states[1:], 1):
    for a, b in product(range(1, 7), repeat=2):
        ends = play(state, [a] * 4) if a == b else play(state, [a, b]) | play(state, [b, a])
        best = min((number[end] for end in ends), key=lambda k: (expected[k], k))
        chain[here, best] += 1 / 36
        expected[here] += expected[best] / 36
    expected[here] += 1
table = torch.tensor(states)


def board_of(counts):
    """Checkers on their points, stacked from the bottom."""
    return [[int(counts[k] >= most - row) for k in range(points)] for row in range(most)]


you = ex.tensor(board_of([0, 1, 0, 1, 1, 1]), 0, 1)
other = ex.tensor(board_of([1, 1, 0, 2, 0, 0]), 0, 1)


@ex.value
def race(mine=you, theirs=other):
    odds = []
    for board in (mine, theirs):
        counted = board * (board.flatten().cumsum(0).view(most, points) <= most)
        here = (table == counted.sum(0)).all(1).float()
        off = [here[0]]
        for _ in range(rolls):
            here = here @ chain  # one more power of the matrix
            off.append(here[0])
        off = torch.stack(off)
        odds.append(off[1:] - off[:-1])
    return {"you": odds[0], "other": odds[1]}


@ex.figure(width=760)
def backgammon(race=race, mine=you, theirs=other):
    """A race in backgammon: four checkers on each side, and how many rolls each side needs.

    Drag the checkers from point to point, or off. Both play as well as they can; you roll first.
    """
    k = torch.arange(1, rolls + 1)
    still = race["other"].flip(0).cumsum(0).flip(0)  # the other needs k rolls or more
    win = (race["you"] * still).sum()
    return ex.column(
        ex.row(
            *[
                ex.plot(
                    ex.board(
                        board, pieces=["", stone], style="ruled", columns="123456", name=name
                    ),
                    title=f"{name}: {(k * odds).sum():.2f} rolls",
                )
                for name, stone, board, odds in (
                    ("you", "●", mine, race["you"]),
                    ("the other", "○", theirs, race["other"]),
                )
            ]
        ),
        ex.plot(
            ex.bars(
                torch.stack([race["you"], race["other"]]), x=k, groups=["you", "the other"],
                name="rolls needed",
            ),
            y=(0, 1), aspect=2.6, title=f"you win {100 * win:.0f} in 100",
        ),
    )  # fmt: skip
