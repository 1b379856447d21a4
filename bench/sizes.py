"""What a size that moves costs: the same function compiled for one size and for all up to it, side
by side; and the gallery's attention with one entry against one per length.

    python bench/sizes.py           # about a minute

Both modules get the same tensors, in turn for 20 rounds; the least time of each counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli  # pyright: ignore[reportMissingTypeStubs] it has none
import torch
from torch.nn import functional as F

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import Instance, engine
from explorable.figures.group import trace_fixed
from explorable.graphs import Type
from explorable.sizes import Named, Size
from explorable.trace import Moving, random_numbers, tensor_bytes, trace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "gallery"))
from attention import attention as figure  # pyright: ignore[reportMissingImports] the gallery's

ROUNDS, SECONDS = 20, 0.05
Function = Callable[[Any, Any], torch.Tensor]  # of n and of x, float32 (n, width)

weights = torch.randn(64, 192)


def heads(n: Any, x: torch.Tensor) -> torch.Tensor:
    q, k, v = (x @ weights).view(n, 3, 4, 16).permute(1, 2, 0, 3)
    return ((q @ k.mT / 4).softmax(-1) @ v).permute(1, 0, 2).reshape(n, 64)


def slope(n: Any, x: torch.Tensor) -> torch.Tensor:
    return torch.func.grad(lambda x: F.gelu(x @ weights).square().sum())(x)


FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "running mean of n draws, n = 500": (
        500, 1, lambda n, x: torch.randn(n).cumsum(0) / torch.arange(1, n + 1),
    ),
    "sine of (n, 64), n = 1000": (1000, 64, lambda n, x: x.sin() * 2 + 1),
    "sum of (n, 64), n = 1000": (1000, 64, lambda n, x: x.square().sum(0)),
    "distances between n points, n = 200": (
        200, 2, lambda n, x: (x[:, None] - x[None]).norm(dim=-1),
    ),
    "layer (n, 64) @ (64, 192), n = 256": (256, 64, lambda n, x: (x @ weights).relu()),
    "gradient of a layer": (256, 64, slope),
    "four heads of attention, n = 128": (128, 64, heads),
}  # fmt: skip


def compiled(function: Function, inputs: dict[str, Any], n: int | None) -> Module:
    """For one size ``n``, or, without it, for those that the inputs have."""

    def run(values: dict[str, Any]) -> dict[str, torch.Tensor]:
        with random_numbers(0, 0):
            return {"y": function(n or values["n"], values["x"])}

    return compile_module([Entry("run", trace(run, inputs))], relaxed=False)


def loaded(module: Module, x: torch.Tensor, n: int) -> Instance:
    """An instance with its inputs written."""
    instance = engine().load(module)
    given = {"x": x, "n": torch.tensor(n)}
    for slot in module.slots:
        if slot.name in given:
            instance.write(slot.name, tensor_bytes(given[slot.name])[1])
    return instance


def compare(name: str) -> str:
    """A row of the table."""
    most, width, function = FUNCTIONS[name]
    x = torch.randn(most, width)
    fixed = compiled(function, {"x": x}, most)
    rows = Type((Size(Named("n", 1, most)), width), "float32")
    moving = compiled(function, {"n": Moving(1, most), "x": rows}, None)
    instances = [loaded(fixed, x, most), loaded(moving, x, most), loaded(moving, x, most // 10)]
    best = [float("inf")] * 3
    for _ in range(ROUNDS):
        best = [min(b, i.time("run", SECONDS)) for b, i in zip(best, instances, strict=True)]
    times = " | ".join(f"{1e6 * seconds:.1f}" for seconds in best)
    ratio = f"{best[1] / best[0]:.2f}"
    return f"| {name} | {times} | {ratio} | {len(fixed.wasm)} | {len(moving.wasm)} |"


def main() -> None:
    print("| | one size, µs | any, at n | any, at n / 10 | ratio | bytes | bytes, any |")
    print("|---|---|---|---|---|---|---|")
    for name in FUNCTIONS:
        print(compare(name), flush=True)
    text = next(c for c in figure.wires.controls.values() if c.kind == "text")
    for title, still in (("one entry", frozenset[Any]()), ("one per length", frozenset({text}))):
        entries = trace_fixed([figure], still).entries()
        wasm = compile_module(entries, relaxed=False).wasm
        small = len(brotli.compress(wasm))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] no stubs
        print(f"attention, {title}: {len(entries)} entries, {len(wasm)} bytes, brotli {small}")


if __name__ == "__main__":
    main()
