"""One Adam step of the gallery's flow: our wasm, torch.compile and the SIMD ceiling, side by side.

    python bench/flow.py            # needs a C++ compiler for torch.compile; about two minutes

All get the same function, one thread and 20 rounds in turn; the least time of each counts. The
share of the ceiling is told besides as the median of the rounds, whose step and ceiling are
neighbours. Milliseconds differ between machines, the ratios much less. Browsers guard wasm's
memory by pages; mini-racer, our V8 at build time, checks every access. Both are measured
(see `guarded`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import torch
from ceiling import ACCUMULATORS, MEMORY, PEAK_ROUNDS, guarded, peak

import explorable as ex
from explorable.compiled import Compiled
from explorable.compiler.build import STACK, build
from explorable.compiler.c import c_library
from explorable.compiler.module import Module
from explorable.engine import Engine, Instance, engine
from explorable.trace import tensor_bytes
from explorable.trace.tree import flatten

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "gallery"))
from flow import RealNVP, two_moons  # the gallery's, not this file: run as a script it is __main__

BATCH, COUPLINGS, HIDDEN, ROUNDS = 256, 6, 64, 20
WINDOW = 0.2
"""Seconds of one measurement: in shorter ones a busy machine is not forgotten."""
RATE, BETA1, BETA2, TINY = 3e-3, 0.9, 0.999, 1e-8
Tensors = list[torch.Tensor]

flow = RealNVP(couplings=COUPLINGS, hidden=HIDDEN)
names = [name for name, _ in flow.named_parameters()]


def loss(weights: Tensors, x: torch.Tensor) -> torch.Tensor:
    z, stretch = torch.func.functional_call(flow, dict(zip(names, weights, strict=True)), (x,))
    return (z.square().sum(-1) / 2 - stretch).mean()


def step(
    weights: Tensors, first: Tensors, second: Tensors, count: torch.Tensor, x: torch.Tensor
) -> tuple[Tensors, Tensors, Tensors, torch.Tensor, torch.Tensor]:
    """Adam as a pure function, so that all contestants can be given the very same one."""
    gradients, value = torch.func.grad_and_value(loss)(weights, x)
    count = count + 1
    first = [BETA1 * m + (1 - BETA1) * g for m, g in zip(first, gradients, strict=True)]
    second = [BETA2 * v + (1 - BETA2) * g * g for v, g in zip(second, gradients, strict=True)]
    scale = torch.sqrt(1 - BETA2**count) / (1 - BETA1**count)
    weights = [
        w - RATE * scale * m / (v.sqrt() + TINY)
        for w, m, v in zip(weights, first, second, strict=True)
    ]
    return weights, first, second, count, value


def matmul_flops() -> int:
    """Multiplications and additions of the matrix products: forward once, backward twice."""
    layers = 1 * HIDDEN + HIDDEN * HIDDEN + HIDDEN * 2
    return 3 * 2 * BATCH * layers * COUPLINGS


def peak_module() -> Module:
    """Multiply-adds on independent vectors and nothing else: what 128 bits can do in V8 here."""
    head = "unsigned char arena[4096] __attribute__((aligned(64)));\n"
    head += "#define floats(i) ((float *)arena + (i))\n"
    init = '__attribute__((export_name("init"))) void entry_init(void) { floats(0)[0] = 0.1f; }'
    c = c_library(set()) + head + peak() + init
    plain, relaxed = build((c,), MEMORY, relaxed=True)
    assert relaxed is not None
    return Module(plain.data, relaxed.data, (), (), ("peak",), MEMORY + STACK, "", c)


def with_inputs(v8: Engine, compiled: Compiled, example: object, relaxed: bool) -> Instance:
    """The compiled step in V8, its inputs in place."""
    instance = v8.load(compiled.module, relaxed=relaxed)
    held = {slot.name for slot in compiled.module.slots}
    for path, leaf in flatten(example)[0].items():
        if f"in:{path}" in held:
            instance.write(f"in:{path}", tensor_bytes(leaf)[1])
    return instance


def timed(call: Callable[[], object], seconds: float = WINDOW) -> float:
    """Least seconds of one call, among as many as fit."""
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    weights = [p.detach().clone() for p in flow.parameters()]
    zeros = [torch.zeros_like(w) for w in weights]
    example = (weights, zeros, [z.clone() for z in zeros], torch.zeros(()), two_moons(BATCH))

    ours = ex.compile(step, *example, relaxed=True)
    browser, wasm, ceilings = guarded(), dict[str, Instance](), dict[str, Instance]()
    for v8, manner in ((browser, ""), (engine(), ", checked")):
        for variant in ("plain", "relaxed"):
            relaxed = variant == "relaxed"
            wasm[variant + manner] = with_inputs(v8, ours, example, relaxed)
            ceilings[variant + manner] = v8.load(peak_module(), relaxed=relaxed)
    wanted, got = step(*example), ours(*example)
    error = max(
        float((a - b).abs().max() / b.abs().max().clamp_min(1e-12))
        for a, b in zip(flat(got), flat(wanted), strict=True)
    )
    theirs = torch.compile(step)
    theirs(*example)

    contestants: dict[str, Callable[[], float]] = {
        "eager": lambda: timed(lambda: step(*example)),
        "torch.compile": lambda: timed(lambda: theirs(*example)),
    } | {f"wasm, {v}": partial(instance.time, "run", WINDOW) for v, instance in wasm.items()}
    best = dict.fromkeys(contestants, float("inf"))
    rates: dict[str, list[float]] = {variant: [] for variant in wasm}
    shares: dict[str, list[float]] = {variant: [] for variant in wasm}
    for _ in range(ROUNDS):
        for name, measure in contestants.items():
            best[name] = min(best[name], seconds := measure())
            variant = name.removeprefix("wasm, ")
            if variant in ceilings:
                rate = 8 * ACCUMULATORS * PEAK_ROUNDS / ceilings[variant].time("peak", WINDOW)
                rates[variant].append(rate)
                shares[variant].append(matmul_flops() / seconds / rate)

    print(f"one Adam step, batch {BATCH}, {COUPLINGS} couplings of 1-{HIDDEN}-{HIDDEN}-2")
    print(f"worst relative error of one step against eager: {error:.1e}")
    for name, seconds in best.items():
        ratio = seconds / best["torch.compile"]
        print(f"{name:22} {seconds * 1000:7.3f} ms   {ratio:5.2f} of torch.compile")
    for variant, found in rates.items():
        reached = matmul_flops() / best[f"wasm, {variant}"] / max(found)
        print(
            f"{variant:17} reaches {reached:.0%} of its ceiling of {max(found) / 1e9:.1f} GFLOP/s, "
            f"{median(shares[variant]):.0%} in the median round"
        )
    print(f"wasm {ours.sizes['wasm brotli'] / 1000:.1f} kB (brotli -q 11)")


def flat(result: Sequence[object]) -> Tensors:
    """The tensors of a step's result in order."""
    found: Tensors = []
    for part in result:
        found += part if isinstance(part, list) else [part]
    return found


if __name__ == "__main__":
    main()
