"""A square wave from its harmonics: the overshoot that never goes away, and one way to calm
it."""

import math

import torch

import explorable as ex

most = 32
k = torch.arange(1, most + 1)
odd = 2 * k - 1
t = torch.linspace(-0.5, 1.5, 601)
tones = torch.sin(2 * math.pi * odd[:, None] * t)
square = torch.where(t % 1 < 0.5, 1.0, -1.0)


@ex.figure
def fourier(harmonics=ex.integer(1, most, value=6), smooth=ex.toggle(label="fade out (Lanczos)")):
    """A square wave built from sines of odd frequency, and the strength of each sine.

    However many sines are added, the sum overshoots each jump by nine percent of its height:
    Gibbs' phenomenon. Fading out the high ones removes it, at the price of a slower jump.
    """
    strength = torch.where(k <= harmonics, 4 / (math.pi * odd), 0)
    if smooth:
        strength = strength * torch.sinc(odd / (2 * harmonics + 1))
    wave = (strength[:, None] * tones).sum(0)
    return ex.column(
        ex.plot(
            ex.curve(t, square, dash=True),
            ex.curve(t, wave, name="sum"),
            x=(-0.5, 1.5), y=(-1.5, 1.5), title=f"largest value {wave.max():.3f}",
        ),
        ex.plot(
            ex.bars(strength, name="strength"),
            y=(0, 1.3), title="strength of each harmonic", aspect=5,
        ),
    )  # fmt: skip
