"""What the text of a page may name: first values of controls, values and runs, and how they read.

Names are those of the runtime (page/wiring.js): a page in full, a figure's own word, an ending that
only one thing has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy

from ..errors import ExplorableError
from ..parts.source import one_of

if TYPE_CHECKING:
    # It brings torch, which a build that finds all unchanged does without.
    from .machine import Machine

Json = Any  # the shapes of spec.d.ts
PLAIN = ".4g"
"""How a float is shown where the author gives no format: a slider has seven digits to offer."""


def first_numbers(program: Json, machine: Machine) -> dict[str, Json]:
    """Name -> number, text or [real, imaginary] as the page shows it first; ``{"shape": [...]}``
    for what is more than one number. ``machine`` has settled at the first values."""
    found: dict[str, Json] = {
        name: _control(control) for name, control in program["controls"].items()
    }
    for node in program["nodes"]:
        name = node["name"]
        if node["kind"] == "value":
            for path, slot in node["outputs"].items():
                found[f"{name}.{path}" if path else name] = _slot(machine, slot)
        elif node["kind"] == "simulation":
            found[f"{name}.step"] = 0
            for record, slots in node["records"].items():
                found[f"{name}.{record}"] = _slot(machine, slots["slot"])
    return found


def _control(control: Json) -> Json:
    value = control["value"]
    match control["kind"]:
        case "slider":
            return float(numpy.float32(value))
        case "point":
            return [float(numpy.float32(v)) for v in value] if "complex" in control else _many([2])
        case "points":
            return _many([len(value), 2])
        case "tensor":
            return _many(control["shape"]) if control["shape"] else value[0]
        case _:
            return value


def _slot(machine: Machine, slot: str) -> Json:
    kind = machine.kind(slot)
    if kind.shape:
        return _many(list(kind.shape))
    number = machine.tensor(slot).item()
    return [number.real, number.imag] if isinstance(number, complex) else number


def _many(shape: list[int]) -> Json:
    return {"shape": shape}


def find_name(spec: Json, numbers: Mapping[str, Json], name: str) -> str | None:
    """The full name of what a text calls ``name``; None if no or more than one thing is.

    >>> find_name(spec, bundle.numbers, "plane.theta"), find_name(spec, bundle.numbers, "power")
    ('plane.theta', 'wave.power')
    """
    if name in numbers:
        return name
    short = {full for full in numbers if full.endswith(f".{name}")}
    controls: list[str] = list(spec["program"]["controls"])
    for figure, shown in spec["figures"].items():
        own = {n.removeprefix(f"{figure}."): n for n in controls if n.startswith(f"{figure}.")}
        words: dict[str, str] = own | shown.get("names", {})
        for word, full in words.items():
            if f"{figure}.{word}" == name:
                return full
            if word == name:
                short.add(full)
    return short.pop() if len(short) == 1 else None


def number_text(name: str, number: Json, form: str) -> str:
    """A first value as text, the very text the page shows; ``form`` is a Python format.

    >>> number_text("wave.power", 0.5, ".2f")
    '0.50'
    """
    if isinstance(number, dict):
        fact = f"'{name}' is a tensor, not one number"
        raise ExplorableError("figure", fact, fix="name one number of an @ex.value, or a slider")
    if isinstance(number, str):
        return number
    shown: Any = complex(number[0], number[1]) if isinstance(number, list) else number  # pyright: ignore[reportUnknownArgumentType]  (JSON)
    try:
        return format(shown, form)
    except ValueError as error:
        fact = f"'{name}' cannot be shown as '{form}': {error}"
        raise ExplorableError(
            "figure", fact, fix="formats are those of Python: .2f, .3g, d"
        ) from None


def usual_form(number: Json) -> str:
    """The format of a number whose author gave none."""
    return PLAIN if isinstance(number, (float, list)) else ""


def unknown_name(name: str, known: list[str]) -> str:
    """The sentence for a name that nothing on the page has."""
    if not known:
        return f"nothing on this page is called '{name}': it shows no figure"
    return one_of("name", name, sorted(known))
