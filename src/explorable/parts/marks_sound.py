"""The mark that is heard: a tensor of samples behind a button."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from typing import Any

from .marks import Channel, Mark, _mark  # pyright: ignore[reportPrivateUsage]  (same floor)
from .source import mistake

RATES = (8000, 96000)
"""Samples per second that every browser plays."""


def sound(samples: Any, rate: int = 44100, *, loop: bool = False, name: str | None = None) -> Mark:
    """Samples behind a button that plays them: float (n,), or (2, n) for left and right, -1 to 1.

    >>> ex.sound(x / 4)                                  # a second of sound has 44,100 samples
    >>> ex.column(ex.curve(x[:800]), ex.sound(x / 4, loop=True, name="the sum"))

    rate: samples per second, 8,000 to 96,000. loop: plays again and again until it is stopped.
    Nothing sounds before the reader presses the button. When a control moves while it plays, the
    new sound fades in where the old one was. What lies outside -1 to 1 is cut off.
    """
    if isinstance(rate, bool) or not isinstance(rate, int) or not RATES[0] <= rate <= RATES[1]:
        raise mistake(f"rate is samples per second, 8000 to 96000, got {rate!r}")
    if not isinstance(loop, bool):
        raise mistake(f"loop is True or False, got {loop!r}")
    return _mark("sound", [Channel("samples", "samples", (samples,))], name, rate=rate, loop=loop)
