"""Programs of several models within one function, against eager torch: adversaries, gradients of
gradients, sampled tokens, straight-through codes, k-means."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from together import agree


def test_programs_inside_one_function():
    torch.manual_seed(5)
    net = nn.Linear(3, 2)

    def adversaries(x: torch.Tensor) -> Any:
        maker, judge = copy.deepcopy(net), nn.Linear(2, 1)
        makes = torch.optim.Adam(maker.parameters(), lr=1e-2)
        judges = torch.optim.Adam(judge.parameters(), lr=1e-2)
        made = maker(x)
        judges.zero_grad()
        F.binary_cross_entropy_with_logits(judge(made.detach()), torch.zeros(4, 1)).backward()
        judges.step()
        makes.zero_grad()
        F.binary_cross_entropy_with_logits(judge(made), torch.ones(4, 1)).backward()
        makes.step()
        return list(maker.parameters()), list(judge.parameters())

    def learning_to_learn(x: torch.Tensor) -> Any:
        weights = [p.detach().clone().requires_grad_() for p in net.parameters()]
        loss = F.linear(x, *weights).square().mean()
        slopes = torch.autograd.grad(loss, weights, create_graph=True)
        adapted = [w - 0.1 * slope for w, slope in zip(weights, slopes, strict=True)]
        return torch.autograd.grad(F.linear(2 * x, *adapted).square().mean(), weights)

    def tokens(x: torch.Tensor) -> torch.Tensor:
        ids, table = torch.zeros(1, 1, dtype=torch.long), nn.Embedding(5, 5)
        for _ in range(4):
            logits = table(ids[:, -1]) / 0.8 + x[0, 0]
            best, _ = logits.topk(3)
            logits[logits < best[:, [-1]]] = -float("inf")
            ids = torch.cat([ids, torch.multinomial(logits.softmax(-1), 1)], 1)
        return ids

    def codes(x: torch.Tensor) -> Any:
        book = torch.randn(5, 3)
        x = x.detach().requires_grad_()
        nearest = torch.cdist(x, book).argmin(-1)
        straight = x + (book[nearest] - x).detach()
        return nearest, torch.autograd.grad(straight.square().sum(), x)

    def centres(x: torch.Tensor) -> torch.Tensor:
        found = x[:2].clone()
        for _ in range(3):
            members = F.one_hot(torch.cdist(x, found).argmin(1), 2).float()
            found = (members.T @ x) / members.sum(0)[:, None].clamp(min=1)
        return found

    functions = (adversaries, learning_to_learn, tokens, codes, centres)
    agree({function.__name__: function for function in functions}, torch.randn(4, 3))
