"""Sampling at places that are data, and least squares, against torch, forward and backward."""

import torch
import torch.nn.functional as F

from oracle import Case, check


def slopes(function):
    def call(*given):
        given = [x.detach().requires_grad_() for x in given]
        made = function(*given)
        return torch.autograd.grad((made * made).sum(), given)

    return call


def sampled(mode, padding, align):
    def call(x, grid):
        return F.grid_sample(x, grid, mode=mode, padding_mode=padding, align_corners=align)

    return call


def test_grids():
    picture, places = torch.randn(2, 2, 4, 5), torch.randn(2, 3, 3, 2) * 1.3
    edges = torch.tensor([-1.0, 0, 1])
    even = torch.stack(torch.meshgrid(edges, edges, indexing="xy"), -1).expand(2, 3, 3, 2)
    values = ((picture, places * 0.7), (picture, even.clone()))
    spellings = [
        *(("bilinear", padding, True) for padding in ("zeros", "border", "reflection")),
        ("bilinear", "reflection", False), ("nearest", "border", True), ("nearest", "zeros", False),
    ]  # fmt: skip
    check(
        *(Case(sampled(*s), (picture, places), values) for s in spellings),
        *(Case(slopes(sampled(*s)), (picture, places), values) for s in spellings[1:5]),
    )
    check(Case(slopes(sampled("bicubic", "reflection", True)), (picture, places), values))


def test_volumes():
    volume, places = torch.randn(1, 2, 3, 4, 5), torch.randn(1, 2, 2, 3, 3)
    for mode, padding in (("bilinear", "zeros"), ("bilinear", "reflection"), ("nearest", "border")):
        function = sampled(mode, padding, False)
        check(*(Case(f, (volume, places)) for f in (function, slopes(function))))


def test_least_squares():
    tall, wide = torch.randn(2, 5, 3), torch.randn(3, 5)
    right, vector = torch.randn(2, 5, 2), torch.randn(2, 5)

    def solution(a, b):
        return torch.linalg.lstsq(a, b).solution

    check(
        Case(torch.linalg.lstsq, (tall, right)),
        Case(lambda a, b: torch.linalg.lstsq(a, b, driver="gelsd"), (tall, right)),
        Case(lambda a, b: torch.linalg.lstsq(a, b, driver="gels"), (tall, vector)),
        Case(solution, (wide, torch.randn(3, 2))),
        Case(slopes(solution), (tall, right)),
    )
