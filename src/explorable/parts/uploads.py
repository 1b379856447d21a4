"""The reader's own data: a file (a table, a picture, a sound) or the microphone, as a tensor.

What is checked at build is the example, given as a tensor or as a file (upload_files.py); what the
reader gives is read in the page (runtime/page/upload.js) and never leaves it.
"""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy

from .controls import Array, Control, Points, Tensor, Text, array_of, frozen_array, whole_number
from .source import calling_line, mistake, one_of
from .upload_files import read_picture, read_sound, read_table

Form = Literal["table", "image", "sound"]
FORMS = ("table", "image", "sound")
RATES = (8_000, 96_000)
LONGEST = 0.5
"""Seconds that every browser keeps of what a microphone hears."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Upload(Tensor):
    """A tensor whose numbers come from the reader's file or microphone, not from a mark."""

    form: Literal["table", "image", "sound", "microphone"]
    rate: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows(Upload):
    """Rows of numbers; how many moves."""

    min: int
    max: int
    columns: tuple[str, ...] = ()


def has_length(control: Control) -> bool:
    """Whether what the control holds is so many points, tokens or rows, which moves."""
    return isinstance(control, (Points, Text, Rows))


def upload(
    first: Any,
    form: Form,
    *,
    max: int | None = None,
    min: int = 1,
    columns: Sequence[str] = (),
    shape: Sequence[int] | None = None,
    rate: int | None = None,
    label: str | None = None,
) -> Any:  # it stands where a tensor will: a default argument of the author's function
    """The reader's own file as a tensor: chosen, dropped on the figure or pasted; it never leaves
    the page.

    >>> ex.upload(torch.randn(40, 2), "table", max=500, columns=["height", "weight"])
    >>> ex.upload("irises.csv", "table", max=500, columns=["sepal", "petal"])
    >>> ex.upload(torch.rand(3, 48, 64), "image")
    >>> ex.upload(torch.sin(torch.arange(8000) / 9), "sound", rate=8000)

    first: the example that the figure begins with and is checked on: a tensor, or a file. It
    arrives as float32, by its form:

    - "table", a CSV: ``(n, columns)``, n from ``min`` to ``max`` rows. ``columns`` names those that
      are read; the reader may choose others of the file. Rows with a gap are left out, and so are
      rows beyond ``max``.
    - "image": ``(3, height, width)``, or ``(1, height, width)`` in grey, 0 to 1: cut to this
      ratio and scaled to this size.
    - "sound": mono, ``(n,)``, -1 to 1, ``rate`` samples in a second (8,000 to 96,000): the first n
      of them, with silence after the end.

    A file given in Python is read in the same way: a picture (with Pillow) needs
    ``shape=(3, height, width)``; a sound is a .wav, ``shape=(n,)`` if not all of it. An example is
    kept as finely as files do: pictures in 256 steps, sounds to four decimals. It is no mark's to
    edit: draw it with any.
    """
    if form not in FORMS:
        raise mistake(one_of("form of upload", form, list(FORMS)))
    of_tables = {"max": max, "columns": columns or None, "min": None if min == 1 else min}
    if form != "table" and (wrong := [name for name, given in of_tables.items() if given]):
        raise mistake(f"{wrong[0]} is of a table, not of {_a(form)}")
    if form != "sound" and rate is not None:
        raise mistake(f"rate is of a sound, not of {_a(form)}")
    if form == "table":
        return _table(first, whole_number("min", min), max, tuple(map(str, columns)), label)
    extents = None if shape is None else tuple(whole_number("shape", extent) for extent in shape)
    if form == "image":
        return _image(first, extents, label)
    if isinstance(first, (str, Path)):
        first, rate = read_sound(Path(first), None if extents is None else extents[0], rate)
    return _sound(first, "sound", rate, label)


def microphone(first: Any, *, rate: int = 16_000, label: str | None = None) -> Any:
    """What the reader's microphone hears, after a press: the last samples, some 25 times a second.

    >>> ex.microphone(torch.sin(torch.arange(4096) / 9), rate=16_000)

    first: mono samples ``(n,)``, -1 to 1, that the figure shows until then and is checked on; at
    most half a second of them. Arrives as float32 ``(n,)``, the newest sample last, ``rate`` of
    them in a second (8,000 to 96,000). A second press stops it, and what was heard last stays. The
    sound never leaves the page.
    """
    control = _sound(first, "microphone", rate, label)
    if control.value.size > LONGEST * rate:
        seconds = control.value.size / rate
        raise mistake(
            f"a microphone's samples are at most {LONGEST:g} s, got {seconds:.2f}",
            fix=f"first of at most {int(LONGEST * rate)} samples at rate={rate}, or a lower rate",
        )
    return control


def _a(form: str) -> str:
    return f"an {form}" if form[0] in "aeiou" else f"a {form}"


def _table(first: Any, low: int, high: int | None, columns: tuple[str, ...], label: Any) -> Rows:
    if high is None:
        raise mistake("a table needs max=, the most rows that the figure takes")
    high = whole_number("max", high)
    if not 1 <= low <= high:
        raise mistake(f"a table has 1 <= min <= max rows, got {low} and {high}")
    if isinstance(first, (str, Path)):
        first = read_table(Path(first), columns, high)
    value = array_of("first", first).astype(numpy.float32)
    if value.ndim != 2 or not value.shape[1]:
        raise mistake(f"a table is (rows, columns), got {tuple(value.shape)}")
    if not low <= len(value) <= high:
        raise mistake(f"the example has {len(value)} rows, not {low} to {high}")
    if columns and len(columns) != value.shape[1]:
        raise mistake(f"the example has {value.shape[1]} columns, and {len(columns)} are named")
    if not numpy.isfinite(value).all():
        raise mistake("the numbers of a table are finite: leave out rows with a gap")
    return Rows(
        value=frozen_array(value), form="table", columns=columns, min=low, max=high, label=label,
        line=calling_line(),
    )  # fmt: skip


def _image(first: Any, shape: tuple[int, ...] | None, label: str | None) -> Upload:
    if isinstance(first, (str, Path)):
        if shape is None:
            raise mistake("an image file needs the size the figure takes: shape=(3, 48, 64)")
        _check_image(shape)
        value = read_picture(Path(first), shape)
    else:
        value = array_of("first", first).astype(numpy.float32)
    _check_image(value.shape)
    if shape is not None and shape != value.shape:
        raise mistake(f"shape is {shape}, and the example's {tuple(value.shape)}")
    _check_within("an image", value, 0)
    steps: Array = numpy.round(value * 255) / numpy.float32(255)
    return Upload(
        value=frozen_array(steps.astype(numpy.float32)), low=0.0, high=1.0, form="image",
        label=label, line=calling_line(),
    )  # fmt: skip


def _check_image(shape: tuple[int, ...]) -> None:
    if len(shape) != 3 or shape[0] not in (1, 3) or not shape[1] * shape[2]:
        fix = "image.permute(2, 0, 1)" if len(shape) == 3 and shape[-1] in (1, 3) else ""
        raise mistake(f"an image is (3 or 1, height, width), got {tuple(shape)}", fix=fix)


def _sound(first: Any, form: Literal["sound", "microphone"], rate: Any, label: Any) -> Upload:
    value = array_of("first", first).astype(numpy.float32)
    if value.ndim != 1 or not value.size:
        raise mistake(f"samples are (n,), got {tuple(value.shape)}")
    rate = whole_number("rate", rate) if rate is not None else 0
    if not RATES[0] <= rate <= RATES[1]:
        raise mistake(f"rate is {RATES[0]} to {RATES[1]} samples in a second, got {rate or None}")
    _check_within("a sound", value, -1)
    return Upload(
        value=frozen_array(numpy.round(value, 4).astype(numpy.float32)), low=-1.0, high=1.0,
        form=form, rate=rate, label=label, line=calling_line(),
    )  # fmt: skip


def _check_within(what: str, value: Array, low: int) -> None:
    if not (numpy.isfinite(value).all() and value.min() >= low and value.max() <= 1):
        found = f"{value.min():g} to {value.max():g}"
        raise mistake(f"the numbers of {what} are {low} to 1, got {found}")
