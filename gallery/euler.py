"""Euler's identity as a walk: the terms of the exponential series, laid one after another."""

import math

import torch

import explorable as ex

most = 24
k = torch.arange(most)
turns = torch.tensor([1, 1j, -1, -1j]).repeat(most // 4)  # i to the power k
factorial = torch.exp(torch.lgamma(k + 1.0))
circle = torch.exp(1j * torch.linspace(0, 2 * math.pi, 129))


@ex.figure(width=560)
def euler(
    theta=ex.slider(-math.pi, math.pi, value=math.pi, label="θ"),
    terms=ex.integer(1, most, value=10, label="terms"),
):
    """The sum of (iθ)^k / k! as a walk that turns left at every step and ends at cos θ + i sin
    θ.

    Each term stands at a right angle to the one before, and shrinks as soon as k has passed θ.
    At θ = π the walk closes in on -1: Euler's identity.
    """
    steps = torch.where(k < terms, turns * theta**k / factorial, 0)
    corners = torch.cumsum(steps, 0)
    walk = torch.cat([torch.zeros(1, dtype=corners.dtype), corners])
    end = corners[-1]
    return ex.plot(
        ex.curve(circle, dash=True),
        ex.curve(walk, name="partial sums"),
        ex.scatter(walk),
        ex.arrow(torch.exp(1j * theta), name="cos θ + i sin θ"),
        x=(-5, 3), y=(-4, 4), aspect="equal",
        title=f"{terms} terms: {end.real:.4f} {end.imag:+.4f} i",
    )  # fmt: skip
