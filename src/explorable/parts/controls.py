"""Controls: frozen records of what the reader can change, made and checked where the author writes
them.

Knows no torch: first values are kept as Python numbers or NumPy arrays. How a control arrives in
the author's function is `trace/drawing/arrival.py`.
"""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy

from ..errors import Line
from .source import calling_line, mistake, one_of
from .tokenizers import Tokenizer, characters

Scale = Literal["linear", "log"]
SLIDER_STYLES = ("slider", "stepper")
CHOICE_STYLES = ("radio", "menu", "segmented")
Array = numpy.ndarray[Any, Any]  # any shape and dtype: the author's


@dataclass(frozen=True, eq=False, kw_only=True)
class Control:
    """A value the reader can change. Two controls are the same only if they are the same object."""

    label: str | None = None
    line: Line | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()


@dataclass(frozen=True, eq=False, kw_only=True)
class Slider(Control):
    low: float
    high: float
    value: float
    step: float | None = None
    scale: Scale = "linear"
    unit: str | None = None
    play: float | None = None
    style: Literal["slider", "stepper"] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Integer(Control):
    low: int
    high: int
    value: int
    style: Literal["slider", "stepper"] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Seed(Control):
    value: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Toggle(Control):
    value: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Choice(Control):
    options: Mapping[str, Any]  # the author's objects
    value: str
    style: Literal["radio", "menu", "segmented", "stages"] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Point(Control):
    value: tuple[float, float]
    complex: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Points(Control):
    value: Array
    max: int
    min: int = 0
    classes: Array | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Tensor(Control):
    value: Array
    low: float | None = None
    high: float | None = None
    examples: Mapping[str, Array] | None = None
    brush: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Text(Control):
    value: str
    max: int
    min: int = 0
    tokenizer: Tokenizer
    examples: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, eq=False, kw_only=True)
class Button(Control):
    pass


def finite_number(name: str, given: object) -> float:
    """A float, or the author's mistake."""
    plain = isinstance(given, (int, float, numpy.floating, numpy.integer))
    if isinstance(given, bool) or not plain:
        raise mistake(f"{name} is a number, got {type(given).__name__} {given!r}")
    number = float(cast("float", given))
    if not math.isfinite(number):
        raise mistake(f"{name} is a finite number, got {number}")
    return number


def whole_number(name: str, given: object) -> int:
    """An int, or the author's mistake."""
    if isinstance(given, bool):
        raise mistake(f"{name} is a whole number, got {given}")
    try:
        return operator.index(given)  # pyright: ignore[reportArgumentType]  (the error is ours)
    except TypeError:
        raise mistake(f"{name} is a whole number, got {given!r}") from None


def check_range(
    what: str, low: float, high: float, step: float | None, scale: str
) -> tuple[float, float]:
    """The ends of a control's range, checked with its step and scale."""
    low, high = finite_number("low", low), finite_number("high", high)
    if scale not in ("linear", "log"):
        raise mistake(one_of("scale", scale, ["linear", "log"]))
    if not low < high:
        raise mistake(f"a {what} needs low < high, got {low:g} and {high:g}")
    if scale == "log" and low <= 0:
        raise mistake(f"a log {what} needs low > 0, got {low:g}")
    if step is not None and not 0 < finite_number("step", step) <= high - low:
        raise mistake(f"step is a positive number up to {high - low:g}, got {step}")
    return low, high


def _style(given: str | None, known: Sequence[str]) -> Any:  # Any: the Literal of the control
    if given is not None and given not in known:
        raise mistake(one_of("style", given, list(known)))
    return given


def slider(
    low: float,
    high: float,
    value: float | None = None,
    *,
    step: float | None = None,
    scale: Scale = "linear",
    label: str | None = None,
    unit: str | None = None,
    play: float | None = None,
    style: Literal["slider", "stepper"] | None = None,
) -> Any:  # it stands where a tensor will: a default argument of the author's function
    """A number in a range; arrives as a float32 tensor ``()``.

    >>> ex.slider(0, 2 * math.pi, value=1.0, label="θ")
    >>> ex.slider(1e-4, 1, scale="log")                 # value: the (log) middle, 0.01
    >>> ex.slider(0, 10, value=2.5, step=0.5, unit="s", style="stepper")

    low, high: the range, in ``unit``. step: the reader's grid, from low. play: seconds per sweep.
    style: "slider", or "stepper", a number with two buttons. A click on the number beside a
    slider, or a digit typed on it, lets the reader give it exactly. Whole numbers are
    ``ex.integer``, two ends are ``ex.range``.
    """
    low, high = check_range("slider", low, high, step, scale)
    style = _style(style, SLIDER_STYLES)
    if value is None:
        value = math.sqrt(low * high) if scale == "log" else (low + high) / 2
    value = finite_number("value", value)
    if not low <= value <= high:
        raise mistake(f"the slider's value {value:g} is outside {low:g} to {high:g}")
    if play is not None and finite_number("play", play) <= 0:
        raise mistake(f"play is the seconds of a sweep, got {play}")
    return Slider(
        low=low, high=high, value=value, step=step, scale=scale,
        label=label, unit=unit, play=play, style=style, line=calling_line(),
    )  # fmt: skip


def integer(
    low: int,
    high: int,
    value: int | None = None,
    *,
    label: str | None = None,
    style: Literal["slider", "stepper"] | None = None,
) -> Any:
    """A whole number in a range; arrives as a Python int. ``value`` defaults to the middle.

    >>> ex.integer(1, 500, value=20)
    >>> ex.integer(1, 6, style="stepper")               # a number with two buttons

    A range of more than 1,000 numbers is a stepper unless ``style`` says otherwise. As a size
    (``torch.arange(n)``) it moves in one program; where Python must know it (``range(n)``) there
    is one entry point per value, at most 64.
    """
    style = _style(style, SLIDER_STYLES)
    low, high = whole_number("low", low), whole_number("high", high)
    if not low < high:
        raise mistake(f"an integer control needs low < high, got {low} and {high}")
    value = (low + high) // 2 if value is None else whole_number("value", value)
    if not low <= value <= high:
        raise mistake(f"the integer's value {value} is outside {low} to {high}")
    return Integer(low=low, high=high, value=value, style=style, label=label, line=calling_line())


def seed(first: int = 0, *, label: str | None = None) -> Any:
    """The key of the random numbers, with a dice button; a Python int for
    ``torch.manual_seed(seed)``.

    >>> ex.seed(0)

    first: 0 to 2^32 - 1. A seed that no function hands to ``torch.manual_seed`` is an error.
    """
    value = whole_number("first", first)
    if not 0 <= value < 1 << 32:
        raise mistake(f"a seed is between 0 and {(1 << 32) - 1}, got {value}")
    return Seed(value=value, label=label, line=calling_line())


def toggle(value: bool = False, *, label: str | None = None) -> Any:
    """On or off; arrives as a Python bool, so ``if toggle:`` works (one entry point each).

    >>> ex.toggle(True, label="with momentum")
    """
    if not isinstance(value, bool):
        raise mistake(f"a toggle is True or False, got {value!r}")
    return Toggle(value=value, label=label, line=calling_line())


def choice(
    options: Sequence[Any] | Mapping[str, Any],
    value: Any = None,
    *,
    label: str | None = None,
    style: Literal["radio", "menu", "segmented"] | None = None,
) -> Any:
    """One of some objects (functions, numbers, strings...); the chosen object arrives, one entry
    point each.

    >>> ex.choice({"bowl": bowl, "saddle": saddle})
    >>> ex.choice(["ReLU", "tanh"], value="tanh")
    >>> ex.choice([1, 2, 4, 8], style="segmented")      # one bar of buttons

    style: "radio" (as it is for up to four short options), "menu" (for more) or "segmented".
    """
    style = _style(style, CHOICE_STYLES)
    if isinstance(options, Mapping):
        known = {str(k): v for k, v in options.items()}
    elif isinstance(options, (list, tuple)):
        known = {_name_of(option): option for option in options}
        if len(known) < len(options):
            raise mistake("two options have the same label; pass a dict {label: object}")
    else:
        raise mistake(
            f"choice takes a list or a dict {{label: object}}, got {type(options).__name__}"
        )
    if not known:
        raise mistake("a choice needs at least one option")
    if value is None:
        chosen = next(iter(known))
    else:
        held = [k for k, v in known.items() if v is value]
        chosen = value if isinstance(value, str) and value in known else (held or [""])[0]
        if not chosen:
            raise mistake(one_of("option", value, list(known)))
    return Choice(options=known, value=chosen, style=style, label=label, line=calling_line())


def _name_of(option: object) -> str:
    name = getattr(option, "__name__", None)
    return name if isinstance(name, str) else str(option)


def least(given: object, most: int) -> int:
    """The fewest points or tokens that a control holds, or the author's mistake."""
    low = whole_number("min", given)
    if not 0 <= low <= most:
        raise mistake(f"min is a whole number from 0 to max={most}, got {low}")
    return low


def few_or_many(count: int, low: int, high: int) -> str:
    """What is wrong with a count outside ``low`` to ``high``."""
    return f"more than max={high}" if count > high else f"fewer than min={low}"


def text(
    first: str,
    *,
    tokenizer: Tokenizer = characters,
    max: int,
    min: int = 0,
    examples: Mapping[str, str] | None = None,
    label: str | None = None,
) -> Any:
    """Typed text; ``.ids`` is int64 ``(n,)``, n from ``min`` to ``max``; the object itself is
    drawn by ``ex.tokens`` and labels rows and columns of a heatmap.

    >>> ex.text("the cat", max=24)                                        # an id per character
    >>> ex.text("the cat", tokenizer=ex.words("the cat sat"), max=24)     # per word
    >>> ex.text("the cat", tokenizer=ex.tokenizer("tokenizer.json"), max=24)

    max: how many tokens the page takes; what the reader types beyond is cut off at a whole sign.
    min: the fewest, 1 for a function that needs a token; a shorter text changes nothing.
    examples: texts to begin with, by the label of the button that writes each.
    """
    limit = whole_number("max", max)
    if not isinstance(first, str):
        raise mistake(f"a text starts as a string, got {type(first).__name__}")
    if not isinstance(tokenizer, Tokenizer):
        raise mistake("tokenizer is ex.characters, ex.words(...) or ex.tokenizer(...)")
    low = least(min, limit)
    if not low <= (count := len(tokenizer.ids(first))) <= limit:
        raise mistake(f"the text has {count} tokens, {few_or_many(count, low, limit)}")
    given = examples or {}
    if not isinstance(given, Mapping) or any(
        not isinstance(part, str) for pair in given.items() for part in pair
    ):
        raise mistake("examples are texts by their labels: {'English': 'low lower lowest'}")
    for name, example in given.items():
        if not low <= (count := len(tokenizer.ids(example))) <= limit:
            told = few_or_many(count, low, limit)
            raise mistake(f"the example '{name}' has {count} tokens, {told}")
    if (special := len(tokenizer.ids(""))) >= limit:
        raise mistake(f"max={limit} leaves no room: every text has {special} special tokens")
    return Text(
        value=first, max=limit, min=low, tokenizer=tokenizer, examples=dict(given),
        label=label, line=calling_line(),
    )  # fmt: skip


def button(label: str) -> Any:
    """A button; arrives in ``step`` as an int64 tensor ``()``: presses since the last step.

    >>> ex.button("Kick")

    It is read by the step of a simulation; a press while the simulation stands takes one step. In
    figures and values it is 0.
    """
    if not isinstance(label, str) or not label:
        raise mistake("a button needs a label")
    return Button(label=label, line=calling_line())


def array_of(name: str, given: object) -> Array:
    """A copy as NumPy; Python floats become float32, ints int64, bools bool."""
    plain = isinstance(given, (list, tuple, int, float))
    try:
        held: Any = given.detach().cpu().numpy() if hasattr(given, "detach") else given  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  (a tensor, opaque here)
        array: Array = numpy.array(cast("Any", held))
    except (TypeError, ValueError, RuntimeError) as error:
        raise mistake(f"{name} is a tensor, an array or nested numbers: {error}") from None
    if array.dtype == object:
        raise mistake(f"{name} is a tensor, an array or nested numbers of one length")
    return array.astype(numpy.float32) if plain and array.dtype == numpy.float64 else array


def frozen_array(array: Array) -> Array:
    """The array, which nobody writes to from now on."""
    array.setflags(write=False)
    return array


CONTROLS = (
    "slider",
    "integer",
    "range",
    "seed",
    "toggle",
    "choice",
    "stages",
    "point",
    "points",
    "tensor",
    "text",
    "upload",
    "microphone",
    "button",
)
