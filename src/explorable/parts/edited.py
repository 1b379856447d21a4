"""Controls that the reader edits in the mark that draws them: places and tensors, checked where the
author writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from .controls import (
    Array,
    Point,
    Points,
    Tensor,
    array_of,
    few_or_many,
    finite_number,
    frozen_array,
    least,
    whole_number,
)
from .source import calling_line, mistake


def point(x: complex, y: float | None = None, *, label: str | None = None) -> Any:
    """A place in a plot; ``point(x, y)`` arrives as float32 ``(2,)``, ``point(1 + 2j)`` as
    complex64 ``()``.

    >>> ex.point(1.5, -0.5)
    >>> ex.point(1 + 0.5j, label="z")

    It is dragged, or moved by the arrow keys, in the mark that draws it: ``ex.scatter``,
    ``ex.arrow`` or ``ex.curve``; a point that no mark draws is an error.
    """
    if y is None:
        if not isinstance(x, complex):
            raise mistake("point takes two numbers, or one complex number such as 1 + 0.5j")
        if not (math.isfinite(x.real) and math.isfinite(x.imag)):
            raise mistake(f"a point is finite, got {x}")
        return Point(value=(x.real, x.imag), complex=True, label=label, line=calling_line())
    return Point(
        value=(finite_number("x", x), finite_number("y", y)), label=label, line=calling_line()
    )


def points(
    first: Any,
    *,
    max: int,
    min: int = 0,
    classes: Any = None,
    labels: Sequence[str] = (),
    label: str | None = None,
) -> Any:
    """Places that the reader adds, moves and removes; float32 ``(n, 2)``, n from ``min`` to
    ``max``.

    >>> ex.points([(0, 0), (1, 2)], max=20)
    >>> ex.points([(0, 0), (1, 2)], max=40, classes=[0, 1], labels=["cat", "dog"])

    With classes it arrives as ``(xy, label)``, label int64 ``(n,)``. ``labels`` names the classes
    (there may be some that no point has yet). Drawn by ``ex.scatter``: a tap on the empty plane
    adds a point, of the class chosen below the figure; Insert adds one beside the focused point. A
    point goes when it is dragged out, tapped twice or deleted; a digit changes its class; Ctrl+Z
    takes back.

    max: the most there may be.
    min: the fewest that stay, 1 for a function that needs a point.
    """
    value = array_of("first", first).astype(numpy.float32)
    limit = whole_number("max", max)
    low = least(min, limit)
    if value.shape == (0,):
        value = value.reshape(0, 2)
    if value.ndim != 2 or value.shape[1] != 2:
        raise mistake(f"points are (n, 2), got {tuple(value.shape)}")
    if not low <= len(value) <= limit:
        raise mistake(f"{len(value)} points are {few_or_many(len(value), low, limit)}")
    names = tuple(map(str, labels))
    kinds = None
    if classes is not None:
        kinds = array_of("classes", classes).astype(numpy.int64)
        if kinds.shape != (len(value),) or (len(kinds) and kinds.min() < 0):
            raise mistake(f"classes are whole numbers from 0, one per point, got {kinds.shape}")
        if names and len(kinds) and kinds.max() >= len(names):
            raise mistake(f"class {kinds.max()} has no label: there are {len(names)}, from 0")
    elif names:
        raise mistake("labels name classes", fix="pass classes=[0, 1, ...], one per point")
    return Points(
        value=frozen_array(value), max=limit, min=low, classes=kinds, labels=names, label=label,
        line=calling_line(),
    )  # fmt: skip


def tensor(
    first: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    examples: Mapping[str, Any] | None = None,
    brush: float | None = None,
    label: str | None = None,
) -> Any:
    """A tensor whose elements the reader edits in the mark that draws it: bars, a curve, a
    painting, a mask.

    >>> ex.tensor(torch.zeros(8, 8), 0, 1)              # painted in ex.heatmap
    >>> ex.tensor([1, .5, .3, 0, 0, 0.], 0, 1)          # dragged in ex.bars, drawn in ex.curve
    >>> ex.tensor(torch.ones(24, 24).tril().bool())     # clicked in ex.heatmap
    >>> ex.tensor(torch.ones(32, 32, 3), 0, 1, brush=1) # painted in colour in ex.image

    Arrives with first's shape and dtype; Python floats become float32, ints int64, bools bool.
    examples: ``{label: tensor}``, a menu of values to start from. brush: its radius in cells (0 is
    one cell), which the reader then sets. With either there is a row of tools below the figure.
    Ctrl+Z takes back; a table copied from a spreadsheet is pasted where the mark has the focus.
    """
    value = _tensor_values("first", first, low, high)
    bounds = [None if b is None else finite_number(n, b) for n, b in (("low", low), ("high", high))]
    if brush is not None and not 0 <= finite_number("brush", brush) <= 64:
        raise mistake(f"brush is a radius of 0 to 64 cells, got {brush}")
    given: dict[str, Array] = {}
    for name, example in (examples or {}).items():
        array = _tensor_values(f"example '{name}'", example, low, high)
        if array.shape != value.shape:
            raise mistake(f"example '{name}' has shape {array.shape}, the control {value.shape}")
        given[str(name)] = frozen_array(array.astype(value.dtype))
    return Tensor(
        value=frozen_array(value), low=bounds[0], high=bounds[1],
        examples=given or None, brush=brush,
        label=label, line=calling_line(),
    )  # fmt: skip


def _tensor_values(name: str, given: Any, low: float | None, high: float | None) -> Array:
    value = array_of(name, given)
    if value.dtype.name not in ("float32", "float64", "int32", "int64", "uint8", "bool"):
        raise mistake(
            f"a tensor control is float32, float64, int32, int64, uint8 or bool, got {value.dtype}"
        )
    ends = [None if b is None else finite_number(n, b) for n, b in (("low", low), ("high", high))]
    if ends[0] is not None and ends[1] is not None and not ends[0] < ends[1]:
        raise mistake(f"a tensor control needs low < high, got {low} and {high}")
    below = ends[0] is not None and value.size and value.min() < ends[0]
    above = ends[1] is not None and value.size and value.max() > ends[1]
    if below or above:
        whose = "tensor's first values" if name == "first" else f"values of {name}"
        raise mistake(f"the {whose} are not all within {low} to {high}")
    return value
