"""Linear algebra against torch. Signs of eigen- and singular vectors are free, so these are tested
by what they must satisfy."""

import torch

from oracle import Case, check


def rows(*shape, dtype=torch.float32):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=dtype)


def gradients(function):
    def call(*arguments):
        leaves = [a.detach().requires_grad_() for a in arguments]
        return torch.autograd.grad(function(*leaves).cos().sum(), leaves)

    return call


def tame(x):
    """A matrix far from singular."""
    return x + 3 * torch.eye(x.shape[-1], dtype=x.dtype)


def positive(x):
    return x @ x.mT + torch.eye(x.shape[-1], dtype=x.dtype)


def test_solving():
    solve = torch.linalg.solve
    check(
        Case(lambda a, b: solve(tame(a), b), (rows(4, 4), rows(4))),
        Case(lambda a, b: solve(tame(a), b), (rows(3, 4, 4), rows(3, 4, 2))),
        Case(lambda a, b: solve(tame(a), b), (rows(3, 4, 4), rows(4, 2))),
        Case(lambda a: torch.linalg.inv(tame(a)), (rows(2, 5, 5),)),
        Case(gradients(lambda a, b: solve(tame(a), b)), (rows(4, 4), rows(4, 2))),
        Case(gradients(lambda a: torch.linalg.inv(tame(a))), (rows(3, 3),)),
        Case(torch.linalg.det, (rows(2, 4, 4),)),
        Case(torch.linalg.slogdet, (rows(3, 3),)),
        Case(gradients(torch.linalg.det), (rows(3, 3),)),
        Case(gradients(lambda a: torch.linalg.slogdet(a)[1]), (rows(3, 3),)),
        Case(
            lambda a, b: solve(tame(a), b), (rows(4, 4, dtype=torch.float64), rows(4, 1).double())
        ),
        Case(lambda a: torch.linalg.lu_factor(tame(a)), (rows(4, 4),)),
    )


def test_triangles():
    triangle = torch.linalg.solve_triangular
    check(
        Case(lambda a, b: triangle(tame(a).tril(), b, upper=False), (rows(4, 4), rows(4, 3))),
        Case(lambda a, b: triangle(tame(a).triu(), b, upper=True), (rows(2, 4, 4), rows(2, 4, 3))),
        Case(lambda a, b: triangle(tame(a), b, upper=True, left=False), (rows(4, 4), rows(3, 4))),
        Case(
            lambda a, b: triangle(a, b, upper=False, unitriangular=True), (rows(3, 3), rows(3, 1))
        ),
        Case(lambda a: torch.linalg.cholesky(positive(a)), (rows(2, 4, 4),)),
        Case(lambda a: torch.linalg.cholesky(positive(a), upper=True), (rows(4, 4),)),
        Case(gradients(lambda a: torch.linalg.cholesky(positive(a))), (rows(3, 3),)),
        Case(lambda a: torch.linalg.qr(a), (rows(5, 3),)),
        Case(lambda a: torch.linalg.qr(a, mode="complete"), (rows(2, 5, 3),)),
        Case(lambda a: torch.linalg.qr(a), (rows(3, 5),)),
        Case(gradients(lambda a: torch.linalg.qr(a)[0]), (rows(4, 3),)),
    )


def test_spectra():
    def rebuilt(a):
        values, vectors = torch.linalg.eigh(a + a.mT)
        return values, vectors @ torch.diag_embed(values) @ vectors.mT, vectors.mT @ vectors

    def factors(a, full):
        u, s, vh = torch.linalg.svd(a, full_matrices=full)
        k = s.shape[-1]
        product = u[..., :k] @ torch.diag_embed(s) @ vh[..., :k, :]
        return s, product, u.mT @ u, vh @ vh.mT

    low = torch.tensor([[1.0, 2, 3], [2, 4, 6], [1, 1, 1], [0, 0, 0]])
    check(
        Case(rebuilt, (rows(2, 5, 5),)),
        Case(rebuilt, (rows(1, 1),)),
        Case(lambda a: torch.linalg.eigvalsh(a + a.mT), (rows(6, 6),)),
        Case(lambda a: factors(a, False), (rows(2, 5, 3),)),
        Case(lambda a: factors(a, True), (rows(3, 5),)),
        Case(lambda a: factors(a, True), (rows(5, 2),)),
        Case(lambda a: factors(a, True), (low,), ((low,),)),
        Case(lambda a: torch.linalg.svdvals(a), (rows(4, 6),)),
        Case(gradients(lambda a: torch.linalg.eigvalsh(a + a.mT)), (rows(4, 4),)),
        Case(gradients(torch.linalg.svdvals), (rows(4, 3),)),
        Case(lambda a: torch.linalg.pinv(a), (rows(5, 3),)),
        Case(lambda a: torch.linalg.pinv(a), (rows(2, 3, 4),)),
        Case(torch.linalg.matrix_exp, (rows(2, 3, 3),)),
        Case(lambda a: torch.linalg.matrix_norm(a, 2), (rows(4, 3),)),
    )
