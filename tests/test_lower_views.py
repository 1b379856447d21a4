"""Views, joins and overlays against torch: they are index arithmetic, so shapes are chosen odd."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from oracle import Case, check

X = torch.randn(3, 5, 7)


def test_views() -> None:
    check(
        Case(lambda x: (x.view(15, 7), x.reshape(7, 15), x.reshape(5, 3, 7), x.flatten()), (X,)),
        Case(lambda x: (x.permute(2, 0, 1), x.transpose(0, 2).reshape(5, 21), x.mT), (X,)),
        Case(lambda x: (x[1:, ::2, -3:], x[:, 2], x[..., -1], x[:, None], x[0, 1, 2]), (X,)),
        Case(
            lambda x: (x.flip(0), x.flip(1, 2), x.roll(2, 1), x.roll((1, -3), (0, 2)), x.roll(4)),
            (X,),
        ),
        Case(
            lambda x: (x.unfold(2, 3, 2), x.diagonal(1, 1, 2), x.repeat(2, 1, 3), x.tile(2)), (X,)
        ),
        Case(lambda x: (x.split(2, 1), x.unbind(0), x.chunk(3, 2), x[0].expand(4, 5, 7)), (X,)),
        Case(lambda x: (x.as_strided((2, 3), (7, 2), 4), x[0].t().contiguous().view(-1)), (X,)),
        Case(lambda x: torch.einsum("abc->cba", x).movedim(0, 1).squeeze(), (X,)),
    )


def test_reshapes_that_cut_across_dimensions() -> None:
    x = torch.arange(48.0).reshape(6, 8)
    check(
        Case(lambda x: (x * 2).reshape(4, 12).t().reshape(3, 16) + 1, (x,)),
        Case(lambda x: x.reshape(2, 3, 8).transpose(0, 1).reshape(6, 8).reshape(-1)[::5], (x,)),
        Case(lambda x: x.t().reshape(4, 12).flip(1).reshape(16, 3).sum(1), (x,)),
    )


def test_joins() -> None:
    check(
        Case(lambda x: (torch.cat([x, x * 2], 1), torch.stack([x, x.exp()], -1)), (X,)),
        Case(lambda x: torch.cat([x[:, :2].sin(), x[:, 1:3], x.int()[:, :1]], 1), (X,)),
        Case(lambda x: torch.stack([x[0] * k for k in range(9)]), (X,)),
        Case(lambda x: torch.cat([x[:0], x]), (X,)),
        Case(lambda x: (F.pad(x, (1, 2)), F.pad(x, (-1, 2, 3, -2), value=1.5)), (X,)),
        Case(lambda x: torch.tensor([1.0, 2.0]).repeat(3) * x[0, 0, 0], (X,)),
    )


def test_overlays() -> None:
    def written(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        y = x.clone()
        y[1:, 2] = 0
        y[:, 1:4:2] += 1
        z = x.clone()
        z[0, 1] = x[2, 0] * 2
        w = x[:, :, :5].clone()
        w.diagonal(dim1=1, dim2=2).fill_(3)
        return y, z, w

    check(
        Case(written, (X,)),
        Case(lambda x: (x.tril(), x.triu(1), torch.tril(x, -2), torch.diag_embed(x[0, 0])), (X,)),
        Case(lambda x: torch.select_scatter(x, x[:, 0] * 2, 1, -2), (X,)),
    )


def test_creation() -> None:
    check(
        Case(lambda x: (torch.full((2, 3), 1.5), torch.zeros_like(x), torch.ones(2).int()), (X,)),
        Case(
            lambda x: (torch.arange(5) + x[0, :, 0], torch.arange(1, 2, 0.25), torch.eye(3)), (X,)
        ),
        Case(lambda x: torch.linspace(-1, 1, 9) * x[0, 0, 0], (X,)),
    )
