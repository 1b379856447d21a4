"""What a reader (or a call in Python) may set a control to: one plain value per control,
checked."""

from __future__ import annotations

import math
import operator
from typing import Any, cast

import numpy

from .controls import (
    Array,
    Button,
    Choice,
    Control,
    Integer,
    Point,
    Points,
    Seed,
    Slider,
    Tensor,
    Text,
    Toggle,
    array_of,
)
from .source import mistake, one_of
from .span import Range, pair
from .uploads import Rows

Plain = Any  # float, int, bool, str, complex, (x, y), an array, (xy, classes): see `first`


def first(control: Control) -> Plain:
    """The control's value before anybody moved it."""
    match control:
        case Slider() | Integer() | Range() | Seed() | Toggle() | Choice() | Tensor() | Text():
            return control.value
        case Point():
            return complex(*control.value) if control.complex else control.value
        case Points():
            return control.value if control.classes is None else (control.value, control.classes)
        case Button():
            return 0
        case _:
            raise TypeError(type(control))


def accept(control: Control, name: str, given: Any) -> Plain:
    """``given`` in the reader's terms, as the plain value of ``control``; outside its range is an
    error."""
    match control:
        case Slider():
            return _within(name, _real(name, given), control.low, control.high)
        case Integer():
            return int(_within(name, _index(name, given), control.low, control.high))
        case Range():
            ends = pair(f"'{name}'", array_of(name, given).tolist())
            if ends[0] > ends[1]:
                raise mistake(f"'{name}' is (from, to), the lower first, got {ends}")
            return (
                _within(name, ends[0], control.low, control.high),
                _within(name, ends[1], control.low, control.high),
            )
        case Seed():
            return int(_within(name, _index(name, given), 0, (1 << 32) - 1))
        case Toggle():
            plain: Any = given.item() if getattr(given, "shape", None) == () else given
            if not isinstance(plain, bool):
                raise mistake(f"'{name}' is True or False, got {given!r}")
            return plain
        case Choice():
            return _option(control, name, given)
        case Point():
            return _place(control, name, given)
        case Points():
            return _places(control, name, given)
        case Tensor():
            return _elements(control, name, given)
        case Text():
            if not isinstance(given, str):
                raise mistake(f"'{name}' is a string, got {given!r}")
            count = len(control.tokenizer.ids(given))
            if not control.min <= count <= control.max:
                wanted = f"{control.min} to {control.max} tokens"
                raise mistake(f"'{name}' is {wanted}, got {count}: {given!r}")
            return given
        case Button():
            return int(_within(name, _index(name, given), 0, math.inf))
        case _:
            raise TypeError(type(control))


def _within(name: str, value: float, low: float, high: float) -> float:
    # Compared as float32, which is how the page holds it: 2π itself is the end of slider(0, 2π).
    if not numpy.float32(low) <= numpy.float32(value) <= numpy.float32(high):
        raise mistake(f"'{name}' is between {low:g} and {high:g}, got {value:g}")
    return value


def _real(name: str, given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError, RuntimeError):
        raise mistake(f"'{name}' is a number, got {type(given).__name__}") from None


def _index(name: str, given: Any) -> int:
    try:
        return operator.index(given)
    except TypeError:
        raise mistake(f"'{name}' is a whole number, got {given!r}") from None


def _option(control: Choice, name: str, given: Any) -> str:
    if isinstance(given, str) and given in control.options:
        return given
    for label, option in control.options.items():
        if option is given:
            return label
    raise mistake(one_of(f"option for '{name}'", given, list(control.options)))


def _place(control: Point, name: str, given: Any) -> complex | tuple[float, float]:
    if control.complex:
        try:
            return complex(given)
        except (TypeError, ValueError, RuntimeError):
            raise mistake(f"'{name}' is a complex number, got {given!r}") from None
    array = array_of(name, given)
    if array.shape != (2,):
        raise mistake(f"'{name}' is a place (x, y), got shape {array.shape}")
    return float(array[0]), float(array[1])


def _places(control: Points, name: str, given: Any) -> Array | tuple[Array, Array]:
    kinds: Array | None = None
    if control.classes is not None:
        pair = cast("tuple[Any, ...]", given) if isinstance(given, tuple) else ()
        if len(pair) != 2:
            raise mistake(f"'{name}' has classes: pass a pair (xy, classes)")
        given = pair[0]
        kinds = array_of(name, pair[1]).astype(numpy.int64)
    value = array_of(name, given).astype(numpy.float32).reshape(-1, 2)
    if not control.min <= len(value) <= control.max:
        raise mistake(f"'{name}' is {control.min} to {control.max} points, got {len(value)}")
    return value if kinds is None else (value, kinds)


def _elements(control: Tensor, name: str, given: Any) -> Array:
    array = array_of(name, given)
    if isinstance(control, Rows):
        fits = array.ndim == 2 and array.shape[1] == control.value.shape[1]
        if not fits or not control.min <= len(array) <= control.max:
            wanted = f"{control.min} to {control.max} rows of {control.value.shape[1]}"
            raise mistake(f"'{name}' is {wanted}, got shape {array.shape}")
    elif array.shape != control.value.shape:
        raise mistake(f"'{name}' has shape {control.value.shape}, got {array.shape}")
    array = array.astype(control.value.dtype)
    for bound, outside in ((control.low, numpy.less), (control.high, numpy.greater)):
        if bound is not None and outside(array, numpy.asarray(bound, array.dtype)).any():
            raise mistake(f"'{name}' is within {control.low} to {control.high}")
    return array
