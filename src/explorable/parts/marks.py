"""Marks: frozen records of drawn things. Their channels are tensors, kept opaque: no torch here.

What a channel may look like (complex, (..., 2), two tensors) is decided where tensors are known,
in `trace/drawing/channels.py`.
"""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from ..errors import Line
from .controls import Control
from .source import calling_line, mistake

Form = Literal[
    "positions", "pairs", "arrow", "area", "each", "heights", "values", "labels", "mask",
    "notes", "shade",
    "edges", "along", "joined",
    "samples",
    "counts", "bins", "density", "field", "vectors", "span",
    "weights", "pairwise",
    "pixels",
    "space",
]  # fmt: skip
Edit = bool | tuple[Any, ...] | None  # controls, or what a function received for them
Colour = (
    int | Literal["ink", "soft"] | None
)  # of the series, or a quiet one; None: the next in turn
SERIES = 8


@dataclass(frozen=True, eq=False)
class Channel:
    """What the author gave for one slot of a mark, and how it is to be read."""

    slot: str
    form: Form
    given: tuple[Any, ...] = field(repr=False)  # the author's tensors


@dataclass(frozen=True, eq=False)
class Mark:
    """One drawn thing. ``channels[0]`` is the one that the reader edits."""

    kind: str
    channels: tuple[Channel, ...]
    options: dict[str, Any] = field(default_factory=dict)  # plain data of spec.d.ts, and texts
    name: str | None = None
    edit: Edit = None
    line: Line | None = field(default=None, repr=False)


def _mark(
    kind: str, channels: Sequence[Channel], name: str | None, edit: Any = None, **options: Any
) -> Mark:
    for channel in channels:
        for given in channel.given:
            if given is None or isinstance(given, (str, Control)):
                shown = "None" if given is None else f"{type(given).__name__.lower()} {given!r:.40}"
                raise mistake(f"{kind} draws tensors, got {shown}")
    if name is not None and not isinstance(name, str):
        raise mistake(f"name is a string, got {type(name).__name__}")
    if isinstance(edit, (list, tuple)):
        edit = tuple(cast("Sequence[Any]", edit))
    elif edit is not None and not isinstance(edit, bool):
        raise mistake(f"edit is True, False or a list of controls, got {type(edit).__name__}")
    kept = {k: v for k, v in options.items() if v is not None and v is not False}
    return Mark(kind, tuple(channels), kept, name, edit, calling_line())


def _paint(colour: object) -> int | str | None:
    if colour is None or colour in ("ink", "soft"):
        return cast("str | None", colour)
    if isinstance(colour, bool) or not isinstance(colour, int) or not 0 <= colour < SERIES:
        raise mistake(
            f"colour is a number of the series, 0 to {SERIES - 1}, or 'ink' or 'soft', "
            f"got {colour!r:.40}"
        )
    return colour


def _given(x: Any, y: Any) -> tuple[Any, ...]:
    return (x,) if y is None else (x, y)


def _range(name: str, given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    try:
        low, high = (float(v) for v in given)
    except (TypeError, ValueError):
        raise mistake(f"{name} is a range (low, high) of two numbers, got {given!r}") from None
    if not low < high:
        raise mistake(f"{name} is a range (low, high) with low < high, got ({low:g}, {high:g})")
    return low, high


def curve(
    x: Any,
    y: Any = None,
    *,
    closed: bool = False,
    width: float | None = None,
    dash: bool = False,
    colour: Colour = None,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """A line through positions; leading dimensions are many curves.

    >>> ex.curve(z)                    # complex (n,), or real (n, 2)
    >>> ex.curve(t, x)                 # two tensors (n,)
    >>> ex.curve(h)                    # real (n,): heights over 0..n-1
    >>> ex.curve(paths)                # complex (m, n): m curves

    closed: joins the last to the first. width: CSS pixels. dash: a dashed line. colour: 0 to 7 of
    the series, "ink" or "soft"; None: the next in turn. Marks that mean one thing have one colour.
    """
    channel = Channel("xy", "positions", _given(x, y))
    return _mark(
        "curve", [channel], name, edit, closed=closed, width=width, dash=dash, paint=_paint(colour)
    )


def scatter(
    x: Any,
    y: Any = None,
    *,
    size: Any = None,
    colour: Any = None,
    low: float | None = None,
    high: float | None = None,
    labels: Any = None,
    classes: Sequence[str] | None = None,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """Dots at positions.

    >>> ex.scatter(z)                                   # complex (n,), or real (n, 2)
    >>> ex.scatter(x, y, size=2 + 3 * mass.sqrt())      # each its radius
    >>> ex.scatter(x, y, colour=depth)                  # each its value on a scale, with a key
    >>> ex.scatter(xy, labels=kind, classes=["setosa", "virginica"])

    size: radius in CSS pixels, a number or a tensor (n,). colour: real (n,), from dark to bright,
    or around zero if it holds both signs; low, high: the range of colours, None: of the data. Or
    one colour for all, as that of a curve.
    labels: int64 (n,), one colour per class; classes: their names, shown in the legend.
    """
    channels = [Channel("xy", "positions", _given(x, y))]
    if size is not None and not isinstance(size, (int, float)):
        channels.append(Channel("radii", "each", (size, *_given(x, y))))
        size = None
    elif size is not None and not size > 0:
        raise mistake(f"size is a radius above 0, in CSS pixels, got {size:g}")
    paint = None
    if isinstance(colour, (int, str)):
        paint, colour = _paint(colour), None
    if colour is not None and labels is not None:
        raise mistake("dots have colour= (on a scale) or labels= (by class), not both")
    if colour is not None:
        channels.append(Channel("colours", "each", (colour, *_given(x, y))))
    elif low is not None or high is not None:
        raise mistake("low and high are the range of colour=, and there is none")
    if labels is not None:
        channels.append(Channel("labels", "labels", (labels,)))
    elif classes is not None:
        raise mistake("classes name the numbers in labels=, and there are none")
    names = None if classes is None else _strings("classes", classes)
    return _mark(
        "scatter", channels, name, edit, size=size, low=low, high=high, classes=names, paint=paint
    )


def _strings(name: str, given: Any) -> tuple[str, ...]:
    """Several texts; one alone is a string too, and would be taken for its letters."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise mistake(f"{name} are strings, in a list, got {given!r:.40}")
    strings = tuple(cast("Sequence[Any]", given))
    if any(not isinstance(text, str) for text in strings):
        raise mistake(f"{name} are strings, in a list")
    return strings


def segments(
    start: Any, end: Any = None, *, colour: Colour = None, name: str | None = None
) -> Mark:
    """Straight lines from ``start`` to ``end``, or one tensor (..., 2, 2), complex (..., 2).

    >>> ex.segments(xy, xy + 0.1)
    """
    channel = Channel("xy", "pairs", _given(start, end))
    return _mark("segments", [channel], name, paint=_paint(colour))


def arrow(
    start: Any,
    vector: Any = None,
    *,
    colour: Colour = None,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """Arrows: ``arrow(v)`` from the origin to v, ``arrow(p, v)`` from p to p + v.

    >>> ex.arrow(z, name="z")
    >>> ex.arrow(z, 1j * z, name="velocity")

    Given a control its tip is dragged; ``edit=True`` makes a computed tip draggable, and the
    controls behind it follow. colour: as that of a curve.
    """
    channel = Channel("xy", "arrow", _given(start, vector))
    return _mark("arrow", [channel], name, edit, paint=_paint(colour))


def area(
    x: Any, y: Any = None, *, low: Any = None, colour: Colour = None, name: str | None = None
) -> Mark:
    """The area between a curve and ``low`` (heights (n,), default 0). colour: as that of a curve.

    >>> ex.area(x, x**2)
    >>> ex.area(x, x + 1, low=x - 1, name="within one")
    """
    channels = [Channel("xy", "positions", _given(x, y))]
    if low is not None:
        channels.append(Channel("low", "area", (low, *_given(x, y))))
    return _mark("area", channels, name, paint=_paint(colour))


def bars(
    heights: Any,
    *,
    x: Any = None,
    labels: Sequence[str] | None = None,
    stacked: bool = False,
    horizontal: bool = False,
    groups: Sequence[str] | None = None,
    colour: Colour = None,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """Bars from zero.

    >>> ex.bars(heights)                                  # (n,); a tensor control is dragged here
    >>> ex.bars(both, labels=days, groups=["sun", "rain"])     # (groups, n): side by side
    >>> ex.bars(parts, stacked=True)                      # (groups, n): one upon the other
    >>> ex.bars(heights, horizontal=True, labels=days)    # to the right, the first at the bottom

    x: places (n,), else 0, 1... labels: one text per bar, may be live. groups: the names of the
    groups, shown in the legend. Stacked heights below zero go down from there. colour: as that of
    a curve; groups have one each.
    """
    channels = [Channel("heights", "heights", (heights,))]
    if x is not None:
        channels.append(Channel("x", "heights", (x,)))
    if labels is not None and any(not isinstance(text, str) for text in labels):
        raise mistake("labels of bars are strings")
    if colour is not None and (stacked or groups is not None):
        raise mistake("groups of bars have one colour each; leave colour= out")
    if stacked and edit:
        raise mistake("stacked bars are not dragged; draw them side by side, or leave edit= out")
    return _mark(
        "bars", channels, name, False if stacked else edit, stacked=stacked,
        horizontal=horizontal, paint=_paint(colour),
        labels=None if labels is None else tuple(labels),
        classes=None if groups is None else _strings("groups", groups),
    )  # fmt: skip


def heatmap(
    values: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    rows: Any = None,
    columns: Any = None,
    x: tuple[float, float] | None = None,
    y: tuple[float, float] | None = None,
    tint: bool = False,
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """Cells coloured by value: (rows, columns), row 0 at the top.

    >>> ex.heatmap(ink)                                 # a tensor control is painted here
    >>> ex.heatmap(weights, rows=text, columns=text)    # labels: strings, or an ex.text

    low, high: the range of colours, None: of the data. x, y: the rectangle, in data units. tint:
    one colour that fades into the ground towards zero, for shares and other values of which most
    are small; so has what the reader paints.
    """
    return _mark(
        "heatmap", [Channel("values", "values", (values,))], name, edit,
        low=low, high=high, rows=_axis("rows", rows), columns=_axis("columns", columns),
        x=_range("x", x), y=_range("y", y), tint=tint,
    )  # fmt: skip


def _axis(name: str, given: Any) -> Any:
    if given is None or isinstance(given, Typed):
        return given
    if isinstance(given, Sequence) and all(isinstance(text, str) for text in given):  # pyright: ignore[reportUnknownVariableType]  (checked here)
        return tuple(given)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  (checked here)
    raise mistake(f"{name} are strings or an ex.text, got {type(cast('Any', given)).__name__}")


@dataclass(frozen=True, eq=False)
class Typed:
    """A text control as the author's function receives it: ``.ids`` int64 (n,), and itself as
    labels."""

    text: str
    ids: Any  # a tensor
    control: Control

    def __str__(self) -> str:
        return self.text


def image(
    values: Any,
    *,
    x: tuple[float, float] | None = None,
    y: tuple[float, float] | None = None,
    columns: int | None = None,
    labels: Sequence[str] | None = None,
    name: str | None = None,
) -> Mark:
    """A picture, or several in rows: (h, w), (h, w, 3) or (h, w, 4); floats 0..1, or uint8.

    >>> ex.image(photograph)                                  # (h, w, 3)
    >>> ex.image(net[0].weight[:, 0], columns=4)              # (n, h, w): n pictures in rows of 4
    >>> ex.image(digits, labels=[f"{p:.0%}" for p in shares]) # a line under each, may be live

    x, y: the rectangle, in data units. Several pictures are (n, h, w), (n, h, w, 3) or
    (n, h, w, 4); columns: how many in a row. Small pictures show their pixels, enlarged and sharp.
    """
    if columns is not None and (
        isinstance(columns, bool) or not isinstance(columns, int) or columns < 1
    ):
        raise mistake(f"columns is how many pictures stand in a row, got {columns!r}")
    if labels is not None and any(not isinstance(text, str) for text in labels):
        raise mistake("labels of an image are strings")
    channel = Channel("values", "values", (values,))
    return _mark(
        "image", [channel], name, x=_range("x", x), y=_range("y", y),
        across=columns, labels=None if labels is None else tuple(labels),
    )  # fmt: skip


def contour(
    values: Any,
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    levels: int | Sequence[float] = 10,
    filled: bool = False,
    labels: bool = False,
    width: float | None = None,
    low: float | None = None,
    high: float | None = None,
    tint: bool = False,
    name: str | None = None,
) -> Mark:
    """Lines of equal value over a rectangle: values (rows, columns), row 0 at y's low end.

    >>> ex.contour(f(xy), x=(-2, 2), y=(-2, 2), labels=True)      # numbers set into the lines
    >>> ex.contour(f(xy), x=(-2, 2), y=(-2, 2), levels=[0.0])     # one line: where f is zero
    >>> ex.contour(f(xy), x=(-2, 2), y=(-2, 2), filled=True)      # bands of colour, with a key

    levels: how many (round values are chosen), or which. width: CSS pixels. low, high: the range of
    the bands' colours, None: of the data. tint: one colour that fades into the paper towards zero.
    """
    if isinstance(levels, bool) or (isinstance(levels, int) and levels < 1):
        raise mistake(f"levels is how many (1 or more), or a list of values, got {levels}")
    chosen = levels if isinstance(levels, int) else [float(v) for v in levels]
    channel = Channel("values", "values", (values,))
    return _mark(
        "contour", [channel], name, x=_range("x", x), y=_range("y", y), levels=chosen,
        filled=filled, labels=labels, width=width, low=low, high=high, tint=tint,
    )  # fmt: skip


def mesh(x: Any, y: Any = None, *, name: str | None = None) -> Mark:
    """A warped grid: positions (rows, columns, 2), or complex (rows, columns).

    >>> ex.mesh(grid**2)
    """
    return _mark("mesh", [Channel("xy", "positions", _given(x, y))], name)


def label(
    position: Any, text: str, *, at: Any = None, colour: Colour = None, name: str | None = None
) -> Mark:
    """A text at a place, which may be a live f-string.

    >>> ex.label(z, f"z = {z:.2f}")                # beside it, where there is room
    >>> ex.label(peak, "the peak", at=(2, 0.9))    # over there, with a line to its place
    >>> ex.label(w, r"$\\theta_1^2$")               # θ₁²

    position, at: complex, a tensor (2,), or a pair of numbers. colour: as that of a curve; that of
    what it names tells that they belong together. A formula between dollars, here, in titles, names
    of axes and labels of controls, becomes a line of characters; without one for a sign: an error.
    """
    if not isinstance(text, str):
        raise mistake(f"a label's text is a string, got {type(text).__name__}")
    channels = [Channel("xy", "positions", _pair(position))]
    if at is not None:
        channels.append(Channel("at", "positions", _pair(at)))
    return _mark("label", channels, name, text=text, paint=_paint(colour))


def _pair(position: Any) -> tuple[Any, ...]:
    """A place as a channel is given: a tensor, or two numbers."""
    if isinstance(position, (list, tuple)):
        return tuple(cast("Sequence[Any]", position))
    return (position,)


def readout(text: Any, *, label: str | None = None, name: str | None = None) -> Mark:
    """A number beside the plot: a live f-string, or a tensor ``()`` (shown with three digits).

    >>> ex.readout(f"{loss:.3f}", label="loss")
    """
    if text is None:
        raise mistake("readout shows a string or a tensor, got None")
    return _mark(
        "readout", [], name, text=text if isinstance(text, str) else f"{text:.3g}", label=label
    )


MARKS = (
    "band", "errorbars", "histogram", "density", "arrows", "streamlines", "bracket",
    "curve", "scatter", "segments", "arrow", "area", "bars", "heatmap",
    "image", "contour", "mesh", "label", "readout",
    "matrix", "board",
    "graph", "tree", "diagram", "network",
    "sprite",
    "sound",
    "tokens",
    "field",
    "surface",
)  # fmt: skip
