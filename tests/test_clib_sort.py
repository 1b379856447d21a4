"""Sorting against torch: stable, NaN last, every dim and dtype, and what is made of it."""

import torch

from oracle import Case, check


def rows(*shape, dtype=torch.float32):
    generator = torch.Generator().manual_seed(2)
    if dtype.is_floating_point:
        return torch.randn(shape, generator=generator, dtype=dtype)
    return torch.randint(-9, 9, shape, generator=generator).to(dtype)


def test_sort():
    ties = torch.randint(0, 3, (100,), generator=torch.Generator().manual_seed(3))
    odd = torch.tensor(
        [3.0, float("nan"), -0.0, 0.0, float("inf"), 1.0, float("nan"), -float("inf")]
    )
    check(
        Case(lambda x: torch.sort(x), (rows(3, 37),)),
        Case(lambda x: torch.sort(x, dim=0, descending=True), (rows(20, 5),)),
        Case(lambda x: torch.sort(x, dim=1, stable=True), (rows(2, 33, 3, dtype=torch.int64),)),
        Case(lambda x: torch.sort(x, stable=True, descending=True), (ties,)),
        Case(lambda x: torch.sort(x, stable=True), (ties.bool(),)),
        Case(lambda x: torch.sort(x), (rows(1000, dtype=torch.float64),)),
        Case(lambda x: torch.sort(x, stable=True), (odd,), ((odd,), (odd.flip(0),))),
        Case(lambda x: torch.sort(x, stable=True, descending=True), (odd,), ((odd,),)),
        Case(lambda x: torch.argsort(x, dim=0), (rows(9, 4),)),
        Case(lambda x: torch.sort(x)[0], (torch.tensor(3.0),)),
        Case(lambda x: torch.sort(x.mT, stable=True), (rows(8, 9, dtype=torch.int32),)),
    )


def test_selection():
    odd = torch.tensor([[3.0, float("nan"), 1.0, 5.0], [2.0, 4.0, -1.0, 0.0]])
    check(
        Case(lambda x: torch.topk(x, 3), (rows(4, 30),)),
        Case(lambda x: torch.topk(x, 2, dim=0, largest=False), (rows(9, 3),)),
        Case(lambda x: torch.kthvalue(x, 4, dim=1), (rows(3, 11),)),
        Case(lambda x: torch.kthvalue(x, 2, dim=0, keepdim=True), (rows(5, 3),)),
        Case(lambda x: torch.median(x), (rows(4, 5),)),
        Case(lambda x: torch.median(x, dim=1), (rows(4, 6),)),
        Case(lambda x: torch.nanmedian(x, dim=1).values, (odd,), ((odd,),)),
        Case(lambda x: torch.median(x, dim=1).values, (odd,), ((odd,),)),
        Case(lambda x: torch.nanmedian(x), (odd,), ((odd,),)),
    )


def test_gradient_through_sort():
    def gradient(x):
        x = x.detach().requires_grad_()
        (torch.sort(x).values * torch.arange(12.0)).sum().backward()
        return x.grad

    check(Case(gradient, (rows(12),)))
