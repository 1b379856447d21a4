"""Options of figures and simulations, and the record a step returns."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .source import mistake, one_of

WEIGHTS = ["float32", "float16", "int8"]


@dataclass(frozen=True)
class FigureOptions:
    """What ``@ex.figure(...)`` was given."""

    width: int = 640
    controls: tuple[str, ...] | None = None
    weights: str = "float32"
    fast: bool = False
    tolerance: float | None = None
    budget: int | None = None
    """Bytes."""
    colours: Mapping[str, int] = field(default_factory=dict[str, int])
    lang: str | None = None

    def __post_init__(self) -> None:
        if (
            isinstance(self.width, bool)
            or not isinstance(self.width, int)
            or not 80 <= self.width <= 4096
        ):
            raise mistake(f"width is CSS pixels, 80 to 4096, got {self.width!r}")
        if self.controls is not None and any(not isinstance(name, str) for name in self.controls):
            raise mistake("controls is a list of names")
        if self.weights not in WEIGHTS:
            raise mistake(one_of("weights", self.weights, WEIGHTS))
        if self.lang is not None and not re.fullmatch(r"[A-Za-z]{2,3}(-\w{1,8})*", str(self.lang)):
            raise mistake(f"lang is the tag of a language, such as 'ta', got {self.lang!r}")
        if self.tolerance is not None and not self.tolerance > 0:
            raise mistake(f"tolerance is a positive relative error, got {self.tolerance}")


_UNITS = {"b": 1, "kb": 1000, "mb": 1_000_000}


def size_in_bytes(given: object) -> int:
    """A number of bytes as authors write it.

    >>> size_in_bytes("60 kB"), size_in_bytes("1.5MB"), size_in_bytes(20_000)
    (60000, 1500000, 20000)
    """
    if isinstance(given, int) and not isinstance(given, bool) and given > 0:
        return given
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kM]?B)\s*", str(given), re.IGNORECASE)
    if not isinstance(given, str) or found is None or not float(found[1]) > 0:
        raise mistake(f"a budget is a size like '60 kB', got {given!r}")
    return round(float(found[1]) * _UNITS[found[2].lower()])


@dataclass(frozen=True)
class SimulationOptions:
    """What ``@ex.simulation(...)`` was given."""

    rate: float | None = None
    steps: int | None = None
    history: int = 1000
    record_every: int = 1
    play: bool = False

    def __post_init__(self) -> None:
        if self.rate is not None and not self.rate > 0:
            raise mistake(f"rate is steps per second, got {self.rate}")
        for name, value, least in (
            ("steps", self.steps, 1),
            ("history", self.history, 2),
            ("record_every", self.record_every, 1),
        ):
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int) or value < least
            ):
                raise mistake(f"{name} is a whole number from {least}, got {value!r}")


@dataclass(frozen=True, eq=False)
class Record:
    """What one step wants remembered by step number."""

    tensors: dict[str, Any]  # tensors, opaque here


def record(**tensors: Any) -> Record:
    """Numbers of this step that figures read as ``run.history[name]``.

    >>> return ex.record(loss=loss, accuracy=right.float().mean())
    """
    if not tensors:
        raise mistake("record needs at least one name: ex.record(loss=loss)")
    if "step" in tensors:
        raise mistake("'step' is the name of the step number in history; choose another name")
    return Record(dict(tensors))


def names(given: Sequence[str] | None) -> tuple[str, ...] | None:
    """``controls=`` as a tuple; a single string is a common slip."""
    if isinstance(given, str):
        raise mistake(f"controls is a list of names: controls=['{given}']")
    return None if given is None else tuple(given)
