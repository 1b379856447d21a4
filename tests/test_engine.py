"""The engine: bytes in and out, deaths, timeouts; on modules written by hand in wasm text."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

import pytest

from explorable.compiler.module import Array, Module, Slot
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.graph import Type

FLOAT = Type((2,), "float32")


def leb(number: int) -> bytes:
    out = b""
    while True:
        number, low = number >> 7, number & 127
        if not number:
            return out + bytes([low])
        out += bytes([low | 128])


def section(code: int, body: bytes) -> bytes:
    return bytes([code]) + leb(len(body)) + body


def assemble(bodies: dict[str, bytes]) -> bytes:
    """A wasm file with one page of memory and functions without arguments."""
    names = list(bodies)
    exports = [bytes([6]) + b"memory" + bytes([2, 0])]
    exports += [leb(len(n)) + n.encode() + bytes([0]) + leb(k) for k, n in enumerate(names)]
    codes = [leb(len(b) + 2) + b"\x00" + b + b"\x0b" for b in bodies.values()]
    return (
        b"\0asm\1\0\0\0"
        + section(1, b"\x01\x60\x00\x00")
        + section(3, leb(len(names)) + b"\0" * len(names))
        + section(5, b"\x01\x01\x01\x01")
        + section(7, leb(len(exports)) + b"".join(exports))
        + section(10, leb(len(codes)) + b"".join(codes))
    )


def at(*addresses: int) -> bytes:
    return b"".join(b"\x41" + leb(a) for a in addresses)


LOAD, STORE, ADD = b"\x2a\x02\x00", b"\x38\x02\x00", b"\x92"
# y[0] = x[0] + x[1]; the state s += x[0]; an endless loop; a trap.
WASM = assemble(
    {
        "init": b"",
        "main": at(32) + at(16) + LOAD + at(20) + LOAD + ADD + STORE,
        "count": at(48) + at(48) + LOAD + at(16) + LOAD + ADD + STORE,
        "hang": b"\x03\x40\x0c\x00\x0b",
        "trap": b"\x00",
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
    with pytest.raises(ExplorableError, match="unreachable"):
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
