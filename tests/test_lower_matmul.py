"""Matrix products against torch: odd sizes, turned operands, epilogues, dtypes, both variants."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from oracle import Case, check

A, B, BATCH = torch.randn(70, 33), torch.randn(33, 64), torch.randn(3, 17, 20)


@pytest.mark.parametrize("relaxed", [False, True])
def test_products(relaxed: bool) -> None:
    check(
        Case(lambda a, b: (a @ b, b.t() @ a.t(), a.t() @ a, a @ b[:, :3], a[:3] @ b), (A, B)),
        Case(lambda a, b: (a @ b[:, 0], a[0] @ b, a[0] @ b[:, 1], torch.outer(a[0], b[0])), (A, B)),
        Case(lambda x: (x @ x.mT, x.mT @ x, torch.einsum("bij,bkj->ik", x, x)), (BATCH,)),
        Case(lambda x: (x @ x[0].t(), x[:, 0] @ x[0].t()), (BATCH,)),
        relaxed=relaxed,
    )


def test_epilogues() -> None:
    bias = torch.randn(64)
    check(
        Case(lambda a, b, c: torch.addmm(c, a, b, beta=0.5, alpha=2), (A, B, bias)),
        Case(lambda a, b, c: F.gelu(a @ b + c) * (a @ b), (A, B, bias)),
        Case(lambda a, b, c: ((a @ b).relu(), (a @ b).relu().sum(0)), (A, B, bias)),
        Case(lambda a, b, c: F.linear((a * 2).sin(), (b + 1).t(), c).softmax(1), (A, B, bias)),
    )


def test_chained_products_keep_their_layouts() -> None:
    w = torch.randn(64, 64)
    check(
        Case(lambda a, b, w: ((a @ b).relu() @ w).relu() @ w.t(), (A, B, w)),
        Case(lambda a, b, w: (a @ b).reshape(70, 8, 8).transpose(1, 2) @ w[:8, :8], (A, B, w)),
    )


def test_other_dtypes() -> None:
    i, z = torch.randint(-9, 9, (5, 6)), torch.randn(5, 6, dtype=torch.complex64)
    check(
        Case(lambda x: x @ x.t(), (torch.randn(9, 6, dtype=torch.float64),)),
        Case(lambda x: (x @ x.t(), (x.int() @ x.int().t())), (i,)),
        Case(lambda x: (x @ x.mH, x @ x[0], torch.vdot(x[0], x[1])), (z,)),
    )
