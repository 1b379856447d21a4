"""Float32 numbers as whole ones of eight bits and a scale for each row, column or so: what
``weights="int8"`` makes of a closed-over tensor. Pure NumPy; the same numbers always give the same
codes, so that nobody has to remember which tensor was rounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", np.float32, np.float64)
LARGEST = 127
"""The codes are -127..127: as many below zero as above."""
FEWEST_OF_A_SCALE = 16
"""Numbers that share a scale, at least: its four bytes must not cost what the codes save."""
_SCALE_BITS = 17
"""Of a scale's significand, so that code times scale needs no rounding in float32's 24."""


@dataclass(frozen=True)
class Coded:
    """An array as codes, each to be multiplied by the scale of its index in dimension ``along``."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    along: int

    @property
    def numbers(self) -> NDArray[np.float32]:
        """What the codes stand for, exactly."""
        return self.codes.astype(np.float32) * _spread(self.scales, self.codes.ndim, self.along)


def coded(numbers: NDArray[np.float32]) -> Coded | None:
    """``numbers`` as codes, along the dimension that loses least; None where they have no codes:
    vectors (a bias), rows too short for a scale of their own, infinities and NaN.

    >>> coded(np.eye(16, dtype=np.float32)).scales[0]      # whole numbers stay what they are
    0.0078125

    What codes stand for has those very codes again.
    """
    if numbers.ndim < 2 or not np.isfinite(numbers).all():
        return None
    sizes = [numbers.size // max(extent, 1) for extent in numbers.shape]
    made = [_along(numbers, k) for k, n in enumerate(sizes) if n >= FEWEST_OF_A_SCALE]
    return min(made, key=lambda one: _lost(one, numbers), default=None)


def _along(numbers: NDArray[np.float32], along: int) -> Coded:
    wide = numbers.astype(np.float64)
    others = tuple(k for k in range(numbers.ndim) if k != along)
    least = np.abs(wide).max(axis=others) / LARGEST
    # What is whole over a power of two (pictures, masks, counts) loses nothing by such a scale.
    fraction, exponent = np.frexp(least)
    powers = np.ldexp(1.0, exponent - (fraction == 0.5))
    exactly = wide / _spread(powers, wide.ndim, along)
    whole = (np.rint(exactly) == exactly).all(axis=others)
    scales = np.where(whole, powers, _cut(least))
    scales = np.where(least > 0, scales, 0.0).astype(np.float32)
    divisors = np.where(scales > 0, scales, 1.0).astype(np.float64)
    codes = np.rint(wide / _spread(divisors, wide.ndim, along)).clip(-LARGEST, LARGEST)
    return Coded(codes.astype(np.int8), scales, along)


def _cut(scales: NDArray[np.float64]) -> NDArray[np.float64]:
    """The next number, or the same, with fewer bits; upwards, so that the largest has a code."""
    fraction, exponent = np.frexp(scales)
    return np.ldexp(np.ceil(np.ldexp(fraction, _SCALE_BITS)), exponent - _SCALE_BITS)


def _spread(scales: NDArray[_Number], dimensions: int, along: int) -> NDArray[_Number]:
    return scales.reshape([-1 if k == along else 1 for k in range(dimensions)])


def _lost(one: Coded, numbers: NDArray[np.float32]) -> float:
    return float(np.square(one.numbers.astype(np.float64) - numbers).sum())
