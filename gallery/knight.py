"""Knight moves as a graph: how far it is from the knight to every square."""

import torch

import explorable as ex

size = 8
square = torch.arange(size * size)
row, column = square // size, square % size
down, right = (row[:, None] - row).abs(), (column[:, None] - column).abs()
moves = (down * right == 2).float()  # two one way and one the other
edges = moves.triu().nonzero()

start = torch.zeros(size, size, dtype=torch.int64)
start[7, 1] = 1


@ex.figure(width=860)
def knight(
    board=ex.tensor(start, 0, 1, label="knight"),
    reach=ex.integer(1, 6, value=2, label="moves"),
):
    """A knight that you put on any square, and in how many moves it reaches each of the others.

    The graph has a node per square and an edge per move; the squares that the knight can reach in
    the number of moves below are framed.
    """
    here = board.flatten().float()
    distance = torch.where(here > 0, 0, 99)
    seen = here
    for step in range(1, 7):
        seen = ((seen + moves @ seen) > 0).float()
        distance = torch.minimum(distance, torch.where(seen > 0, step, 99))
    distance = torch.where(distance > 6, -1, distance)
    within = (distance >= 0) & (distance <= reach)
    on_the_way = within[edges[:, 0]] & within[edges[:, 1]]
    closer = (distance[edges[:, 0]] - distance[edges[:, 1]]).abs() == 1
    return ex.row(
        ex.plot(
            ex.board(
                board, pieces=["", "♞"], shade=distance.view(size, size), rows="87654321",
                columns="abcdefgh", highlight=within.view(size, size), name="knight",
            ),
            title=f"within {reach}: {within.sum()} of 64 squares",
        ),
        ex.plot(
            ex.graph(
                edges, at=torch.stack([1.0 * column, -1.0 * row], 1), values=distance.float(),
                format=".0f", path=on_the_way & closer, highlight=here > 0, ratio=1, size=10,
                name="distance",
            ),
            title=f"168 moves; the farthest square is {distance.max()} away",
        ),
    )  # fmt: skip
