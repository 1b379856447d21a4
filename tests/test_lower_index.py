"""Reads and writes at positions that are data."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from oracle import Case, check

X = torch.randn(6, 7)
ROWS = torch.tensor([0, 5, 2, 5, 3])
SIGNED = torch.tensor([[-1, 2], [-6, 4]])
GRID = torch.randint(0, 6, (6, 7))


def test_reads() -> None:
    check(
        Case(
            lambda x, i: (x[i], x[:, i], x[i, i], x[i[:, None], i], x.index_select(1, i)), (X, ROWS)
        ),
        Case(lambda x, i: (x[i], x[i, 1:3], x[..., i]), (X, SIGNED), ((X, SIGNED),)),
        Case(lambda x, i: (x.gather(0, i), x.gather(1, i), x.take(i)), (X, GRID)),
        Case(lambda x, i: (F.embedding(i, x), F.one_hot(i, 6)), (X, ROWS)),
        Case(lambda x, i: (x.exp()[i], (x + 1)[i].sum(0)), (X, ROWS)),
    )


def test_writes_accumulate_in_order() -> None:
    source = torch.randn(5, 7)
    check(
        Case(lambda x, i, s: x.index_put((i,), s), (X, ROWS, source)),
        Case(lambda x, i, s: x.index_put((i,), s, accumulate=True), (X, ROWS, source)),
        Case(
            lambda x, i, s: (x.index_add(0, i, s, alpha=2), x.index_copy(0, i, s)),
            (X, ROWS, source),
        ),
        Case(lambda x, i, s: x.scatter(0, i[:, None].expand(5, 7), s), (X, ROWS, source)),
        Case(lambda x, i, s: x.scatter_add(0, i[:, None].expand(5, 7), s), (X, ROWS, source)),
    )


def test_scatter_reduce() -> None:
    ways = ("sum", "prod", "mean", "amax", "amin")
    check(
        *[Case(lambda x, i, w=w: x.scatter_reduce(0, i, x, w), (X, GRID)) for w in ways],
        *[
            Case(lambda x, i, w=w: x.scatter_reduce(0, i, x, w, include_self=False), (X, GRID))
            for w in ways
        ],
    )


def test_gradients_of_reads() -> None:
    def gradient(x: torch.Tensor, i: torch.Tensor) -> torch.Tensor:
        x = x.detach().requires_grad_()
        loss = (F.embedding(i, x).square().sum() + x[i, i].sin().sum()) / 2
        return torch.autograd.grad(loss, x)[0]

    table = torch.zeros(4, 4)
    check(
        Case(gradient, (X, ROWS)),
        Case(
            lambda i, j: table.index_put((i, j), torch.ones(()), accumulate=True),
            (torch.tensor([0, 3, 3, 1]), torch.tensor([2, 1, 1, 0])),
        ),
    )


def test_masks_become_selects() -> None:
    def masked(x: torch.Tensor) -> torch.Tensor:
        y = x.clone()
        y[x > 0] = -1.0
        return y

    check(Case(masked, (X,)), Case(lambda x: x.masked_fill(x.isnan(), 0), (X,)))
