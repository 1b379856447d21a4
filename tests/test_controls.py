"""Controls in the runtime: what they accept, how they read and move, and their markup."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import link

LINEAR = {"kind": "slider", "label": "a", "low": 0, "high": 2 * math.pi, "scale": "linear"}
LOG = {"kind": "slider", "label": "b", "low": 1e-4, "high": 1, "scale": "log", "unit": "Hz"}
STEPS = {"kind": "slider", "label": "c", "low": -1, "high": 1, "step": 0.1, "scale": "linear"}
INTEGER = {"kind": "integer", "label": "n", "low": 1, "high": 500}
SEED = {"kind": "seed", "label": "seed"}
TOGGLE = {"kind": "toggle", "label": "on"}
CHOICE = {"kind": "choice", "label": "surface", "options": ["bowl", "saddle", "egg box"]}
POINT = {"kind": "point", "label": "z", "complex": True}
POINTS = {"kind": "points", "label": "p", "max": 3}
WHOLE = {"kind": "tensor", "label": "board", "dtype": "int64", "low": 0, "high": 9, "shape": [2, 2]}
MASK = {"kind": "tensor", "label": "mask", "dtype": "bool", "shape": [2]}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        running.evaluate(link("core/controls.js", name="controls").text)
        running.evaluate(link("page/markup.js", name="page").text)
        yield running


@pytest.mark.parametrize(
    ("control", "asked", "taken"),
    [
        (LINEAR, 99, 2 * math.pi),
        (LINEAR, "1.5", 1.5),
        (LINEAR, -math.inf, 0),
        (STEPS, 0.34, 0.3),
        (STEPS, 5, 1),
        (INTEGER, 7.6, 8),
        (INTEGER, 0, 1),
        (SEED, -4, 0),
        (TOGGLE, True, True),
        (CHOICE, "saddle", "saddle"),
        (POINT, [1, "2"], [1, 2]),
        (POINT, {"re": 1, "im": -1}, [1, -1]),
        (POINTS, [[0, 1], [2, 3], [4, 5], [6, 7]], [[0, 1], [2, 3], [4, 5]]),
        ({**WHOLE, "value": [0] * 4}, [[1, 12], [-3, 2.4]], [1, 9, 0, 2]),
        ({**MASK, "value": [0, 0]}, [True, 0], [1, 0]),
    ],
)
def test_accepts(engine: Engine, control: dict[str, Any], asked: Any, taken: Any) -> None:
    assert engine.call("controls.accept", "name", control, asked) == taken


@pytest.mark.parametrize(
    ("control", "asked", "message"),
    [
        (LINEAR, "", "'name' takes a number, got \"\""),
        (LINEAR, math.nan, "'name' takes a number"),
        (CHOICE, "sadle", "unknown option of 'name' 'sadle'; nearest 'saddle'; one of: bowl"),
        (POINT, [1], "'name' takes \\[x, y\\], got \\[1\\]"),
        ({**WHOLE, "value": [0] * 4}, [1, 2], "'name' takes 4 numbers, got \"2\""),
    ],
)
def test_refuses(engine: Engine, control: dict[str, Any], asked: Any, message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        engine.call("controls.accept", "name", control, asked)


@pytest.mark.parametrize(
    ("control", "value", "text"),
    [
        (LINEAR, 1.0, "1.00"),
        (LINEAR, 0.123456, "0.12"),
        (LOG, 0.003, "0.003 Hz"),
        (LOG, 1.23456e-4, "1.2e−4 Hz"),
        (STEPS, -0.3, "−0.3"),
        (INTEGER, 12, "12"),
        (POINT, [1, -0.5], "1.00 − 0.50i"),
        ({**POINT, "complex": False}, [1, -0.5], "(1.00, −0.50)"),
    ],
)
def test_reads(engine: Engine, control: dict[str, Any], value: Any, text: str) -> None:
    assert engine.call("controls.spell", control, value) == text


def test_keys_reach_both_ends_and_come_back(engine: Engine) -> None:
    for control in (LINEAR, LOG, STEPS):
        assert engine.call("controls.nudge", "n", control, control["high"], 10) == control["high"]
        value = engine.call("controls.nudge", "n", control, control["low"], 3)
        assert control["low"] < value < control["high"]
        back = engine.call("controls.nudge", "n", control, value, -3)
        assert back == pytest.approx(control["low"], abs=1e-9)
    middle = engine.call("controls.atPosition", LOG, 0.5)
    assert middle == pytest.approx(1e-2)
    assert engine.call("controls.position", LOG, middle) == pytest.approx(0.5)


def spec(controls: dict[str, Any]) -> dict[str, Any]:
    simulation = {"kind": "simulation", "name": "run"}
    figure = {"controls": [*controls, "run"]}
    return {
        "program": {"controls": controls, "nodes": [simulation]},
        "figures": {"figure": figure},
    }


def test_markup_is_native_disabled_and_escaped(engine: Engine) -> None:
    controls = {
        "a": {**LINEAR, "value": 1.0, "label": '<b>"θ"</b>', "play": 4},
        "b": {**LOG, "value": 0.01},
        "n": {**INTEGER, "value": 20},
        "seed": {**SEED, "value": 0},
        "on": {**TOGGLE, "value": True},
        "surface": {**CHOICE, "value": "bowl"},
        "z": {**POINT, "value": [1, 0]},
    }
    markup: str = engine.call(
        "page.markup", spec(controls), "figure", ["<svg></svg>"], {"src": "@/x.json", "lang": "ta"}
    )
    assert "<b>" not in markup
    assert "style=" not in markup
    inputs = re.findall(r"<(?:button|input|select)[^>]*>", markup)
    assert len(inputs) == 15
    assert all(" disabled" in given for given in inputs)
    assert 'role="radiogroup" aria-label="surface"' in markup
    # In a sentence: these alone do not end a paragraph.
    assert set(re.findall(r"<([\w-]+)", markup)) <= {
        *("explorable-figure", "span", "label", "input", "output", "button", "select", "option"),
        *("svg", "path"),
    }
    assert markup.count('type="range"') == 4
    assert markup.count('type="radio"') == 3
    assert 'aria-valuetext="0.01 Hz"' in markup
    assert 'data-control="z"' not in markup
    assert "இயக்கு" in markup
    assert 'lang="ta"' in markup


def test_no_text_in_markup_means_anything_to_another_language(engine: Engine) -> None:
    label = r"$x$ \(y\) a|b {{ c }} *d*"
    controls = {
        "a": {**LINEAR, "value": 1.0, "label": label},
        "pick": {**CHOICE, "options": [label, "b"], "value": "b", "label": label},
        "go": {"kind": "button", "label": label},
    }

    markup: str = engine.call(
        "page.markup", spec(controls), "figure", ["<svg></svg>"], {"src": "@/x.json"}
    )

    assert not set(markup) & set("$\\|{*`")
    assert html.unescape(re.sub("<[^>]*>", "", markup)).count(label) == 4
    for node in re.split("<[^>]*>", markup):
        assert len(re.findall("&#(?:36|92);", node)) <= 1
