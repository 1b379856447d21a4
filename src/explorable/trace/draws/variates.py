"""Draws that torch makes by trying until one fits: gamma, Dirichlet, Poisson, binomial, von Mises.

A trace cannot try again, so a fixed number of tries is drawn and the first that fits is taken; that
none fits happens once in 10 million draws or less.
"""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch

Tensor = torch.Tensor
Size = Sequence[Any]  # Any: int or SymInt


class Source(Protocol):
    """What these draws are made of."""

    def uniform(self, size: Size, dtype: torch.dtype) -> Tensor:
        """[0, 1)."""
        ...

    def positive(self, size: Size, dtype: torch.dtype) -> Tensor:
        """(0, 1]."""
        ...

    def normal(self, size: Size, dtype: torch.dtype) -> Tensor:
        """Standard normal."""
        ...


TRIES = 10
"""Of those below the least likely to fit, von Mises's aside, does in 8 of 10 cases."""


def _first_fit(fits: Tensor, values: Tensor, otherwise: Tensor) -> Tensor:
    """Along the first axis: the first value that fits."""
    found = otherwise.to(values.dtype).expand(values.shape[1:])
    for k in reversed(range(values.shape[0])):
        found = torch.where(fits[k], values[k], found)
    return found


def gamma(source: Source, shape: Tensor) -> Tensor:
    """Standard gamma by Marsaglia and Tsang: a normal number to the third, if it fits."""
    # Shapes below 1 are drawn one up, and scaled down.
    raised = torch.where(shape < 1, shape + 1, shape)
    d = raised - 1 / 3
    x = source.normal((TRIES, *shape.shape), shape.dtype)
    u = source.positive((TRIES, *shape.shape), shape.dtype)
    v = (1 + x / torch.sqrt(9 * d)) ** 3
    log_v = torch.log(torch.where(v > 0, v, 1.0))
    fits = (v > 0) & (torch.log(u) < 0.5 * x * x + d * (1 - v + log_v))
    drawn = d * _first_fit(fits, v, torch.ones((), dtype=shape.dtype))
    down = source.positive(shape.shape, shape.dtype) ** (1 / shape)
    return torch.where(shape < 1, drawn * down, drawn).clamp(min=torch.finfo(shape.dtype).tiny)


def dirichlet(source: Source, shape: Tensor) -> Tensor:
    """Gamma numbers, as shares of their sum."""
    parts = gamma(source, shape)
    shares = parts / parts.sum(-1, keepdim=True)
    limits = torch.finfo(shape.dtype)
    return shares.clamp(min=limits.tiny, max=1 - limits.eps / 2)


_FEW = 64
"""More than a count ever is whose mean is below 10."""


def _counted(source: Source, size: Size, log_chance: Callable[[Tensor], Tensor]) -> Tensor:
    """By inversion: how many of the chances up to k lie below a uniform number."""
    k = torch.arange(_FEW, dtype=torch.float64)
    below = torch.cumsum(torch.exp(log_chance(k)), -1)
    return (source.uniform(size, torch.float64).unsqueeze(-1) >= below).sum(-1).to(torch.float64)


def poisson(source: Source, rate: Tensor) -> Tensor:
    """By inversion where few are expected, else by Hörmann's transformed rejection (PTRS)."""
    few = torch.clamp(rate.to(torch.float64), max=10).unsqueeze(-1)
    counted = _counted(
        source, rate.shape, lambda k: torch.xlogy(k, few) - few - torch.lgamma(k + 1)
    )
    mean = torch.clamp(rate.to(torch.float64), min=10)
    b = 0.931 + 2.53 * torch.sqrt(mean)
    a = -0.059 + 0.02483 * b
    size = (TRIES, *rate.shape)
    u = source.uniform(size, torch.float64) - 0.5
    v = source.positive(size, torch.float64)
    inside = 0.5 - u.abs()
    k = torch.floor((2 * a / inside + b) * u + mean + 0.43)
    steep = torch.log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (inside * inside) + b))
    likely = steep <= k * torch.log(mean) - mean - torch.lgamma(k.clamp(min=0) + 1)
    plain = (inside >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2))
    odd = (k < 0) | ((inside < 0.013) & (v > inside))
    many = _first_fit(plain | (~odd & likely), k, torch.round(mean))
    return torch.where(rate < 10, counted, many).to(rate.dtype)


def binomial(source: Source, count: Tensor, chance: Tensor) -> Tensor:
    """By inversion where few are expected, else by Hörmann's transformed rejection (BTRS)."""
    n, p = torch.broadcast_tensors(count.to(torch.float64), chance.to(torch.float64))
    rare = torch.minimum(p, 1 - p)
    expected = n * rare
    q = torch.where(expected < 10, rare, 0.0).unsqueeze(-1)
    whole = n.unsqueeze(-1)

    def log_chance(k: Tensor) -> Tensor:
        left = (whole - k).clamp(min=0)
        ways = torch.lgamma(whole + 1) - torch.lgamma(k + 1) - torch.lgamma(left + 1)
        found = ways + torch.xlogy(k, q) + left * torch.log1p(-q)
        return torch.where(k <= whole, found, -math.inf)

    counted = torch.minimum(_counted(source, n.shape, log_chance), n)
    many = _many_of(
        source, torch.where(expected < 10, 100.0, n), torch.where(expected < 10, 0.5, rare)
    )
    drawn = torch.where(expected < 10, counted, many)
    return torch.where(p > 0.5, n - drawn, drawn).to(count.dtype)


def _many_of(source: Source, n: Tensor, q: Tensor) -> Tensor:
    """A binomial number where at least 10 are expected."""
    spread = torch.sqrt(n * q * (1 - q))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * q
    size = (TRIES, *n.shape)
    u = source.uniform(size, torch.float64) - 0.5
    v = source.positive(size, torch.float64)
    inside = 0.5 - u.abs()
    k = torch.floor((2 * a / inside + b) * u + n * q + 0.5)
    within = (k >= 0) & (k <= n)
    mode, k = torch.floor((n + 1) * q), torch.minimum(k.clamp(min=0), n)
    ways = torch.lgamma(mode + 1) + torch.lgamma(n - mode + 1)
    ways = ways - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    steep = torch.log(v * (2.83 + 5.1 / b) * spread / (a / (inside * inside) + b))
    likely = steep <= ways + (k - mode) * torch.log(q / (1 - q))
    plain = (inside >= 0.07) & (v <= 0.92 - 4.2 / b)
    return _first_fit(within & (plain | likely), k, mode)


def von_mises(
    source: Source, loc: Tensor, concentration: Tensor, proposal: Tensor, size: Size
) -> Tensor:
    """By Best and Fisher, whose tries fit in two of three cases."""
    many = (2 * TRIES, *size)
    turn, test, side = (source.positive(many, torch.float64) for _ in range(3))
    z = torch.cos(math.pi * turn)
    f = (1 + proposal * z) / (proposal + z)
    c = concentration * (proposal - f)
    fits = (c * (2 - c) - test > 0) | (torch.log(c / test) + 1 - c >= 0)
    angle = torch.sign(side - 0.5) * torch.acos(f.clamp(-1, 1))
    drawn = _first_fit(fits, angle, torch.zeros((), dtype=torch.float64))
    return (drawn + math.pi + loc) % (2 * math.pi) - math.pi
