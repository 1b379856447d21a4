"""Long Python loops in a trace: found, written as one loop, equal to eager at unseen values, with
their gradients; what does not repeat stays written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

import explorable as ex
from explorable.graphs import Graph
from explorable.trace import random_numbers, trace

HIDDEN = torch.exp(-torch.arange(8) / 3)
Values = Mapping[str, Any]


def loops(graph: Graph) -> int:
    return sum(node.op == "control.scan" for node in graph.nodes)


def filtered(v: Values, steps: int = 160) -> dict[str, torch.Tensor]:
    """Least mean squares: rows of a tensor, a carry, one number kept per step."""
    w, errors = torch.zeros(8), []
    for x in v["x"].unfold(0, 8, 1)[:steps]:
        error = x @ (HIDDEN - w)
        w = w + v["a"] * error * x
        errors.append(error)
    return {"w": w, "errors": torch.stack(errors), "tenth": errors[10]}


def slope_through(v: Values) -> dict[str, torch.Tensor]:
    a = v["a"].detach().requires_grad_()
    loss = filtered({**v, "a": a})["errors"].square().mean()
    return {"slope": torch.autograd.grad(loss, a)[0]}


def indexed(v: Values) -> dict[str, torch.Tensor]:
    """Slices and places by the loop's number, a factor that decays, two steps of memory."""
    before, now, seen = v["x"][:4], v["x"][1:5], [v["x"][:4]]
    for k in range(100):
        window = v["x"][k : k + 4] * 0.98**k
        now, before = torch.tanh(1.5 * now - 0.7 * before + v["x"][2 * k] + window) / (k + 1), now
        seen.append(now)
    return {"last": now, "path": torch.stack(seen), "pairs": torch.cat(seen[1:])}


def drawn(v: Values) -> dict[str, torch.Tensor]:
    """Random numbers in every step, and a gradient step by autograd."""
    torch.manual_seed(v["n"])
    theta, losses = v["x"][:3], []
    for _ in range(30):
        theta = theta.detach().requires_grad_()
        points = torch.distributions.Normal(0.0, 2.0).sample((16,))
        away = (points - theta[0]).square() * torch.exp(theta[1]) - theta[2]
        loss = torch.nn.functional.softplus(away).mean()
        (slope,) = torch.autograd.grad(loss, theta)
        theta = theta - v["a"] * slope
        losses.append(loss.detach())
    return {"theta": theta.detach(), "losses": torch.stack(losses)}


def odd(v: Values) -> dict[str, torch.Tensor]:
    """Every tenth step does something else, the first one too."""
    state = v["x"][:5]
    for k in range(170):
        state = torch.sin(state * v["a"] + v["x"][k]) + state.roll(1)
        if k % 10 == 0:
            state = state - state.mean()
    return {"state": state}


def in_place(v: Values) -> dict[str, torch.Tensor]:
    """A state that is added to, results written into rows and parts of rows."""
    w, out, table = torch.zeros(8), torch.zeros(160), torch.ones(160, 4)
    for k in range(160):
        x = v["x"][k : k + 8]
        out[k] = x @ (HIDDEN - w)
        w += v["a"] * out[k] * x
        table[k, 1:] *= out[k]
        w[0].mul_(0.9)
    return {"w": w, "out": out, "table": table}


def aliased(v: Values) -> dict[str, torch.Tensor]:
    """Views taken before a write and read after it; a view of a view; a copy that stays."""
    w = v["x"][:9].clone()
    square = w.view(3, 3)
    corner = square[1:, 1:]
    kept = w.clone()
    for k in range(90):
        w.mul_(0.99).add_(v["x"][k], alpha=0.1)
        corner.sub_(square[0, 0])
        square[k % 3 : k % 3 + 1].clamp_(-2, 2)
        kept = torch.sin(kept + corner.sum() * 0.01) + 0.1 * w
    return {"w": w, "corner": corner, "kept": kept}


def optimised(v: Values) -> dict[str, torch.Tensor]:
    """An optimiser's own steps on a module that is made inside."""
    torch.manual_seed(v["n"])
    net = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    optimizer.param_groups[0]["lr"] = v["a"]
    losses = []
    for k in range(30):
        loss = (net(v["x"][k : k + 16].view(4, 4)) - 0.5).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return {"weight": net.weight.detach(), "losses": torch.stack(losses)}


LOOPS: dict[str, tuple[Callable[[Values], dict[str, torch.Tensor]], int]] = {
    "filtered": (filtered, 1),
    "slope": (slope_through, 2),
    "indexed": (indexed, 1),
    "drawn": (drawn, 1),
    "odd": (odd, 1),
    "in place": (in_place, 1),
    "aliased": (aliased, 1),
    "optimised": (optimised, 1),
}


def given(a: float, n: int, seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(240, generator=generator)
    return {"a": torch.tensor(a), "n": torch.tensor(n), "x": x}


@pytest.mark.slow
@pytest.mark.parametrize("name", LOOPS)
def test_a_long_loop_is_one_loop_and_equals_eager(name: str) -> None:
    function, wanted = LOOPS[name]
    graph = trace(function, given(0.01, 3, 0))
    assert loops(graph) == wanted
    assert len(graph.nodes) < 400

    def positional(a: torch.Tensor, n: torch.Tensor, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return function({"a": a, "n": n, "x": x})

    compiled = ex.compile(positional, *given(0.01, 3, 0).values())
    unseen = given(0.03, 5, 1)
    with random_numbers(0, 0):
        expected = function(unseen)
    for key, value in compiled(*unseen.values()).items():
        assert torch.allclose(value, expected[key].detach(), rtol=1e-4, atol=1e-5), key
    assert len(compiled.wasm) < 25_000


def test_a_written_input_is_written() -> None:
    def step(state: torch.Tensor, a: torch.Tensor) -> dict[str, torch.Tensor]:
        for k in range(150):
            state.mul_(a).add_(torch.sin(state) * 0.1)
            state[k % 5] += 0.01
            state.clamp_(-3, 3)
        return {"state": state, "sum": state.sum()}

    compiled = ex.compile(step, torch.zeros(5), torch.tensor(0.5))
    given = torch.linspace(-1, 2, 5), torch.tensor(0.97)
    with random_numbers(0, 0):
        expected = step(given[0].clone(), given[1])
    for key, value in compiled(*given).items():
        assert torch.allclose(value, expected[key], rtol=1e-4, atol=1e-5), key


def triangle(v: Values) -> dict[str, torch.Tensor]:
    """Every step is as long as all before it: written out."""
    total = v["x"][:1]
    for k in range(1, 150):
        total = total + torch.tanh(v["x"][:k]).sum() * v["a"] + torch.sin(total) + torch.cos(total)
    return {"total": total}


def remembered(v: Values) -> dict[str, torch.Tensor]:
    """Every step reads the first one's result and all of the history: written out."""
    path = [v["x"][:2]]
    for k in range(150):
        path.append(torch.tanh(path[-1] + path[k // 2] * v["a"]) - path[0] + torch.sin(path[-1]))
    return {"path": torch.stack(path)}


@pytest.mark.parametrize("function", [triangle, remembered])
def test_what_does_not_repeat_stays_written_out(
    function: Callable[[Values], dict[str, torch.Tensor]],
) -> None:
    graph = trace(function, given(0.01, 3, 0))
    assert not loops(graph)
