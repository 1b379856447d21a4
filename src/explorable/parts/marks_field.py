"""The mark that is computed pixel by pixel: a function of the plane at the screen's resolution."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .marks import Channel, Mark, _mark, _range  # pyright: ignore[reportPrivateUsage]  (same floor)
from .source import mistake


def field(
    function: Callable[[Any, Any], Any],
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    name: str | None = None,
) -> Mark:
    """A picture that is a function of the place, computed for every pixel of the reader's screen.

    >>> ex.field(lambda x, y: 0.5 + 0.5 * torch.sin(x * y), x=(-4, 4), y=(-3, 3))
    >>> def colour(x, y):
    ...     turn = torch.atan2(y, x)[..., None] + torch.tensor([0.0, 2.1, 4.2])
    ...     return 0.5 + 0.5 * torch.cos(turn + time)
    >>> ex.plot(ex.field(colour, x=(-2, 2), y=(-1, 1)), axes=False)

    function: takes two float32 tensors of one shape, the places of pixels in data units, and gives
    grey of that shape, or red, green and blue in one more dimension, from 0 to 1. It may read
    controls, values and weights around it, and treats every pixel by itself: it is called for
    blocks of pixels, never for the whole picture. While something moves the picture is as fine as
    a frame's time allows; at rest it is sharp. ``name=`` gives its values on a grid of 64 x 64.
    """
    if not callable(function):
        raise mistake(
            f"field takes a function of x and y, got {type(function).__name__}",
            fix="ex.image(values) draws a tensor; ex.field(lambda x, y: ..., x=..., y=...)",
        )
    rectangle = _range("x", x), _range("y", y)
    if None in rectangle:
        raise mistake("a field needs x=(low, high) and y=(low, high): the rectangle it fills")
    channel = Channel("values", "pixels", (function, *rectangle))
    return _mark("field", [channel], name, x=rectangle[0], y=rectangle[1])
