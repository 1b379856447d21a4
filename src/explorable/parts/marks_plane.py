"""Error bands, histograms, density curves and vector fields. Most are made of other marks: areas,
bars, curves, arrows; what is counted for them is counted in torch (trace/drawing/samples.py)."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from typing import Any

from .marks import (
    Channel,
    Colour,
    Mark,
    _mark,  # pyright: ignore[reportPrivateUsage]  (same floor, same checks)
    _paint,  # pyright: ignore[reportPrivateUsage]  (as above)
    _pair,  # pyright: ignore[reportPrivateUsage]  (as above)
    _range,  # pyright: ignore[reportPrivateUsage]  (as above)
)
from .source import mistake

MOST_BINS = 1000


def band(x: Any, low: Any, high: Any, *, colour: Colour = None, name: str | None = None) -> Mark:
    """What lies between two curves, ``low`` and ``high`` over ``x``: an error band.

    >>> ex.plot(ex.band(t, mean - sd, mean + sd), ex.curve(t, mean))
    >>> ex.band(t, q[:3], q[-3:].flip(0))      # (3, n): three bands, the inner ones darker

    x: real (n,). low, high: real (n,), or (m, n). It has the colour of the next mark, so that the
    curve drawn over it matches; colour: another.
    """
    channels = [
        Channel("xy", "positions", (x, high)),
        Channel("low", "positions", (x, low)),
    ]
    return _mark("area", channels, name, band=True, paint=_paint(colour))


def errorbars(
    x: Any, low: Any, high: Any, *, horizontal: bool = False, name: str | None = None
) -> Mark:
    """A bar with two caps at each place, from ``low`` to ``high``: how sure a number is.

    >>> ex.plot(ex.errorbars(t, mean - sd, mean + sd), ex.scatter(t, mean))
    >>> ex.errorbars(y, low, high, horizontal=True)       # from left to right, at heights y

    x, low, high: real (n,). They have the colour of the next mark; over bars, where x is 0, 1...,
    write them after those.
    """
    ends = ((low, x), (high, x)) if horizontal else ((x, low), (x, high))
    return _mark("segments", [Channel("xy", "span", ends)], name, caps=True, band=True)


def histogram(
    samples: Any,
    *,
    bins: int = 20,
    range: tuple[float, float] | None = None,
    density: bool = False,
    name: str | None = None,
) -> Mark:
    """How many samples fall into each of ``bins`` equal intervals, as bars.

    >>> ex.histogram(x)                                        # (n,), any shape
    >>> ex.histogram(x, bins=40, range=(-4, 4))                # the intervals stand still
    >>> ex.plot(ex.histogram(x, density=True), ex.density(x))  # with a smooth curve over it

    range: of all bins; None: from the smallest sample to the largest. Samples outside it are not
    counted, nor those that are not numbers. density: heights whose area is one. Two in a plot show
    through one another; give them one range.
    """
    if isinstance(bins, bool) or not isinstance(bins, int) or not 1 <= bins <= MOST_BINS:
        raise mistake(f"bins is a whole number from 1 to {MOST_BINS}, got {bins!r}")
    within = _range("range", range) or ()
    channels = [
        Channel("heights", "counts", (samples, bins, density, *within)),
        Channel("x", "bins", (samples, bins, *within)),
    ]
    return _mark("bars", channels, name, False, joined=True)


def density(
    samples: Any,
    *,
    bandwidth: Any = None,
    range: tuple[float, float] | None = None,
    name: str | None = None,
) -> Mark:
    """A smooth curve of how densely samples lie: a small bell on each, summed; its area is one.

    >>> ex.density(x)
    >>> ex.density(x, bandwidth=width, range=(-4, 4))      # width: a number or a tensor ()

    bandwidth: the standard deviation of the bells; None is Scott's rule, the samples' own times
    n to the power -1/5. range: of the curve; None: the samples' and three bandwidths more.
    """
    given = () if bandwidth is None else (bandwidth,)
    channel = Channel("xy", "density", (samples, _range("range", range) or (), *given))
    return _mark("curve", [channel], name, False)


def arrows(
    vectors: Any,
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    even: bool = False,
    scale: Any = None,
    name: str | None = None,
) -> Mark:
    """A vector field: a quiet arrow at each place of a grid over a rectangle.

    >>> ex.arrows(field, x=(-3, 3), y=(-2, 2))              # (rows, columns, 2)
    >>> ex.arrows(1 / z.conj(), x=(-1, 1), y=(-1, 1))       # complex (rows, columns)
    >>> ex.arrows(field, x=(-3, 3), y=(-2, 2), even=True)   # directions alone

    Row 0 lies at y's low end. The longest arrow is as long as the grid allows; scale: a number or
    a tensor () that vectors are drawn times instead, so that lengths can be compared from one
    setting to the next. even: all arrows are equally long.
    """
    if even and scale is not None:
        raise mistake("even arrows have no scale=; leave one of them out")
    across, up = _rectangle(x, y)
    given = () if scale is None else (scale,)
    channel = Channel("xy", "field", (vectors, across, up, even, *given))
    return _mark("arrow", [channel], name, False, field=True)


def streamlines(
    vectors: Any,
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    name: str | None = None,
) -> Mark:
    """The lines along which a vector field flows, evenly apart, over a rectangle.

    >>> ex.streamlines(field, x=(-3, 3), y=(-2, 2))       # (rows, columns, 2)
    >>> ex.streamlines(velocity, x=(-3, 3), y=(-2, 2))    # complex (rows, columns)

    Row 0 lies at y's low end; between the places of the grid the field is interpolated. How fast
    it flows does not show: colour or arrows may.
    """
    across, up = _rectangle(x, y)
    channel = Channel("vectors", "vectors", (vectors,))
    return _mark("streamlines", [channel], name, x=across, y=up)


def _rectangle(x: Any, y: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    across, up = _range("x", x), _range("y", y)
    if across is None or up is None:
        raise mistake("a field lies over a rectangle: x=(low, high), y=(low, high)")
    return across, up


def bracket(start: Any, end: Any, text: str, *, name: str | None = None) -> Mark:
    """A bracket from one place to another, with a text at its middle: what a distance is called.

    >>> ex.bracket((0, 0), (1, 0), "one")              # over the line; from right to left: under it
    >>> ex.bracket(mean, mean + sd, f"σ = {sd:.2f}")    # complex, or tensors (2,)

    It lies on the left of the way from start to end. The text may be a live f-string.
    """
    if not isinstance(text, str):
        raise mistake(f"a bracket's text is a string, got {type(text).__name__}")
    channel = Channel("xy", "span", (_pair(start), _pair(end)))
    return _mark("bracket", [channel], name, text=text)
