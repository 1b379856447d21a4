"""Powers of complex numbers by multiplication, against eager torch."""

from __future__ import annotations

import torch

import explorable as ex
from oracle import Case, check

EXPONENTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3, 0.5, -0.5, 2.5)


def test_known_powers_and_their_gradients():
    def powers(x, y):
        z = torch.complex(x, y)
        found = [torch.view_as_real(z**n) for n in EXPONENTS]
        loss = sum((z**n).abs().sum() for n in (2, 3, 6, -1, -2, 0.5))
        return *found, z.square().imag, *torch.autograd.grad(loss, (x, y))

    def numbers(*values):
        return torch.tensor(values, requires_grad=True)

    x, y = numbers(0.5, 1.5, -2.0, 0.3), numbers(-1.0, 0.25, 1.0, 2.0)
    other = numbers(-0.4, 1.1, 1.7, -0.9), numbers(0.8, -0.6, 0.1, 1.2)
    check(Case(powers, (x, y), (other,)))


def test_whole_powers_need_no_logarithm():
    z = torch.ones(4, dtype=torch.complex64)
    for n in (2, 3, 5, 8, -1, -2):
        assert "atan2_f4(v" not in ex.compile(lambda z, n=n: z**n, z).c
    assert "atan2_f4(v" in ex.compile(lambda z: z**9, z).c


def test_what_is_too_large_is_infinite_and_not_nan():
    """By which a program sees that a point has escaped."""
    places = [
        [1e20, 3e20],
        [-3e20, 1e20],
        [-1e20, 0],
        [0, 2e20],
        [torch.inf, 1],
        [-torch.inf, torch.inf],
    ]
    re, im = torch.tensor(places).T

    def sizes(re, im):
        z = torch.complex(re, im)
        return (z**4).abs(), (z**5).abs(), (z**8).abs()

    for size, expected in zip(ex.compile(sizes, re, im)(re, im), sizes(re, im), strict=True):
        assert torch.equal(size, expected)
        assert size.isinf().all()


def test_what_is_no_number_stays_so():
    z = torch.complex(torch.tensor([torch.nan, 1.0]), torch.tensor([1.0, torch.nan]))
    assert ex.compile(lambda z: z**5, z)(z).isnan().all()
