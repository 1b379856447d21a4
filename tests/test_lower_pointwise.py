"""Pointwise ops against torch: promotion, NaN and infinity, integers that wrap, complex numbers."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import torch

import explorable as ex
from oracle import Case, check

ODD = torch.tensor(
    [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 1e-40, 3e38, 0.5, -0.5, 2.5, 3.5, -2.5]
)
UNARY = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh",
    "atanh erf erfc sigmoid sqrt rsqrt floor ceil trunc round neg abs sign reciprocal relu frac",
    "square isnan isinf signbit sgn logical_not",
)
COMPLEX = (
    "exp log sin cos tan sinh cosh tanh sigmoid sqrt rsqrt neg abs reciprocal square sgn asin",
    "acos atan asinh acosh exp2 expm1 log2 log10 log1p",
)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_unary_functions_at_odd_values(dtype: torch.dtype) -> None:
    x = torch.randn(23).to(dtype)
    values = ((x,), (x * 20,), (ODD.to(dtype).repeat(2)[:23],))
    check(*[Case(getattr(torch, name), (x,), values) for name in " ".join(UNARY).split()])


def test_complex_functions() -> None:
    z = torch.randn(11, dtype=torch.complex64)
    check(*[Case(getattr(torch, name), (z,)) for name in " ".join(COMPLEX).split()])


def test_complex_arithmetic_mixes_with_real() -> None:
    z, x = torch.randn(3, 4, dtype=torch.complex64), torch.randn(4)
    check(
        Case(lambda z, x: (z * x + 2j, z / (x + 1j), z - 1, x - z, z**2), (z, x)),
        Case(lambda z, x: (z.conj() * z, z.real, z.imag, torch.view_as_real(z), z == z), (z, x)),
        Case(lambda z, x: torch.polar(x.abs(), x) + torch.complex(x, x), (z, x)),
    )


def test_binary_functions_at_odd_pairs() -> None:
    left, right = (t.reshape(-1) for t in torch.meshgrid(ODD, ODD, indexing="ij"))
    names = "add sub mul div maximum minimum fmax fmin atan2 pow copysign".split()
    names += "lt le gt ge eq ne logical_and logical_or logical_xor".split()
    # Where a quotient overflows torch's vectorised fmod gives NaN, its scalar one the exact rest.
    mild = [x.clone() for x in (left, right)]
    for x in mild:
        x[(x.abs() > 1e30) & x.isfinite() | (x.abs() < 1e-30)] = 1.5
    check(
        *[Case(getattr(torch, n), (left, right), ((left, right),)) for n in names],
        *[
            Case(getattr(torch, n), (left, right), (tuple(mild),))
            for n in ("fmod", "remainder", "floor_divide")
        ],
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_powers_of_known_numbers(dtype: torch.dtype) -> None:
    """By the logarithm of the base, within 2 units in the last place; of two they are exact."""
    bases = [0.9, 0.999, 1.5, math.e, 2.0, 0.5, 3.0, 10.0, 1e-3, 1.0, 1e30]
    whole = torch.arange(-40, 41, dtype=dtype)
    y = torch.cat([whole, whole * 100, torch.randn(200, dtype=dtype) * 30, ODD.to(dtype)])
    powers = ex.compile(lambda y: [base**y for base in bases], y + 1)(y)
    for base, found in zip(bases, powers, strict=True):
        torch_says = base**y
        assert torch.equal(found.isnan(), torch_says.isnan()), base
        assert torch.equal(found.isinf(), torch_says.isinf()), base
        number = mpmath.mpf(float(torch.tensor(base, dtype=dtype)))
        normal = torch_says.isfinite() & (torch_says > torch.finfo(dtype).tiny) & y.isfinite()
        with mpmath.workdps(40):
            exact = [number ** mpmath.mpf(v) for v in y[normal].tolist()]
            off = [float(abs(v - e)) for v, e in zip(found[normal].tolist(), exact, strict=True)]
        unit = np.spacing(np.array(exact, dtype=found.numpy().dtype))
        assert np.max(off / unit) <= 2, base
        if base in (2, 0.5):
            assert torch.equal(found[: len(whole)], base**whole)


def test_promotion_follows_torch() -> None:
    one = torch.randint(-9, 9, (5,))
    small, number = one.to(torch.int32), torch.tensor(3)
    single, double = torch.randn(5), torch.randn(5, dtype=torch.float64)
    mask = single > 0
    check(
        Case(lambda a, b: (a + b, a * 2.5, a / b.clamp(min=1), a + 1, a > 0.5), (one, small)),
        Case(
            lambda a, b: (a + b, a * b, b - 1, a == b, torch.where(a > 0, a, b)), (single, double)
        ),
        Case(lambda a, n: (a + n, a * n, n / 2, a > n), (single, number)),
        Case(lambda m, a: (m + m, m * a, m & (a > 1), ~m, m.float(), m + 1), (mask, single)),
        Case(lambda a: (a.to(torch.uint8) * 3, a.int() // 2, a.int() % 3), (single.abs() * 50,)),
    )


def test_integers_wrap_and_divide_like_torch() -> None:
    big = torch.tensor([2**62, -(2**63), 2**63 - 1, -7, 7, 0, 13])
    by = torch.tensor([3, 2, -3, 2, -2, 5, -4])
    check(
        Case(lambda a, b: (a * a, a + a, a - b, a * b), (big, by), ((big, by),)),
        Case(
            lambda a, b: (a // b, a % b, torch.div(a, b, rounding_mode="trunc")),
            (big, by),
            ((big, by),),
        ),
        Case(lambda a, b: (torch.fmod(a, b), a.abs(), a.sign(), -a, a**3), (by, by), ((by, by),)),
        Case(lambda a, b: (a & b, a | b, a ^ b, ~a, a << 2, a >> 1), (big, by), ((big, by),)),
        Case(lambda a, b: (torch.gcd(a, b), a.to(torch.int32), a.bool()), (by, by)),
    )


def test_floats_become_integers_as_on_x86() -> None:
    x = torch.tensor([1.9, -1.9, 0.0, 3e9, -3e9, 1e20, -1e20, math.nan, math.inf, -math.inf])
    check(Case(lambda x: (x.int(), x.long(), x.double().long()), (x,), ((x,),)))


def test_clamp_and_where_pass_nan_on() -> None:
    x = ODD.clone()
    check(
        Case(lambda x: (x.clamp(-1, 1), x.clamp(min=0.25), x.clamp(max=2)), (x,), ((x,),)),
        Case(lambda x: (x.relu(), x.nan_to_num(), x.masked_fill(x > 0, 9.0)), (x,), ((x,),)),
        Case(lambda x: torch.where(x.isnan(), 0.0, x), (x,), ((x,),)),
    )


def test_a_saturated_tanh_keeps_its_gradient() -> None:
    """Where tanh rounds to 1, 1 - tanh^2 is 0 as in torch, not noise for Adam to scale up."""
    x = torch.linspace(-20, 20, 401)
    far = (x.abs() > 9.5).nonzero()[:, 0]
    check(Case(lambda x: 1e7 * (1 - torch.tanh(x) ** 2)[far], (x,), ((x,),)))


def test_extremes_with_a_number_keep_nan_and_the_sign_of_zero() -> None:
    def signs(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return 1 / torch.relu(x), torch.relu(x), x.clamp(-0.5, 1.5), x.clamp(max=0), x.clamp(0.25)

    x = ODD.repeat(2)[:23]
    check(Case(signs, (x,), ((x,), (-x,))))


def test_a_turn_takes_no_exponential():
    """exp(1j * x) is cos x + i sin x; what has no angle is no number, as in torch."""
    x = torch.tensor([0.0, 1.0, -2.5, 3e7, -1e30, torch.inf, -torch.inf, torch.nan])
    turn = ex.compile(lambda x: torch.exp(1j * x), x)
    found, expected = turn(x), torch.exp(1j * x)
    assert "exp_f" not in turn.c
    torch.testing.assert_close(found, expected, equal_nan=True)
