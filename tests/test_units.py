"""A long module is compiled in units: the same numbers as in one piece and as eager torch, and
after a change of a number only the unit that holds it is compiled again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import torch

from explorable.compiler import Entry, compile_module, passes
from explorable.compiler import build as building
from explorable.compiler.module import Module
from explorable.compiler.units import stable_name
from explorable.engine import engine
from explorable.trace import tensor_bytes, tensor_from_bytes, trace

PARTS = 36
GIVEN = {"x": torch.linspace(-1, 1, 200)}


def long(factor: float):
    """A function of many loops, in one of which a number is ``factor``."""

    def run(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        found: dict[str, torch.Tensor] = {}
        for k in range(PARTS):
            y = v["x"][: 100 + k]
            for j in range(3 + k % 5):
                y = torch.sin(y * (0.1 * j + 0.3)) + torch.exp(-y * y) * (k + 0.5) / 40
            found[f"y{k}"] = y * factor if k == 7 else y.tanh()
        return found

    return run


class Zig:
    """What was handed to zig."""

    def __init__(self) -> None:
        self.units: Sequence[str] = ()
        self.compiled: list[str] = []

    def build(self, units: Sequence[str], memory: int, *, relaxed: bool) -> Any:
        self.units = units
        return building.build(units, memory, relaxed=relaxed)

    def run(self, texts: Sequence[bytes], kind: str, words: list[str]) -> bytes:
        self.compiled.append(kind)
        return _run(texts, kind, words)


_run = building._run  # pyright: ignore[reportPrivateUsage]


def made(factor: float) -> tuple[Module, Zig]:
    zig = Zig()
    with (
        mock.patch.object(passes, "build", zig.build),
        mock.patch.object(building, "_run", zig.run),
    ):
        module = compile_module([Entry("run", trace(long(factor), GIVEN))], relaxed=False)
    return module, zig


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORABLE_CACHE", str(tmp_path / "cache"))


def results(module: Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    instance = engine().load(module)
    instance.write("x", tensor_bytes(x)[1])
    instance.run("run")
    names = [f"y{k}" for k in range(PARTS)]
    return {n: tensor_from_bytes(module.slot(n).type, instance.read(n)) for n in names}


def test_units_compute_what_the_whole_and_what_eager_torch_compute() -> None:
    module, zig = made(1.5)
    assert len(zig.units) > 2
    with mock.patch.object(passes, "build", lambda units, *a, **k: _whole(module, *a, **k)):
        whole = compile_module([Entry("run", trace(long(1.5), GIVEN))], relaxed=False)
    x = torch.randn(200)
    got, same, want = results(module, x), results(whole, x), long(1.5)({"x": x})
    for name in want:
        assert torch.equal(got[name], same[name]), name
        torch.testing.assert_close(got[name], want[name], rtol=1e-4, atol=1e-4)


def _whole(module: Module, memory: int, *, relaxed: bool) -> Any:
    return building.build((module.c,), memory, relaxed=relaxed)


def test_another_number_compiles_one_unit_again() -> None:
    _, first = made(1.5)
    assert first.compiled == ["c"] * len(first.units) + ["o"]
    module, second = made(2.25)
    assert second.compiled == ["c", "o"]
    x = torch.randn(200)
    torch.testing.assert_close(results(module, x)["y7"], long(2.25)({"x": x})["y7"])
    again, third = made(2.25)
    assert third.compiled == []
    assert again.wasm == module.wasm


def test_what_was_kept_gives_the_bytes_of_a_new_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(1.5)
    kept, _ = made(2.25)
    monkeypatch.setenv("EXPLORABLE_CACHE", str(tmp_path / "empty"))
    fresh, zig = made(2.25)
    assert len(zig.compiled) == len(zig.units) + 1
    assert kept.wasm == fresh.wasm


def test_a_short_module_is_one_unit() -> None:
    zig = Zig()
    with mock.patch.object(passes, "build", zig.build):
        compile_module([Entry("run", trace(lambda v: {"y": v["x"].sin()}, GIVEN))], relaxed=False)
    assert len(zig.units) == 1


def test_a_name_depends_on_what_is_done_and_not_on_numbers() -> None:
    name = stable_name("v1 * 0x1.8p+0f + 2.0f", ())
    assert name == stable_name("v1 * 0x1.4p-1f + 3.0f", ())
    assert name != stable_name("v1 + 0x1.8p+0f * 2.0f", ())
    second = stable_name("v1 * 0x1.4p-1f + 3.0f", {name})
    assert second.startswith(name)
    assert second != name
