"""The settings at which a group is verified: the default, both ends of every control, every static
option, and draws seeded by the figures' names."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy

from ..parts.accept import first
from ..parts.controls import (
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
)
from ..parts.span import Range
from ..parts.uploads import Rows, has_length
from .group import Group

DRAWS = 8


@dataclass(frozen=True)
class Setting:
    """Plain values of some controls (the others stand at their first), and what to call it in a
    message."""

    label: str
    plains: dict[Control, Any]


def settings(group: Group) -> list[Setting]:
    """Every setting, the default first."""
    found = [Setting("default", {})]
    for control, name in group.names.items():
        for plain in ends(control):
            found.append(Setting(f"{name} = {shown(plain)}", {control: plain}))
        for plain in _least(control, group):
            found.append(Setting(f"one element of {name}", {control: plain}))
    name = "+".join(figure.name for figure in group.figures)
    generator = numpy.random.default_rng(
        int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    )
    for number in range(DRAWS):
        plains = {control: draw(control, generator) for control in group.names}
        found.append(Setting(f"draw {number + 1}", plains))
    return found + list(_uncovered(group, found))


def _uncovered(group: Group, found: list[Setting]) -> Iterator[Setting]:
    """A setting for every entry point that no other setting reaches."""
    for table in group.tables():
        reached = {table.variant(lambda c, s=s: s.plains.get(c, first(c))).key for s in found}
        for variant in table.variants:
            if variant.key in reached:
                continue
            plains = {
                control: of_length(control, value) if has_length(control) else value
                for control, value in variant.statics.items()
            }
            yield Setting(f"entry {variant.entry}", plains)


def ends(control: Control) -> list[Any]:
    """Both ends of a control's range; every option of a static one."""
    match control:
        case Slider() | Integer():
            return [control.low, control.high]
        case Range():
            low, high = control.low, control.high
            return [(low, high), (low, low), (high, high)]
        case Seed():
            return [control.value + 1, (1 << 32) - 1]
        case Toggle():
            return [not control.value]
        case Choice():
            return [option for option in control.options if option != control.value]
        case Rows():
            return [of_length(control, control.min), of_length(control, control.max)]
        case Tensor():
            full = [numpy.full_like(control.value, bound) for bound in _bounds(control)]
            return [*full, *(control.examples or {}).values()]
        case Points():
            return [of_length(control, control.min), of_length(control, control.max)]
        case Text():
            bounds = [of_length(control, control.min), of_length(control, control.max)]
            return [*bounds, *control.examples.values()]
        case _:
            return []


def _least(control: Control, group: Group) -> list[Any]:
    """One element, of a size that may also be none: torch treats both in ways of their own."""
    if control not in group.sizes():
        return []
    if isinstance(control, (Points, Text)):
        return [of_length(control, max(1, control.min))]
    return [1] if isinstance(control, Integer) and control.low == 0 < control.high else []


def _bounds(control: Tensor) -> tuple[float, float]:
    if control.value.dtype == bool:
        return 0, 1
    size = float(numpy.abs(control.value).max()) if control.value.size else 1.0
    low = -2 * size - 1 if control.low is None else control.low
    high = 2 * size + 1 if control.high is None else control.high
    if control.value.dtype == numpy.uint8:
        return max(low, 0), min(high, 255)
    return low, high


def of_length(control: Control, length: int) -> Any:
    """A plain value of ``length`` points or characters."""
    if isinstance(control, Text):
        return text_of_length(control, [*control.value, *control.tokenizer.samples], length)
    if isinstance(control, Rows):
        return _rows(control, length, numpy.random.default_rng(length))
    assert isinstance(control, Points)  # the only other one with a length
    turn = numpy.arange(length, dtype=numpy.float32)
    spiral = numpy.stack([numpy.cos(turn), numpy.sin(turn)], -1) * (0.3 + 0.1 * turn[:, None])
    held = control.value[:length]
    centre = control.value.mean(0) if len(control.value) else 0
    places = numpy.concatenate([held, (spiral + centre)[len(held) :]]).astype(numpy.float32)
    if control.classes is None:
        return places
    kinds = numpy.resize(control.classes if len(control.classes) else [0], length)
    return places, kinds.astype(numpy.int64)


def _rows(control: Rows, length: int, generator: numpy.random.Generator) -> Array:
    """Rows as a file of the same kind may have: those of the example, none twice."""
    held = control.value[:length]
    more = cast("Array", generator.choice(control.value, length - len(held)))
    spread = control.value.std(0) + numpy.float32(1e-3)
    noise = cast("Array", generator.normal(0, 0.5, more.shape))
    near: Array = numpy.asarray(more + noise * spread, numpy.float32)
    return numpy.concatenate([held, near])


def text_of_length(control: Text, pieces: list[str], length: int) -> str:
    """A text of ``length`` tokens made of ``pieces``, or as near below as they come."""
    text = ""
    for piece in [*pieces, *"a" * length]:
        count = len(control.tokenizer.ids(text + piece))
        if count <= length:
            text += piece
        if count == length:
            break
    return text


def draw(control: Control, generator: numpy.random.Generator) -> Any:
    """A plain value anywhere in the control's range."""
    match control:
        case Slider():
            if control.scale == "log":
                span = generator.uniform(math.log(control.low), math.log(control.high))
                return min(max(math.exp(span), control.low), control.high)
            return float(generator.uniform(control.low, control.high))
        case Range():
            one = Slider(low=control.low, high=control.high, value=0, scale=control.scale)
            return tuple(sorted(draw(one, generator) for _ in "ab"))
        case Integer():
            return int(generator.integers(control.low, control.high, endpoint=True))
        case Seed():
            return int(generator.integers(0, 1 << 32))
        case Toggle():
            return bool(generator.integers(2))
        case Choice():
            return list(control.options)[int(generator.integers(len(control.options)))]
        case Point():
            size = 1 + max(map(abs, control.value))
            x, y = (float(numpy.float32(v)) for v in generator.uniform(-size, size, 2))
            return complex(x, y) if control.complex else (x, y)
        case Points():
            plain = of_length(control, int(generator.integers(control.min, control.max + 1)))
            places: Array = plain if control.classes is None else plain[0]
            noise = cast("Array", generator.normal(0, 0.3, places.shape))
            near = numpy.asarray(places + noise, numpy.float32)
            return near if control.classes is None else (near, plain[1])
        case Rows():
            length = int(generator.integers(control.min, control.max + 1))
            return _rows(control, length, generator)[generator.permutation(length)]
        case Tensor():
            low, high = _bounds(control)
            shape, dtype = control.value.shape, control.value.dtype
            drawn = cast("Array", generator.uniform(low, high, shape))
            if dtype.kind in "iub":
                drawn = cast("Array", generator.integers(int(low), int(high) + 1, shape))
            return drawn.astype(dtype)
        case Text():
            samples = control.tokenizer.samples
            count = int(generator.integers(control.min, control.max + 1))
            chosen = [samples[int(k)] for k in generator.integers(len(samples), size=count)]
            return text_of_length(control, chosen, count)
        case Button():
            return 0
        case _:
            raise TypeError(type(control))


def moved(plains: dict[Control, Any]) -> dict[Control, Any]:
    """The same setting with every float input one unit in the last place (float32) away."""
    return {control: _next(control, plain) for control, plain in plains.items()}


def _next(control: Control, plain: Any) -> Any:
    up = numpy.float32(numpy.inf)
    match control:
        case Slider():
            return float(numpy.nextafter(numpy.float32(plain), up))
        case Range():
            return tuple(float(numpy.nextafter(numpy.float32(end), up)) for end in plain)
        case Point():
            pair = (plain.real, plain.imag) if isinstance(plain, complex) else plain
            x, y = (float(numpy.nextafter(numpy.float32(v), up)) for v in pair)
            return complex(x, y) if control.complex else (x, y)
        case Points():
            places = plain if control.classes is None else plain[0]
            near = numpy.nextafter(places.astype(numpy.float32), up)
            return near if control.classes is None else (near, plain[1])
        case Tensor() if control.value.dtype.kind == "f":
            return numpy.nextafter(plain, plain.dtype.type(numpy.inf))
        case _:
            return plain


def shown(plain: Any) -> str:
    """A plain value in a message."""
    if isinstance(plain, float):
        return f"{plain:.6g}"
    if isinstance(plain, numpy.ndarray):
        array = cast("Array", plain)
        same = array.size > 0 and bool((array == array.flat[0]).all())
        return f"all {array.flat[0]:g}" if same else f"{len(array)} values"
    return repr(plain)
