"""Reductions and running ones against torch."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

import explorable as ex
from oracle import Case, check


@pytest.mark.parametrize("shape", [(3, 5, 70), (130, 3), (9, 16), (17, 38), (1, 4), (1,)])
def test_sums_and_extremes(shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    last = len(shape) - 1
    check(
        Case(lambda x: (x.sum(), x.sum(0), x.sum(last, keepdim=True), x.mean(last)), (x,)),
        Case(lambda x: (x.amax(0), x.amin(), x.max(last), x.min(0), x.aminmax()), (x,)),
        Case(lambda x: (x.argmax(), x.argmin(0), x.argmax(last, keepdim=True)), (x,)),
        Case(lambda x: x.reshape(-1, 1, 2).argmax(1, keepdim=True), (torch.randn(3, 8),)),
        Case(lambda x: (x.prod(0), x.prod(), (x > 0).any(0), (x > 0).all(), (x > 1).sum()), (x,)),
        Case(lambda x: (x.softmax(0), x.log_softmax(last), x.logsumexp(0), x.norm()), (x,)),
        Case(lambda x: (x.cumsum(0), x.cumprod(last), x.cummax(0), x.cummin(last)), (x,)),
        Case(lambda x: ((x * 3).int().sum(0), (x * 3).long().prod(last), x.bool().sum(0)), (x,)),
    )


def test_columns_abreast() -> None:
    """Several vectors of columns at once, and what is left of them."""
    x, w = torch.randn(21, 39), torch.randn(21)
    check(
        Case(lambda x, w: ((w[:, None] * x).sum(0), x.sum(0, keepdim=True) / x.amax(0)), (x, w)),
        Case(lambda x, w: (x.double().sum(0), x.exp().prod(0), (x > 0).sum(0)), (x, w)),
        Case(lambda x, w: (x * (1 + 1j)).sum(0), (x, w)),
        Case(lambda x, w: x.expand(2, 3, 21, 39).sum((0, 2)), (x, w)),
        Case(
            lambda x, w: torch.func.grad(lambda b: ((x + b).relu() * w[:, None]).sum())(x[0]),
            (x, w),
        ),
    )


def test_several_dimensions_and_moments() -> None:
    x = torch.randn(4, 6, 9)
    check(
        Case(lambda x: (x.sum((0, 2)), x.mean((1, 2), keepdim=True), x.amax((0, 1))), (x,)),
        Case(
            lambda x: (x.var(), x.var(1, correction=0), x.std((0, 2)), torch.var_mean(x, 2)), (x,)
        ),
        Case(lambda x: (x.norm(1), x.norm(3, dim=1), x.norm(math.inf, dim=0), x.norm(0)), (x,)),
        Case(lambda x: F.layer_norm(x, (9,)), (x,)),
        Case(lambda x: F.batch_norm(x, torch.zeros(6), torch.ones(6), training=True), (x,)),
    )


def test_nan_and_masks_pass_through() -> None:
    x = torch.randn(5, 8)
    odd = x.clone()
    odd[0, 3], odd[1, 2], odd[4] = math.nan, math.inf, -math.inf
    check(
        Case(lambda x: (x.amax(1), x.amin(0), x.max(1), x.argmin(1), x.sum(0)), (x,), ((odd,),)),
        Case(lambda x: x.masked_fill(x < 0, -math.inf).softmax(-1), (x,)),
        Case(lambda x: (x.cummax(1), x.cumsum(0)), (x,), ((odd,),)),
        Case(lambda x: (x.nansum(), x.nanmean(0)), (x,), ((odd,),)),
    )


def test_complex_and_empty() -> None:
    z, none = torch.randn(6, 5, dtype=torch.complex64), torch.randn(0, 3)
    check(
        Case(lambda z: (z.sum(0), z.mean(), z.cumsum(1), z.norm(), z.abs().amax(1)), (z,)),
        Case(lambda x: (x.sum(0), x.sum(), x.prod(1), (x > 0).any(), x + 1), (none,)),
    )


def pulls(x: torch.Tensor, mass: torch.Tensor) -> torch.Tensor:
    apart = x[None] - x[:, None]
    near = apart.square().sum(-1) + 0.01
    return ((mass * near.rsqrt() / near)[..., None] * apart).sum(1)


@pytest.mark.parametrize(("count", "dims"), [(37, 3), (8, 2), (5, 4), (6, 5)])
def test_sums_along_a_short_last_dim(count: int, dims: int) -> None:
    x, mass = torch.randn(count, dims), torch.rand(count)
    check(
        Case(pulls, (x, mass)),
        Case(lambda x: (x[:, :, None].sin() * x[:, None].exp()).sum(0, keepdim=True), (x,)),
        Case(lambda x: (x.double()[None].exp() * x[:, None].square().exp()).sum((0, 1)), (x,)),
        Case(lambda x: pulls(x, mass).sum(1) + x[:, 0], (x,)),
    )


def test_pairs_are_summed_in_one_loop() -> None:
    program = ex.compile(pulls, torch.randn(40, 3), torch.rand(40)).program
    # One loop over the pairs, its distances in registers: only the result is stored.
    assert program.count("sqrt") == 1
    assert "1600" not in program
