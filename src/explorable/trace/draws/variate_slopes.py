"""How gamma and beta numbers move with their parameters: -(dF/da)/f of a sample x, with F and f its
distribution and density. The approximations are PyTorch's own (its Distributions.h, BSD-3), so that
gradients of samples agree with it: a series near the ends, a saddle point for large parameters, and
a rational fit in logarithms between.
"""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

Tensor = torch.Tensor
aten = torch.ops.aten


def _polynomial(x: Tensor, coefficients: Sequence[Tensor | float]) -> Tensor:
    """``c[0] + c[1] x + ...``"""
    *rest, last = coefficients
    total = last if isinstance(last, Tensor) else torch.full_like(x, last)
    for coefficient in reversed(rest):
        total = total * x + coefficient
    return total


def _choose(*cases: tuple[Tensor, Tensor], otherwise: Tensor) -> Tensor:
    for condition, value in reversed(cases):
        otherwise = torch.where(condition, value, otherwise)
    return otherwise


def _gamma_slope(shape: Tensor, sample: Tensor) -> Tensor:
    a, x = shape.to(torch.float64), sample.to(torch.float64)
    near = (x >= 0.9 * a) & (x <= 1.1 * a)
    return _choose(
        (x < 0.8, torch.nan_to_num(_gamma_series(a, x), nan=0.0)),
        ((a > 8) & near, _gamma_at_mean(a, x)),
        (a > 8, _gamma_saddle(a, x)),
        otherwise=_gamma_fit(a, x),
    ).to(sample.dtype)


def _gamma_series(a: Tensor, x: Tensor) -> Tensor:
    term = torch.ones_like(x)
    first, second = 1 / a, 1 / (a * a)
    for k in range(1, 6):
        term = term * -x / k
        first = first + term / (a + k)
        second = second + term / ((a + k) * (a + k))
    slope = (torch.log(x) - torch.digamma(a)) * first - second
    return -slope * x * torch.exp(x)


def _gamma_at_mean(a: Tensor, x: Tensor) -> Tensor:
    one = 1 + 24 * a * (1 + 12 * a)
    two = 1440 * a * a + 6 * x * (53 - 120 * x) - 65 * x * x / a + a * (107 + 3600 * x)
    return one * two / (1244160 * a**4)


def _gamma_saddle(a: Tensor, x: Tensor) -> Tensor:
    log_ratio, root = torch.log(x / a), torch.sqrt(8 * a)
    far = (x - a - a * log_ratio) ** -1.5
    inner = root / (a - x) + torch.where(x < a, -far, far)
    outer = log_ratio * inner - torch.sqrt(2 / a) * (a + x) / ((a - x) * (a - x))
    stirling = 1 + 1 / (12 * a) * (1 + 1 / (24 * a))
    return -stirling * x * outer / root


_GAMMA_FIT = (  # by powers of log(x / a), numerator and denominator by powers of log(a)
    ((0.16009398, -0.094634809, 0.025146376, -0.0030648343),
     (1.0, 0.32668115, 0.10406089, 0.0014179084)),
    ((0.53487893, 0.1298071, 0.065735949, -0.0015649758),
     (0.16639465, 0.020070113, -0.0035938915, -0.00058392623)),
    ((0.040121004, -0.0065914022, -0.0026286047, -0.0013441777),
     (0.017050642, -0.0021309326, 0.00085092367, -1.5247877e-07)),
)  # fmt: skip


def _gamma_fit(a: Tensor, x: Tensor) -> Tensor:
    u, v = torch.log(x / a), torch.log(a)
    above, below = (
        _polynomial(u, [_polynomial(v, power[part]) for power in _GAMMA_FIT]) for part in (0, 1)
    )
    return torch.exp(above / below)


def _dirichlet_slope(sample: Tensor, shape: Tensor, total: Tensor) -> Tensor:
    """Divided by 1 - x: one share of a Dirichlet number against all others is a beta number."""
    x, a, whole = (t.to(torch.float64) for t in (sample, shape, total))
    b = whole - a
    edge = whole * x * (1 - x)
    return _choose(
        ((x <= 0.5) & (edge < 2.5), torch.nan_to_num(_beta_from_0(x, a, b), nan=0.0)),
        ((x >= 0.5) & (edge < 0.75), torch.nan_to_num(_beta_from_1(1 - x, b, a), nan=0.0)),
        ((a > 6) & (b > 6), _beta_saddle(x, a, b)),
        otherwise=_beta_fit(x, a, whole),
    ).to(sample.dtype)


def _beta_from_0(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    factor = torch.digamma(a) - torch.digamma(a + b) - torch.log(x)
    term, series = torch.ones_like(x), (factor + 1 / a) / a
    for k in range(1, 11):
        term = term * (k - b) * x / k
        series = series + term / (a + k) * (factor + 1 / (a + k))
    return x * (1 - x) ** -b * series


def _beta_from_1(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    factor = torch.digamma(a + b) - torch.digamma(b)
    term, product, slope = torch.ones_like(x), torch.ones_like(x), torch.zeros_like(x)
    series = factor / a
    for k in range(1, 9):
        term = term * -x / k
        slope = slope * (b - k) + product
        product = product * (b - k)
        series = series + term / (a + k) * (slope + factor * product)
    return (1 - x) ** (1 - b) * series


def _beta_saddle(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    total = a + b
    mean, spread = a / total, torch.sqrt(a * b / (total + 1)) / total
    axis = b * x - a * (1 - x)
    # Around the mean, where the terms below are infinite, a polynomial.
    powers = (
        47 * x * b**4,
        (43 + 20 * (16 + 27 * b) * x) * b**3,
        3 * (59 + 180 * b - 90 * x) * b**2,
        (453 + 1620 * b * (1 - x) - 455 * x) * b,
        8 * (1 - x) * (135 * b - 11),
    )
    scale = (1 + 12 * a) * (1 + 12 * b) / (total * total * (1 - x))
    middle = scale * _polynomial(a, powers) / (12960 * a**3 * b**2 * (1 + 12 * total))
    stirling = _stirling(a) * _stirling(b) / _stirling(total)
    first = (2 * a * a + a * b) * (x - 1) - x * b * b
    first = first / (torch.sqrt(2 * a / b) * total**1.5 * axis * axis)
    distance = b * torch.log(b / (total * (1 - x))) + a * torch.log(a / (total * x))
    last = torch.where(x < mean, 1.0, -1.0) * distance**-1.5
    terms = first + 0.5 * torch.log(a / (total * x)) * (torch.sqrt(8 * a * b / total) / axis + last)
    away = -stirling * x / torch.sqrt(2 * a * b / total) * terms
    return torch.where((x - mean).abs() <= 0.1 * spread, middle, away)


def _stirling(x: Tensor) -> Tensor:
    return 1 + 1 / (12 * x) + 1 / (288 * x * x)


_BETA_FIT = (  # numerator, denominator; by powers of log(x); log(a / x); log(total x / a)
    (((1.003668233, -0.01061107488, -0.0657888334, 0.01201642863),
      (0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033),
      (-0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013)),
     ((0.221950385, -0.3187676331, 0.01799915743, 0.01074823814),
      (-0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057),
      (0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-05)),
     ((-0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565),
      (0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181),
      (0.005900514878, -0.001936558688, -9.495446725e-06, 5.385558597e-05))),
    (((1.0, -0.02924021934, -0.04438342661, 0.007285809825),
      (0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521),
      (-0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149)),
     ((0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273),
      (0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956),
      (-0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-05)),
     ((0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-05),
      (0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-05),
      (-0.0003477407336, 6.959756487e-05, 1.097287507e-05, -1.650964693e-06))),
)  # fmt: skip


def _beta_fit(x: Tensor, a: Tensor, total: Tensor) -> Tensor:
    u = torch.log(x)
    v = torch.log(a) - u
    w = torch.log(total) - v
    above, below = (
        _polynomial(u, [_polynomial(v, [_polynomial(w, row) for row in rows]) for rows in part])
        for part in _BETA_FIT
    )
    slope = x * (torch.digamma(total) - torch.digamma(a)) / (total - a)
    return above / below * slope


VARIATE_SLOPES: dict[Any, Callable[..., Tensor]] = {  # Any: OpOverload -> function
    aten._standard_gamma_grad.default: _gamma_slope,
    aten._dirichlet_grad.default: _dirichlet_slope,
}
