"""Sudoku by constraint propagation, one step at a time: a changed cell starts again."""

import torch

import explorable as ex

givens = """
    53..7....
    6..195...
    .98....6.
    8...6...3
    4..8.3..1
    7...2...6
    .6....28.
    ...419..5
    ....8..79
"""
cell = torch.arange(81)
units = torch.stack([cell // 9, cell % 9, cell // 27 * 3 + cell % 9 // 3])  # row, column, box
member = torch.nn.functional.one_hot(units, 9).permute(0, 2, 1).reshape(27, 81).float()
peers = (member.T @ member > 0) & ~torch.eye(81).bool()

puzzle = ex.tensor([[int(c.replace(".", "0")) for c in row] for row in givens.split()], 0, 9)


@ex.simulation(rate=2, steps=40)
def sudoku(board=puzzle):
    given = torch.nn.functional.one_hot(board.flatten(), 10)[:, 1:].bool()
    return torch.where(given.any(1, keepdim=True), given, True)


@sudoku.step
def propagate(can, hidden=ex.toggle(False, label="find a digit's only place")):
    known = can & (can.sum(1, keepdim=True) == 1)
    can = can & ~(peers.float() @ known.float() > 0)
    if hidden:
        once = (member @ can.float() == 1).float()  # (27, 9): the digit has one place in the unit
        only = can & (member.T @ once > 0)
        can = torch.where(only.any(1, keepdim=True), only, can)
    return can, ex.record(known=(can.sum(1) == 1).sum())


@ex.figure(width=600)
def grid_view(sudoku=sudoku, board=puzzle):
    """A sudoku that you can change, and the digits that are still possible in every empty square.

    In each step a digit that is certain is struck from its row, column and box. A square with one
    digit left is certain too; a cross has none left.
    """
    can = sudoku.state
    return ex.plot(
        ex.board(board, notes=can.view(9, 9, 9), boxes=(3, 3), name="digits"),
        title=f"step {sudoku.step}: {(can.sum(1) == 1).sum()} of 81 certain, "
        f"{can.sum()} digits possible",
    )
