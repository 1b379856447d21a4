"""Marks in three dimensions: a plot that the reader turns, and the surface."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from .layout import Plot, Space, described
from .marks import Channel, Mark, _mark, _range  # pyright: ignore[reportPrivateUsage]  (same floor)
from .source import calling_line, mistake

Range = tuple[float, float]
IN_SPACE = ("curve", "scatter", "segments", "arrow", "mesh", "surface", "label")


def surface(positions: Any, *, name: str | None = None) -> Mark:
    """A shaded surface in ``ex.space``: a grid of places (rows, columns, 3), coloured by height.

    >>> x, y = torch.meshgrid(t, t, indexing="xy")
    >>> ex.space(ex.surface(torch.stack([x, y, f(x, y)], -1)))

    Some 40 by 40 places are plenty; every cell is a shape of its own.
    """
    return _mark("surface", [Channel("xyz", "space", (positions,))], name)


def space(
    *marks: Mark,
    x: Range | None = None,
    y: Range | None = None,
    z: Range | None = None,
    view: tuple[float, float] = (-60, 25),
    aspect: Literal["equal"] | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    z_label: str | None = None,
    title: str | None = None,
    legend: bool | None = None,
) -> Plot:
    """Marks in three dimensions, which the reader turns by mouse, touch or arrow keys.

    >>> ex.space(ex.curve(helix), ex.scatter(points, labels=kinds))       # (n, 3) each
    >>> ex.space(ex.surface(grid), ex.curve(path), view=(30, 40), z_label="loss")

    marks: ``ex.curve``, ``ex.scatter``, ``ex.segments``, ``ex.arrow``, ``ex.mesh``, ``ex.surface``
    and ``ex.label``, all with positions (..., 3). view: the degrees around the upright axis, and
    above the ground. aspect: "equal" gives all three axes the same unit; None a box of like sides.
    Turning computes nothing anew. Other arguments are those of ``ex.plot``.
    """
    for mark in marks:
        if not isinstance(mark, Mark):
            raise mistake(f"space takes marks, got {described(mark)}")
        if mark.kind not in IN_SPACE:
            known = ", ".join(f"ex.{kind}" for kind in IN_SPACE)
            raise mistake(f"{mark.kind} has no form in space; those that have: {known}")
    try:
        around, above = (float(angle) for angle in view)
    except (TypeError, ValueError):
        raise mistake(f"view is two angles in degrees, (around, above), got {view!r}") from None
    if not -90 <= above <= 90:
        raise mistake(f"view is (around, above) in degrees, above from -90 to 90, got {above:g}")
    if aspect not in (None, "equal"):
        raise mistake(f'aspect in space is "equal" or None, got {aspect!r}')
    for word, text in (("title", title), ("x_label", x_label), ("y_label", y_label),
                       ("z_label", z_label)):  # fmt: skip
        if text is not None and not isinstance(text, str):
            raise mistake(f"{word} is a string, got {described(text)}")
    seen = Space(_range("z", z), (around, above), (x_label, y_label, z_label))
    return Plot(
        tuple(_in_space(mark) for mark in marks), _range("x", x), _range("y", y), aspect=aspect,
        title=title, legend=legend, space=seen, line=calling_line(),
    )  # fmt: skip


def _in_space(mark: Mark) -> Mark:
    """The mark with its positions read as (..., 3). Nothing is edited there."""
    channels = tuple(
        replace(channel, slot="xyz", form="space") if channel.slot in ("xy", "xyz") else channel
        for channel in mark.channels
    )
    return replace(mark, channels=channels, edit=False)
