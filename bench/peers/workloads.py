"""What every contestant computes: nine functions of state and inputs in PyTorch, which also says
what is right, and the numbers that they begin with.

A function takes dicts of state and of inputs; it gives the next state and a dict of outputs.
Parameters that never change are closed over, as in a figure that shows a trained model.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "gallery"))
from flow import RealNVP, two_moons

Tree = dict[str, Any]
RATE, BETA1, BETA2, TINY = 3e-3, 0.9, 0.999, 1e-8
"""Of Adam."""
DESCENT = 0.05
"""The rate of plain gradient descent."""
STEP, SOFT = 0.01, 0.05
"""Of the bodies: the time of a step, and how far apart two must be to be told apart."""


@dataclass(frozen=True)
class Workload:
    """One thing to compute."""

    name: str
    title: str
    function: Callable[[Tree, Tree], tuple[Tree, Tree]]
    state: Tree
    inputs: Tree
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    flops: int = 0
    """Multiplications and additions in matrix products, where these are most of the work."""
    checked: tuple[str, ...] = ()
    """State that is compared with torch's after the last checked call, beside the outputs."""
    tolerance: float = 1e-4
    """Greatest difference that is right, of the greatest number of an output."""

    @property
    def calls(self) -> int:
        """How many calls are compared with torch's."""
        return 3 if self.state else 1

    def expected(self) -> list[Tree]:
        """What eager torch gives: the outputs of each checked call, then the checked state."""
        state, found = self.state, list[Tree]()
        for _ in range(self.calls):
            state, outputs = self.function(state, self.inputs)
            found.append(outputs)
        return [*found, {name: state[name] for name in self.checked}]


def flow() -> Workload:
    """One Adam step of a normalising flow."""
    batch, couplings, hidden = 256, 6, 64
    model = RealNVP(couplings=couplings, hidden=hidden)
    names = [name for name, _ in model.named_parameters()]
    weights = [p.detach().clone() for p in model.parameters()]

    def loss(weights: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        given = dict(zip(names, weights, strict=True))
        z, stretch = torch.func.functional_call(model, given, (x,))
        return (z.square().sum(-1) / 2 - stretch).mean()

    def step(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        weights, first, second = state["weights"], state["first"], state["second"]
        gradients, value = torch.func.grad_and_value(loss)(weights, inputs["x"])
        count = state["count"] + 1
        first = [BETA1 * m + (1 - BETA1) * g for m, g in zip(first, gradients, strict=True)]
        second = [BETA2 * v + (1 - BETA2) * g * g for v, g in zip(second, gradients, strict=True)]
        scale = RATE * torch.sqrt(1 - BETA2**count) / (1 - BETA1**count)
        weights = [
            w - scale * m / (v.sqrt() + TINY)
            for w, m, v in zip(weights, first, second, strict=True)
        ]
        moved = {"weights": weights, "first": first, "second": second, "count": count}
        return moved, {"loss": value}

    zeros = [torch.zeros_like(w) for w in weights]
    state = {"weights": weights, "first": zeros, "second": [z.clone() for z in zeros]}
    products = hidden + hidden * hidden + hidden * 2
    return Workload(
        "flow",
        "training step of a flow",
        step,
        state | {"count": torch.zeros(())},
        {"x": two_moons(batch)},
        flops=3 * 2 * batch * products * couplings,
        checked=("first",),
        tolerance=2e-3,
    )


def transformer() -> Workload:
    """A small GPT, forward, with all its attention maps."""
    layers, width, heads, length, vocabulary = 4, 128, 4, 64, 64
    weights: dict[str, torch.Tensor] = {
        "tokens": torch.randn(vocabulary, width) * 0.5,
        "places": torch.randn(length, width) * 0.1,
        "head": torch.randn(vocabulary, width) / math.sqrt(width),
    }
    for k in range(layers):
        for name, rows, columns in (
            ("qkv", 3 * width, width),
            ("out", width, width),
            ("up", 4 * width, width),
            ("down", width, 4 * width),
        ):
            weights[f"{name}{k}"] = torch.randn(rows, columns) / math.sqrt(columns)
            weights[f"{name}{k}.bias"] = torch.randn(rows) * 0.1
    hidden = torch.full((length, length), -math.inf).triu(1)

    def layer(x: torch.Tensor, name: str) -> torch.Tensor:
        return F.linear(x, weights[name], weights[f"{name}.bias"])

    def forward(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        x = weights["tokens"][inputs["ids"]] + weights["places"]
        maps = list[torch.Tensor]()
        for k in range(layers):
            q, key, v = (
                layer(F.layer_norm(x, (width,)), f"qkv{k}")
                .view(length, 3, heads, width // heads)
                .permute(1, 2, 0, 3)
            )
            map = torch.softmax(q @ key.mT / math.sqrt(width // heads) + hidden, -1)
            maps.append(map)
            x = x + layer((map @ v).transpose(0, 1).reshape(length, width), f"out{k}")
            x = x + layer(F.gelu(layer(F.layer_norm(x, (width,)), f"up{k}")), f"down{k}")
        logits = F.layer_norm(x, (width,)) @ weights["head"].mT
        return {}, {"logits": logits, "maps": torch.stack(maps)}

    products = length * width * (12 * width * layers + vocabulary) + layers * 2 * length**2 * width
    return Workload(
        "transformer",
        "transformer, forward",
        forward,
        {},
        {"ids": torch.randint(vocabulary, (length,))},
        weights,
        flops=2 * products,
    )


def grid() -> Workload:
    """A network over a picture: what the plane looks like to it."""
    side, hidden = 256, 64
    line = torch.linspace(-2, 2, side)
    plane = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).reshape(-1, 2)

    def forward(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        x = torch.tanh(plane @ inputs["w1"] + inputs["b1"])
        x = torch.tanh(x @ inputs["w2"] + inputs["b2"])
        return {}, {"picture": (x @ inputs["w3"] + inputs["b3"]).reshape(side, side)}

    inputs = {
        "w1": torch.randn(2, hidden),
        "b1": torch.randn(hidden),
        "w2": torch.randn(hidden, hidden) / 8,
        "b2": torch.randn(hidden) / 8,
        "w3": torch.randn(hidden, 1) / 8,
        "b3": torch.randn(1),
    }
    products = side * side * (2 * hidden + hidden * hidden + hidden)
    return Workload("grid", "network on 256 x 256 points", forward, {}, inputs, flops=2 * products)


def lms() -> Workload:
    """Least mean squares: one adaptive filter, sample by sample."""
    taps, samples = 32, 4000
    hidden = torch.exp(-torch.arange(taps) / 6)

    def run(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        w, errors = torch.zeros(taps), list[torch.Tensor]()
        for x in inputs["signal"].unfold(0, taps, 1):
            error = x @ (hidden - w)
            w = w + inputs["mu"] * error * x
            errors.append(error)
        return {}, {"w": w, "errors": torch.stack(errors)}

    inputs = {"mu": torch.tensor(0.01), "signal": torch.randn(samples + taps - 1)}
    return Workload("lms", "LMS filter, 4,000 samples", run, {}, inputs)


def fft() -> Workload:
    """A Fourier transform."""

    def transform(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        return {}, {"spectrum": torch.fft.fft(inputs["z"])}

    z = torch.randn(4096, dtype=torch.complex64)
    return Workload("fft", "FFT of 4,096", transform, {}, {"z": z})


def bodies() -> Workload:
    """Half a drift, a kick by all the others, half a drift."""
    count = 1000

    def leap(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        x = state["x"] + STEP / 2 * state["v"]
        apart = x[None] - x[:, None]
        near = apart.square().sum(-1) + SOFT**2
        pull = (inputs["mass"] * near.rsqrt() / near)[..., None] * apart
        v = state["v"] + STEP * pull.sum(1)
        x = x + STEP / 2 * v
        return {"x": x, "v": v}, {"x": x}

    state = {"x": torch.randn(count, 3), "v": 0.1 * torch.randn(count, 3)}
    inputs = {"mass": torch.rand(count) / count}
    return Workload("bodies", "1,000 bodies, leapfrog", leap, state, inputs, checked=("v",))


def cnn() -> Workload:
    """One step of gradient descent of a convolutional network on 32 small pictures."""
    batch, side, few, more, classes = 32, 28, 8, 16, 10
    features = more * (side // 4) ** 2
    weights = [
        torch.randn(few, 1, 3, 3) / 3,
        torch.zeros(few),
        torch.randn(more, few, 3, 3) / math.sqrt(9 * few),
        torch.zeros(more),
        torch.randn(classes, features) / math.sqrt(features),
        torch.zeros(classes),
    ]

    def loss(weights: list[torch.Tensor], pictures: torch.Tensor, labels: torch.Tensor) -> Any:
        w1, b1, w2, b2, w3, b3 = weights
        x = F.max_pool2d(F.relu(F.conv2d(pictures, w1, b1, padding=1)), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, w2, b2, padding=1)), 2)
        return F.cross_entropy(F.linear(x.flatten(1), w3, b3), labels)

    def step(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        gradients, value = torch.func.grad_and_value(loss)(
            state["weights"], inputs["pictures"], inputs["labels"]
        )
        moved = [w - DESCENT * g for w, g in zip(state["weights"], gradients, strict=True)]
        return {"weights": moved}, {"loss": value}

    inputs = {
        "pictures": torch.rand(batch, 1, side, side),
        "labels": torch.randint(classes, (batch,)),
    }
    first = side * side * 9 * few
    second = side * side // 4 * 9 * few * more
    # The pictures need no gradient.
    products = 2 * first + 3 * second + 3 * features * classes
    return Workload(
        "cnn",
        "training step of a CNN",
        step,
        {"weights": weights},
        inputs,
        flops=2 * batch * products,
        checked=("weights",),
    )


def gru() -> Workload:
    """One step of a recurrent network."""
    wide, hidden = 128, 256
    weights = {
        "wi": torch.randn(3 * hidden, wide) / math.sqrt(wide),
        "wh": torch.randn(3 * hidden, hidden) / math.sqrt(hidden),
        "bi": torch.randn(3 * hidden) * 0.1,
        "bh": torch.randn(3 * hidden) * 0.1,
    }
    cell = nn.GRUCell(wide, hidden)
    given = {
        "weight_ih": weights["wi"],
        "weight_hh": weights["wh"],
        "bias_ih": weights["bi"],
        "bias_hh": weights["bh"],
    }

    def step(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        h = torch.func.functional_call(cell, given, (inputs["x"], state["h"]))
        return {"h": h}, {"h": h}

    flops = 2 * 3 * hidden * (wide + hidden)
    state = {"h": torch.zeros(1, hidden)}
    return Workload(
        "gru", "GRU step", step, state, {"x": torch.randn(1, wide)}, weights, flops=flops
    )


def tiny() -> Workload:
    """A complex number turned: the arc it draws."""

    def turn(state: Tree, inputs: Tree) -> tuple[Tree, Tree]:
        way = torch.linspace(0, 1, 64)
        return {}, {"arc": inputs["z"] * torch.exp(1j * inputs["theta"] * way)}

    inputs = {"theta": torch.tensor(1.0), "z": torch.tensor(1 + 0.5j)}
    return Workload("tiny", "e^iθ, one arc", turn, {}, inputs)


def workloads() -> list[Workload]:
    """All of them, with the same numbers every time."""
    torch.manual_seed(0)
    return [flow(), transformer(), grid(), lms(), fft(), bodies(), cnn(), gru(), tiny()]
