"""What a size that moves costs: the same function compiled for one size and for all up to it, side
by side; and the gallery's attention with one entry against one per length.

    python bench/sizes.py           # about a minute

Both modules get the same tensors, in turn for 10 rounds; the least time of each counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import brotli  # pyright: ignore[reportMissingTypeStubs] it has none
import torch
from torch.nn import functional as F

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import Instance, engine
from explorable.figures.group import _trace_group  # pyright: ignore[reportPrivateUsage] what a fallback does
from explorable.graph import Type
from explorable.sizes import Named, Size
from explorable.trace import Moving, random_numbers, tensor_bytes, trace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "gallery"))
from attention import attention as figure

ROUNDS, SECONDS = 10, 0.05
Inputs = Mapping[str, Any]  # torch's tensors and numbers

weights = torch.randn(64, 192)


def heads(v: Inputs) -> torch.Tensor:
    n = v["x"].shape[0]
    q, k, value = (v["x"] @ weights).view(n, 3, 4, 16).permute(1, 2, 0, 3)
    return ((q @ k.mT / 4).softmax(-1) @ value).permute(1, 0, 2).reshape(n, 64)


FUNCTIONS: dict[str, tuple[int, int, Callable[[Inputs], torch.Tensor]]] = {
    "running mean of draws, n = 500": (
        500, 1, lambda v: torch.randn(v["n"]).cumsum(0) / torch.arange(1, v["n"] + 1),
    ),
    "sine of (n, 64), n = 1000": (1000, 64, lambda v: v["x"].sin() * 2 + 1),
    "sum of (n, 64), n = 1000": (1000, 64, lambda v: v["x"].square().sum(0)),
    "distances, n = 200": (200, 2, lambda v: (v["x"][:, None] - v["x"][None]).norm(dim=-1)),
    "layer (n, 64) @ (64, 192), n = 256": (256, 64, lambda v: (v["x"] @ weights).relu()),
    "gradient of it": (
        256, 64, torch.func.grad(lambda x: F.gelu(x @ weights).square().sum()),
    ),
    "four heads of attention, n = 128": (128, 64, heads),
}  # fmt: skip


def compiled(function: Callable[[Inputs], torch.Tensor], inputs: Inputs) -> Module:
    def run(values: Inputs) -> dict[str, torch.Tensor]:
        with random_numbers(0, 0):
            given = values["x"] if function is FUNCTIONS["gradient of it"][2] else values
            return {"y": function(given)}

    return compile_module([Entry("run", trace(run, inputs))], relaxed=False)


def loaded(module: Module, x: torch.Tensor, n: int) -> Instance:
    instance = engine().load(module)
    for slot in module.slots:
        if slot.name == "x":
            whole = torch.zeros(tuple(map(int, slot.type.shape)))
            whole[: len(x)] = x
            instance.write("x", tensor_bytes(whole)[1])
        elif slot.name == "n":
            instance.write("n", tensor_bytes(torch.tensor(n))[1])
    return instance


def compare(name: str) -> str:
    high, width, function = FUNCTIONS[name]
    size = Size(Named("n", 1, high))
    moving = compiled(function, {"n": Moving(1, high), "x": Type((size, width), "float32")})
    x = torch.randn(high, width)

    def still(v: Inputs) -> torch.Tensor:
        return function(v if function is FUNCTIONS["gradient of it"][2] else {**v, "n": high})

    fixed = compile_module([Entry("run", trace(_one_size(still, function), {"x": x}))], relaxed=False)
    instances = [loaded(fixed, x, high), loaded(moving, x, high), loaded(moving, x, high // 10)]
    best = [float("inf")] * 3
    for _ in range(ROUNDS):
        best = [min(b, i.time("run", SECONDS)) for b, i in zip(best, instances, strict=True)]
    times = " | ".join(f"{1e6 * seconds:.1f}" for seconds in best)
    return f"| {name} | {times} | {best[1] / best[0]:.2f} | {len(fixed.wasm)} | {len(moving.wasm)} |"


def _one_size(
    still: Callable[[Inputs], torch.Tensor], function: object
) -> Callable[[Inputs], dict[str, torch.Tensor]]:
    def run(values: Inputs) -> dict[str, torch.Tensor]:
        with random_numbers(0, 0):
            plain = function is FUNCTIONS["gradient of it"][2]
            return {"y": still(values["x"]) if plain else still(values)}  # pyright: ignore

    return run


def main() -> None:
    print("| | one size, µs | all, at n | all, at n / 10 | ratio | bytes | bytes, all |")
    print("|---|---|---|---|---|---|---|")
    for name in FUNCTIONS:
        print(compare(name), flush=True)
    text = next(c for c in figure.wires.controls.values() if c.kind == "text")
    for title, still in (("one entry", frozenset()), ("one per length", frozenset({text}))):
        entries = _trace_group([figure], still).entries()
        wasm = compile_module(entries, relaxed=False).wasm
        small = len(brotli.compress(wasm))  # pyright: ignore[reportUnknownMemberType] no stubs
        print(f"attention, {title}: {len(entries)} entries, {len(wasm)} bytes, brotli {small}")


if __name__ == "__main__":
    main()
