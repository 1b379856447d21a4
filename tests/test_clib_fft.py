"""Fourier transforms against torch, at lengths of every kind, over every dim and normalisation."""

import pytest
import torch

from oracle import Case, check, run_cases

LENGTHS = [*range(1, 65), 100, 97, 1000, 1009]


def rows(dtype, *shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(shape, dtype=dtype, generator=generator)


@pytest.mark.parametrize("kind", [torch.complex64, torch.complex128])
def test_every_length(kind):
    tolerance = 5e-7 if kind == torch.complex64 else 1e-13
    errors = run_cases([Case(torch.fft.fft, (rows(kind, n),)) for n in LENGTHS])
    assert max(errors) <= tolerance, dict(zip(LENGTHS, errors, strict=True))


def test_large_length():
    (error,) = run_cases([Case(torch.fft.fft, (rows(torch.complex64, 4096),))])
    assert error <= 5e-7


@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_kinds_dims_and_norms(norm):
    def named(function, **options):
        return lambda x: function(x, norm=norm, **options)

    complex_rows = rows(torch.complex64, 3, 6, 5)
    real_rows = rows(torch.float32, 3, 6, 5)
    cases = [
        Case(named(torch.fft.ifft, dim=1), (complex_rows,)),
        Case(named(torch.fft.fft2), (complex_rows,)),
        Case(named(torch.fft.ifftn), (complex_rows,)),
        Case(named(torch.fft.rfft, dim=0), (real_rows,)),
        Case(named(torch.fft.rfft2), (real_rows,)),
        Case(named(torch.fft.fft), (real_rows,)),
        Case(named(torch.fft.irfft, n=8), (complex_rows,)),
        Case(named(torch.fft.irfft, n=9, dim=1), (complex_rows,)),
        Case(named(torch.fft.irfft2), (complex_rows,)),
        Case(named(torch.fft.hfft), (complex_rows,)),
        Case(lambda x: torch.fft.irfft(torch.fft.rfft(x, norm=norm), n=5, norm=norm), (real_rows,)),
        Case(lambda x: torch.fft.fft(x.mT, norm=norm).abs(), (real_rows,)),
        Case(named(torch.fft.fft), (complex_rows.to(torch.complex128),)),
    ]
    check(*cases)


def test_gradient_of_a_spectrum():
    def gradient(x):
        x = x.detach().requires_grad_()
        (torch.fft.rfft(x).abs() ** 2).sum().backward()
        return x.grad

    check(Case(gradient, (rows(torch.float32, 12),)))
