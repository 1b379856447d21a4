"""Sines of bounded angles: what the compiler knows to be small is reduced without the digits of
2 / pi, and everything else keeps them. torch is the oracle at and beyond the bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import engine
from explorable.figures.group import trace_group
from explorable.figures.load import load_file
from explorable.trace import tensor_bytes, tensor_from_bytes, trace

Step = Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]
ROOT = Path(__file__).resolve().parent.parent
X = torch.tensor(0.5)
SMALL = {"x": (0.0, 10.0)}


def built(step: Step, bounds: Mapping[str, tuple[float, float]], **inputs: torch.Tensor) -> Module:
    graph = trace(step, inputs or {"x": X})
    return compile_module([Entry("run", graph)], relaxed=False, bounds=bounds)


def is_near(module: Module) -> bool:
    return "two_over_pi" not in module.c


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64])
def test_a_bounded_angle(dtype: torch.dtype) -> None:
    def step(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        x = v["x"].to(dtype)
        times = torch.arange(1, 41).to(dtype)
        if dtype.is_complex:
            return {"y": torch.exp(1j * x * times)}
        return {"y": torch.sin(x * times) + torch.cos(-x / 7) * torch.tan((x - 3).abs())}

    module = built(step, SMALL)

    assert is_near(module) and not is_near(built(step, {}))
    instance = engine().load(module)
    for value in (0.0, 9.999, 10.0, 3.1415927, 0.001):
        x = torch.tensor(value)
        instance.write("x", tensor_bytes(x)[1])
        instance.run("run")
        found = tensor_from_bytes(module.slot("y").type, instance.read("y"))
        torch.testing.assert_close(found, step({"x": x})["y"], rtol=4e-6, atol=4e-6)


def through_memory(x: torch.Tensor) -> torch.Tensor:
    rows = (x * torch.arange(4.0)).sort().values
    return torch.sin(rows)


FAR = {
    "beyond a million": lambda x: torch.sin(x * 1e6),
    "a quotient by what may vanish": lambda x: torch.sin(1 / x),
    "a sum": lambda x: torch.sin((x * torch.arange(100.0)).sum()),
    "an exponential": lambda x: torch.cos(torch.exp(x)),
    "made elsewhere": through_memory,
    "an integer that wraps": lambda x: torch.sin((x.int() * 2**29).float()),
    "one of two": lambda x: torch.sin(x) + torch.sin(x**9),
    "a function that turns by itself": lambda x: torch.sin(x) + torch.lgamma(x - 11),
    "grows in a loop": lambda x: torch.sin(
        torch._higher_order_ops.while_loop(
            lambda k, y: k < 9, lambda k, y: (k + 1, y * 9), (torch.tensor(0), x)
        )[1]
    ),
}


@pytest.mark.parametrize("name", FAR)
def test_an_angle_that_may_be_large(name: str) -> None:
    def step(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"y": FAR[name](v["x"])}

    module = built(step, SMALL)

    assert not is_near(module)
    instance = engine().load(module)
    for value in (9.7, 10.0):
        x = torch.tensor(value)
        instance.write("x", tensor_bytes(x)[1])
        instance.run("run")
        found = tensor_from_bytes(module.slot("y").type, instance.read("y"))
        torch.testing.assert_close(found, step({"x": x})["y"], rtol=2e-4, atol=2e-4)


NEAR = {
    "of a sine": lambda x: torch.sin(8e5 * torch.cos(x)),
    "the larger, the smaller": lambda x: torch.sin(torch.maximum(x, -x) - torch.minimum(x, x * 2)),
    "chosen": lambda x: torch.cos(torch.where(x > 5, x, x - 5)),
    "whole": lambda x: torch.cos(x.int() * torch.arange(5) / 3),
    "kept": lambda x: torch.sin((x * torch.arange(40.0))[:, None] + torch.cos(x)[None]).cumsum(0),
}


@pytest.mark.parametrize("name", NEAR)
def test_an_angle_that_stays_small(name: str) -> None:
    assert is_near(built(lambda v: {"y": NEAR[name](v["x"])}, SMALL))


def test_a_slot_of_nobody_knows_what() -> None:
    def step(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"s": v["s"] + torch.sin(v["s"] + v["x"])}

    assert not is_near(built(step, SMALL, x=X, s=X))
    # It is written here, whatever the caller says.
    assert not is_near(built(step, {**SMALL, "s": (0, 1)}, x=X, s=X))


def test_figures_say_what_their_controls_hold() -> None:
    figures = load_file(ROOT / "gallery" / "turn.py")
    assert trace_group(figures).bounds() == {"control:turn.theta": (0, 6.283185307179586)}
