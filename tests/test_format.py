"""Live text: the runtime's format gives what Python's gives, over many specs and values."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import pytest

from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import link

FLOAT_SPECS = (
    "|.2f|.0f|.3g|.1g|.0g|g|e|.3e|.0e|%|.1%|+.2f| .2f|8.2f|08.2f|<9.3g|^12.2f|*>10.1f|,.2f|_.1f|"
    "012,.2f|013,.2f|+015,.1f|.3|10|z.1f|#.3g|#.0f|G|E|F|.12g|,|=+10.2f|x=10.1f|.30f|.17g|^7"
).split("|")
INTEGER_SPECS = "|d|,|_|5d|05d|+d|x|#x|X|b|o|#b|<6d|^7d|.2f|%|e|g|_x|08,d|.1f| d".split("|")
COMPLEX_SPECS = "|.2f|.3g|+.1f|20.2f|<20.1e|.2|,.1f".split("|")


def floats() -> list[float]:
    draw = random.Random(20)
    ties = [0.5, 1.5, 2.5, 0.125, 0.375, 9.9995, 99999.5, 999999.5]
    edges = [0.0, -0.0, 1e16, 1e15, 1e22, 1e-4, 9.99e-5, 1e300, 5e-324, math.nan, math.inf]
    drawn = [draw.uniform(-1, 1) * 10 ** draw.randint(-12, 20) for _ in range(40)]
    return [*ties, *edges, *drawn, -0.001, -math.inf, 1 / 3, 12345678901234567890.0]


def cases() -> Iterable[tuple[list[float], str, str, str]]:
    for spec in FLOAT_SPECS:
        for value in floats():
            yield [value], spec, "float64", format(value, spec)
    for spec in INTEGER_SPECS:
        for value in (0, 1, -1, 7, 255, 1234567, -98765, 2**40):
            yield [value], spec, "int64", format(value, spec)
    for spec in COMPLEX_SPECS:
        for value in (1 + 2j, -0.5j, 0j, complex(-0.0, 1), 3 - 0j, 1e20 + 1e-7j, 1234567.5 - 2.5j):
            yield [value.real, value.imag], spec, "complex128", format(value, spec)
    for spec in ("", "d", ".1f", "5d"):
        for value in (True, False):
            yield [int(value)], spec, "bool", format(value, spec)


def test_formats_as_python_does() -> None:
    wanted = list(cases())
    with Engine() as engine:
        engine.evaluate(link("core/format.js", name="text").text)
        engine.evaluate(
            "globalThis.all = (cases) => "
            "cases.map(([data, spec, dtype]) => text.format({ data, dtype }, spec)); 0"
        )
        got = engine.call("all", [case[:3] for case in wanted])
        different = [
            (case, text) for case, text in zip(wanted, got, strict=True) if case[3] != text
        ]
        assert not different[:10]
        with pytest.raises(ExplorableError, match="unknown format 'q'"):
            engine.call("all", [[[1.0], "q", "float64"]])


def test_what_needs_no_part_says_the_same() -> None:
    """Two short ways for the usual: whole numbers as they are, and digits after the point."""
    wanted = list(cases())
    with Engine() as engine:
        for path, name in (("core/wide.js", "formatWhole"), ("core/fixed.js", "formatFixed")):
            engine.evaluate(link(path, name="text").text)
            engine.evaluate(
                "globalThis.all = (cases) => cases.map(([data, spec, dtype]) => "
                f"text.{name}({{ data, dtype }}, spec) ?? null); 0"
            )
            got = engine.call("all", [case[:3] for case in wanted])
            pairs = list(zip(wanted, got, strict=True))
            assert not [(case, text) for case, text in pairs if text not in (None, case[3])]
            known = {(case[1], case[2]) for case, text in pairs if text is not None}
            if name == "formatWhole":
                assert known == {("", "int64"), ("d", "int64")}
            else:
                assert {(".2f", "float64"), (".1f", "bool")} <= known
