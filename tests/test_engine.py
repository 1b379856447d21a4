"""The engine: bytes in and out, deaths, timeouts; on modules written by hand in wasm text."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

import pytest

from assemble import ADD, HANG, TRAP, assemble, load, store
from explorable.compiler.module import Array, Module, Slot
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.graphs import Type

FLOAT = Type((2,), "float32")

# y[0] = x[0] + x[1]; the state s += x[0]; an endless loop; a trap.
WASM = assemble(
    {
        "init": b"",
        "main": store(32, load(16) + load(20) + ADD),
        "count": store(48, load(48) + load(16) + ADD),
        "hang": HANG,
        "trap": TRAP,
    }
)


def module() -> Module:
    slots = (
        Slot("x", 16, FLOAT),
        Slot("y", 32, Type((), "float32")),
        Slot("state", 48, Type((), "float32")),
    )
    start = Array("start", 48, Type((), "float32"), struct.pack("<f", 5.0))
    entries = ("main", "count", "hang", "trap")
    return Module(WASM, None, slots, (start,), entries, 65536, "", "")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


def number(data: bytes) -> float:
    return struct.unpack("<f", data)[0]


def test_writes_runs_reads(engine: Engine) -> None:
    instance = engine.load(module())
    instance.write("x", struct.pack("<2f", 1.5, 2.25))
    instance.run("main")
    assert number(instance.read("y")) == 3.75


def test_state_stays_and_arrays_are_written(engine: Engine) -> None:
    one, two = engine.load(module()), engine.load(module())
    one.write("x", struct.pack("<2f", 2.0, 0.0))
    one.run("count", count=3)
    assert number(one.read("state")) == 11.0
    assert number(two.read("state")) == 5.0


def test_time_is_positive_and_small(engine: Engine) -> None:
    assert 0 < engine.load(module()).time("main", 0.1) < 1e-4


def test_a_trap_is_an_error_and_the_engine_lives(engine: Engine) -> None:
    instance = engine.load(module())
    with pytest.raises(ExplorableError, match="a while_loop in 'trap' does not end"):
        instance.run("trap")
    assert number(instance.read("state")) == 5.0


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda i: i.write("z", b""), "unknown slot 'z'; one of: x, y, state"),
        (lambda i: i.write("x", b"123"), r"'x' takes 8 bytes \(float32\[2\]\), got 3"),
        (lambda i: i.run("mian"), "unknown entry 'mian'; one of: main"),
        (lambda i: i.put(65530, b"1234567"), "outside the memory"),
    ],
)
def test_wrong_use(engine: Engine, action, message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        action(engine.load(module()))


def test_calls_take_and_give_json(engine: Engine) -> None:
    engine.evaluate("globalThis.echo = (...all) => all; globalThis.isNan = Number.isNaN; 0")
    value = [1, "θ \u2028 \"'`${x}", None, True, {"a": [1.5]}]
    assert engine.call("echo", *value) == value
    assert engine.call("isNan", math.nan) is True
    assert engine.call("echo", math.inf) == [None]
    assert engine.evaluate("'é' + 1") == "é1"


def test_bytes_go_in_and_out(engine: Engine) -> None:
    engine.put("some.bin", bytes(range(256)))
    assert engine.bytes("files['some.bin'].slice(3, 6)") == b"\3\4\5"
    assert engine.bytes("new Float32Array([1, NaN])") == struct.pack("<2f", 1, math.nan)
    assert engine.bytes("new ArrayBuffer(0)") == b""
    with pytest.raises(ExplorableError, match="not an ArrayBuffer"):
        engine.bytes("7")


def test_errors_of_javascript_are_told(engine: Engine) -> None:
    with pytest.raises(ExplorableError, match="no such thing"):
        engine.evaluate("throw new Error('no such thing')")


def test_a_hang_is_an_error_and_the_engine_restarts() -> None:
    with Engine() as engine:
        instance = engine.load(module())
        with pytest.raises(ExplorableError, match=r"entry 'hang' did not end within 0\.3 s"):
            instance.run("hang", seconds=0.3)
        with pytest.raises(ExplorableError, match="restarted since this module was loaded"):
            instance.read("x")
        engine.once("globalThis.count = (globalThis.count ?? 0) + 1")
        engine.once("globalThis.count = (globalThis.count ?? 0) + 1")
        assert engine.evaluate("count") == 1
        assert number(engine.load(module()).read("state")) == 5.0


def test_a_death_names_what_ran() -> None:
    with Engine() as engine:
        body = "const all = []; for (;;) all.push([...'x'.repeat(1e6)]);"
        engine.evaluate(f"globalThis.eat = () => {{ {body} }}; 0")
        with pytest.raises(ExplorableError, match="V8 died while running 'eat'"):
            engine.call("eat")
        assert engine.evaluate("1 + 1") == 2
