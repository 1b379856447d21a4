"""The runtime's machine, driven through the engine as the build drives it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import pytest

from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import link
from explorable.parts.tokenizers import Characters
from tiny import WASM, program


class Driver:
    def __init__(self, engine: Engine, spec: dict[str, Any]) -> None:
        engine.put("tiny.wasm", WASM)
        engine.put("weight.bin", struct.pack("<4e", 0, 7.5, -0.25, 6e-8))
        self.engine = engine
        self.id = engine.call("explorable.open", spec)

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self.engine.call(f"explorable.{name}", self.id, *args)

    def floats(self, slot: str) -> list[float]:
        data = self.engine.bytes(f"explorable.bytes({self.id}, '{slot}')")
        return list(struct.unpack(f"<{len(data) // 4}f", data))

    def state(self, step: int) -> float:
        self.seek("run", step)
        return self.floats("state")[0]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        running.evaluate(link("engine.js").text)
        yield running


@pytest.fixture
def machine(engine: Engine) -> Driver:
    driver = Driver(engine, program())
    driver.settle()
    return driver


def expected(theta: float, start: float, steps: int) -> list[float]:
    """The same run in Python: every number here is exact in float32 for the first steps."""
    states = [start]
    for _ in range(steps):
        states.append(states[-1] * 0.5 + 2 * theta)
    return states


def test_runs_in_order_and_only_what_is_stale(engine: Engine) -> None:
    machine = Driver(engine, program())
    assert machine.settle() == ["figure"]
    assert machine.floats("out") == [5.0]
    assert machine.settle() == []
    assert machine.set({"theta": 3}) == {"theta": 3}
    assert machine.settle() == ["figure"]
    assert machine.floats("out") == [7.0]
    assert machine.floats("double") == [6.0]


def test_arrays_are_widened_from_half_floats(machine: Driver) -> None:
    machine.set({"switch": True})
    machine.settle()
    assert machine.key("figure") == "true"
    assert machine.floats("out") == [8.5]


def test_steps_and_restart(machine: Driver) -> None:
    assert machine.advance("run", 3) == 3
    assert machine.floats("state") == [expected(1, 4, 3)[3]]
    machine.set({"theta": 2})  # read by step: acts from the next step
    machine.advance("run", 1)
    assert machine.floats("state") == [expected(1, 4, 3)[3] * 0.5 + 4]
    machine.set({"start": -1})  # read by init: starts again
    assert machine.settle() == ["figure"]
    assert machine.floats("state") == [-1.0]
    assert machine.advance("run", 10**6) == 1000


def test_going_back_repeats_the_run_bit_for_bit(machine: Driver) -> None:
    seen = [machine.floats("state")[0]]
    for step in range(300):
        if step in (40, 41, 200):
            machine.set({"theta": step % 7 + 0.1})
        machine.advance("run", 1)
        seen.append(machine.floats("state")[0])
    for step in (300, 7, 299, 0, 41, 42, 201, 200, 1, 40):
        assert machine.state(step) == seen[step]
        assert machine.set({}) == {}
    # Going on from step 40 with what the slider shows now, not with what it showed then.
    machine.seek("run", 40)
    machine.advance("run", 1)
    assert machine.floats("state")[0] == pytest.approx(seen[40] * 0.5 + 2 * (200 % 7 + 0.1))
    assert machine.engine.call("explorable.seek", machine.id, "run", 250)
    assert machine.floats("state")[0] == pytest.approx(seen[40] * 0.5 + 2 * (200 % 7 + 0.1))


def rows(machine: Driver) -> dict[int, float]:
    pairs = zip(machine.floats("history_step"), machine.floats("history"), strict=True)
    return {int(step): value for step, value in pairs if step == step}


def test_history_is_thinned_by_half_and_goes_back(machine: Driver) -> None:
    states = expected(1, 4, 60)
    kept = {}
    for step in range(1, 61):
        machine.advance("run", 1)
        kept[step] = rows(machine)
        for at, value in kept[step].items():
            assert value == pytest.approx(states[at])
    assert list(kept[16]) == [2, 4, 6, 8, 10, 12, 14, 16]
    assert list(kept[18]) == [4, 8, 12, 16]
    assert list(kept[20]) == [4, 8, 12, 16, 20]
    assert list(kept[36]) == [8, 16, 24, 32]
    for step in (17, 60, 33, 5, 0, 20):
        machine.seek("run", step)
        assert rows(machine) == kept.get(step, {})


def test_presses_count_once(machine: Driver) -> None:
    machine.set({"press": 1})
    machine.set({"press": 2})
    assert machine.advance("run", 2) == 2
    assert machine.engine.bytes(f"explorable.bytes({machine.id}, 'presses')") == bytes(8)


def test_text_becomes_ids_and_is_cut_between_letters(machine: Driver) -> None:
    characters = Characters(("a", "b", "த", "ம"))
    # "மி" is two characters and one letter: of "aaaமி" only the a's fit into four ids.
    for text, taken in (("மிxbதaa", "மிxb"), ("aaaமி", "aaa")):
        assert machine.set({"text": text}) == {"text": taken}
        ids = machine.engine.bytes(f"explorable.bytes({machine.id}, 'text')")
        known = characters.ids(taken)
        assert list(struct.unpack("<4q", ids))[: len(known)] == known


def test_settings_are_clamped(machine: Driver) -> None:
    assert machine.set({"theta": 99, "switch": True}) == {"theta": 10, "switch": True}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"thta": 1}, "unknown control 'thta'; nearest 'theta'; one of: theta, start"),
        ({"theta": "much"}, "'theta' takes a number, got \"much\""),
        ({"switch": 1}, "'switch' takes true or false, got 1"),
    ],
)
def test_wrong_settings(machine: Driver, setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        machine.set(setting)


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        ([65536 - 4, "float32", [2]], "lies outside the 65536 bytes"),
        ([-16, "float32", []], "lies outside"),
        ([18, "float32", []], "lies outside"),
        ([0, "float32", [1.5]], "has no known form"),
        ([0, "toString", []], "has no known form"),
    ],
)
def test_a_spec_cannot_reach_outside_memory(engine: Engine, slot: Any, message: str) -> None:
    spec = program()
    spec["slots"]["theta"] = slot
    with pytest.raises(ExplorableError, match=message):
        Driver(engine, spec)


def test_a_file_that_is_too_short(engine: Engine) -> None:
    spec = program()
    spec["arrays"][0]["start"] = 4
    with pytest.raises(ExplorableError, match=r"'weight\.bin' is too short: 8 bytes"):
        Driver(engine, spec)
