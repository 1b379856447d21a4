"""Eigenvectors and singular vectors have the same signs, and eigenvalues the same order, in
Python and in the page."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import explorable as ex
from explorable.trace import random_numbers

Tensor = torch.Tensor
SHAPES = ((2, 2), (4, 3), (3, 5), (6, 6))


def vectors(matrices: list[Tensor]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for k, a in enumerate(matrices):
        found[f"svd {k}"] = torch.linalg.svd(a, full_matrices=False)
        if a.shape[0] == a.shape[1]:
            found[f"eigh {k}"] = torch.linalg.eigh(a + a.mH)
            found[f"eig {k}"] = torch.linalg.eig(a)
            found[f"eigvals {k}"] = (torch.linalg.eigvals(a),)
    return found


def slopes(a: Tensor) -> Tensor:
    """How the entries of the singular vectors move with the matrix."""

    def total(a: Tensor) -> Tensor:
        u, s, vh = torch.linalg.svd(a)
        weights = torch.arange(1.0, 5.0).reshape(2, 2)
        return (u * weights).sum() + (vh * weights.flip(0)).sum() + s[0]

    return torch.func.grad(total)(a)


def same(page: Any, python: Any) -> None:
    torch.testing.assert_close(page, python, rtol=2e-4, atol=2e-4)


def same_vectors(page: Any, given: list[Tensor]) -> None:
    with random_numbers():
        want = vectors(given)
    got = page(given)
    for name, results in want.items():
        for mine, theirs in zip(got[name], results, strict=True):
            same(torch.as_tensor(mine), theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64])
def test_signs_are_those_of_python(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    page = ex.compile(vectors, [torch.randn(shape, dtype=dtype) for shape in SHAPES])

    for seed in range(5):
        torch.manual_seed(seed + 1)
        same_vectors(page, [torch.randn(shape, dtype=dtype) for shape in SHAPES])


def test_equal_entries_and_singular_matrices() -> None:
    page = ex.compile(vectors, [torch.randn(2, 2)])
    for rows in ([[2, 1], [1, 2]], [[2, -1], [-1, 2]], [[-2, -2], [-2, -2]], [[0, 1], [-3, 0]]):
        same_vectors(page, [torch.tensor(rows, dtype=torch.float32)])


def test_gradients_follow() -> None:
    page = ex.compile(slopes, torch.eye(2))
    given = torch.tensor([[-1.0, 0.4], [0.3, -2.0]])
    with random_numbers():
        want = slopes(given)

    same(torch.as_tensor(page(given)), want)


def test_operations_that_conjugate_within_themselves() -> None:
    a = torch.randn(4, 3, dtype=torch.complex64)
    with random_numbers():
        found = torch.linalg.pinv(a)
    torch.testing.assert_close(found, torch.linalg.pinv(a))


def test_the_vectors_are_still_right() -> None:
    a = torch.randn(3, 2, 5, 3, dtype=torch.complex128)
    with random_numbers():
        u, s, vh = torch.linalg.svd(a)
        values, columns = torch.linalg.eig(a.mH @ a)
    torch.testing.assert_close(u[..., :3] @ torch.diag_embed(s).to(a.dtype) @ vh, a)
    torch.testing.assert_close(u.mH @ u, torch.eye(5, dtype=a.dtype).expand_as(u))
    torch.testing.assert_close(a.mH @ a @ columns, columns * values.unsqueeze(-2))
    with random_numbers():
        empty = torch.linalg.svd(torch.zeros(0, 3))
    assert empty[0].shape == (0, 0)
