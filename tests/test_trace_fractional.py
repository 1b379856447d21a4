"""Windows at drawn places against torch, and losses that torch computes in chunks or by rows."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from oracle import Case, check


def test_fractional_pools_and_their_gradients() -> None:
    x, draws = torch.randn(2, 3, 9, 8), torch.rand(2, 3, 2)
    deep, deeper = torch.randn(3, 6, 7, 8), torch.rand(1, 3, 3)

    def flat(x: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
        return F.fractional_max_pool2d(x, (3, 2), output_size=(4, 5), _random_samples=draws)

    def solid(x: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
        return F.fractional_max_pool3d(x, 2, output_ratio=0.5, _random_samples=draws)

    check(
        Case(lambda x, d: (flat(x, d), torch.func.grad(lambda x: flat(x, d).square().sum())(x)),
             (x, draws), ((x, draws), (-x, draws.flip(0)))),
        Case(lambda x, d: (solid(x, d), torch.func.grad(lambda x: solid(x, d).square().sum())(x)),
             (deep, deeper), ((deep, deeper),)),
    )  # fmt: skip


def test_losses_in_chunks_and_of_one_sample() -> None:
    x, weight = torch.randn(6, 4), torch.randn(5, 4)
    target = torch.tensor([0, 4, 2, 2, 1, 3])
    options = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=2)

    def chunked(x: torch.Tensor, weight: torch.Tensor) -> tuple[torch.Tensor, ...]:
        inputs = [y.detach().requires_grad_() for y in (x, weight)]
        loss = F.linear_cross_entropy(*inputs, target, options=options)
        return loss, *torch.autograd.grad(loss, inputs)

    labels = torch.tensor([3, 0, -1, 1])
    check(
        Case(chunked, (x, weight)),
        Case(lambda y: F.multilabel_margin_loss(y, labels, reduction="none"), (torch.randn(4),)),
    )
