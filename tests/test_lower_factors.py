"""Factors of small matrices, real and complex, against torch: reflections, LU, LDL, Cholesky,
eigenvalues. Signs of real eigenvectors are free, so they are tested by what they must satisfy."""

import torch

from oracle import Case, check

linalg = torch.linalg
KINDS = (torch.float32, torch.complex64)


def rows(*shape, dtype=torch.float32):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=dtype)


def tame(x):
    """A matrix far from singular."""
    return x + 3 * torch.eye(x.shape[-1], dtype=x.dtype)


def positive(x):
    return x @ x.mH + torch.eye(x.shape[-1], dtype=x.dtype)


def symmetric(x):
    return x + x.mH


def slopes(function):
    """Of the squared size of the result, which no sign changes."""

    def call(*given):
        given = [x.detach().requires_grad_() for x in given]
        made = function(*given)
        return torch.autograd.grad(made.abs().square().sum(), given)

    return call


def test_complex_systems():
    def solved(a, b):
        return linalg.solve(tame(a), b), linalg.inv(tame(a)), linalg.det(a), linalg.slogdet(a)

    def triangles(a, b):
        solve = linalg.solve_triangular
        return solve(tame(a), b, upper=True), solve(tame(a).mH, b.mT, upper=False, left=False)

    def spectra(a):
        u, s, vh = linalg.svd(a, full_matrices=False)
        values, vectors = linalg.eigh(symmetric(a[:, :3, :3]))
        rebuilt = u @ torch.diag_embed(s).to(a.dtype) @ vh
        return s, rebuilt, values, vectors @ torch.diag_embed(values).to(a.dtype) @ vectors.mH

    a, b = rows(2, 4, 4, dtype=torch.complex64), rows(2, 4, 3, dtype=torch.complex64)
    check(
        Case(solved, (a, b)),
        Case(triangles, (a, b)),
        Case(spectra, (rows(2, 3, 5, dtype=torch.complex64),)),
        Case(spectra, (rows(2, 5, 3, dtype=torch.complex64),)),
        Case(lambda a: (linalg.pinv(a), linalg.matrix_exp(a @ a.mH)), (b,)),
        Case(lambda a: linalg.qr(a, mode="complete"), (b,)),
        Case(slopes(lambda a, b: linalg.solve(tame(a), b)), (a, b)),
        Case(slopes(linalg.svdvals), (b,)),
    )


def test_factors():
    def factors(a):
        lu, pivots = linalg.lu_factor(a)
        solved = linalg.lu_solve(lu, pivots, a), linalg.lu_solve(lu, pivots, a, adjoint=True)
        return linalg.lu(a), torch.lu_unpack(lu, pivots), solved

    def cholesky(a):
        lower, upper = linalg.cholesky(positive(a)), linalg.cholesky(positive(a), upper=True)
        return lower, torch.cholesky_solve(a, lower), torch.cholesky_inverse(upper, upper=True)

    def ldl(a, b):
        factor, pivots = linalg.ldl_factor(symmetric(a), hermitian=a.is_complex())
        return factor, pivots, linalg.ldl_solve(factor, pivots, b, hermitian=a.is_complex())

    def reflections(a, c):
        low, taus = torch.geqrf(a)
        turned = [torch.ormqr(low, taus, c, transpose=t) for t in (False, True)]
        other = torch.ormqr(low, taus, c.mT.contiguous(), left=False, transpose=True)
        return low, taus, linalg.householder_product(low, taus), *turned, other

    for dtype in KINDS:
        square, tall = rows(2, 4, 4, dtype=dtype), rows(2, 5, 3, dtype=dtype)
        check(
            Case(factors, (square,)),
            Case(linalg.lu, (tall,)),
            Case(linalg.lu, (tall.mT.contiguous(),)),
            Case(cholesky, (square,)),
            Case(ldl, (rows(6, 6, dtype=dtype), rows(6, 2, dtype=dtype))),
            Case(reflections, (tall, tall)),
            Case(slopes(lambda a: linalg.lu(tame(a))[2]), (square,)),
            Case(slopes(linalg.householder_product), (tall, rows(2, 2, dtype=dtype))),
        )


def test_reflections_whose_head_is_zero():
    turned = [torch.eye(3)[[1, 2, 0]], torch.tensor([[-0.0, 1, 2], [1, 0, 3], [0, 2, -0.0]])]
    whole = torch.tensor([[1.0, 1, 0], [-0.0, -0.0, 1], [1, 0, 2]])
    values = tuple((x,) for x in (*turned, whole))
    check(Case(lambda x: tuple(linalg.qr(x)), values[0], values))


def test_tolerances():
    a = rows(4, 1) @ rows(1, 3) + 1e-3 * rows(4, 3)
    check(
        Case(lambda a: linalg.pinv(a, rtol=0.1), (a,), ((a,),)),
        Case(lambda a: linalg.pinv(a, atol=0.5), (a,), ((a,),)),
        Case(lambda a: linalg.pinv(a, hermitian=True), (rows(4, 4),)),
        Case(lambda a: linalg.matrix_rank(a, rtol=0.1), (a,), ((a,),)),
        Case(slopes(linalg.pinv), (rows(4, 3),)),
    )


def test_eigenvalues():
    def found(a):
        values, vectors = linalg.eig(a)
        wide = a.to(values.dtype)
        return values, wide @ vectors - vectors * values.unsqueeze(-2), vectors.abs()

    turning = torch.tensor([[0.0, -1, 0, 0], [1, 0, 0, 0], [2, 0, 3, 0], [0, 1, 0, 0.5]])
    lower = torch.tensor([[1.0, 0, 0], [2, 3, 0], [4, 5, -6]])
    check(
        *(Case(found, (rows(3, n, n, dtype=k),)) for n in (1, 2, 5) for k in KINDS),
        Case(found, (rows(12, 12, dtype=torch.float64),)),
        Case(linalg.eigvals, (turning,), ((turning,), (torch.zeros(4, 4),))),
        Case(found, (lower,), ((lower,), (lower.mT,))),
        Case(slopes(linalg.eigvals), (rows(4, 4),)),
        Case(slopes(lambda a: linalg.eig(a)[1].abs()), (rows(3, 3, dtype=torch.complex64),)),
    )
