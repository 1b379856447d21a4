"""Plain Python loops of many steps: CPU seconds to trace and to lower, seconds of zig, bytes, and
how far the result is from eager. `python bench/loops.py [steps]`; a process for each."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from unittest import mock

import torch
from torch.utils._pytree import tree_leaves

import explorable as ex
from explorable.compiler import passes
from explorable.compiler.build import build
from explorable.trace import random_numbers

HIDDEN = torch.exp(-torch.arange(32) / 6)
DATA = torch.randn(512, generator=torch.Generator().manual_seed(1)) * 0.5 + 1


def lms(steps: int) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    def run(mu: torch.Tensor, seed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        torch.manual_seed(seed)
        inputs = torch.randn(steps + 31).unfold(0, 32, 1)
        w, errors = torch.zeros(32), []
        for x in inputs:
            error = x @ (HIDDEN - w)
            w = w + mu * error * x
            errors.append(error)
        return w, torch.stack(errors)

    return run


def lms_slope(steps: int) -> Callable[..., object]:
    def loss(mu: torch.Tensor, seed: torch.Tensor) -> torch.Tensor:
        return lms(steps)(mu, seed)[1].square().mean()

    def slope(mu: torch.Tensor, seed: torch.Tensor) -> object:
        mu = mu.detach().requires_grad_()
        return torch.autograd.grad(loss(mu, seed), mu)

    return slope


def lms_in_place(steps: int) -> Callable[..., object]:
    def run(mu: torch.Tensor, seed: torch.Tensor) -> object:
        torch.manual_seed(seed)
        signal = torch.randn(steps + 31)
        w, errors = torch.zeros(32), torch.zeros(steps)
        for k in range(steps):
            x = signal[k : k + 32]
            errors[k] = x @ (HIDDEN - w)
            w += mu * errors[k] * x
        return w, errors

    return run


def contrast(theta: torch.Tensor) -> torch.Tensor:
    data = DATA[torch.randint(0, len(DATA), (32,))]
    noise = 2 * torch.randn(32)

    def ratio(x: torch.Tensor) -> torch.Tensor:
        model = theta[2] - (x - theta[0]).square() * torch.exp(theta[1])
        return model - torch.distributions.Normal(0.0, 2.0).log_prob(x)

    logsigmoid = torch.nn.functional.logsigmoid
    return -logsigmoid(ratio(data)).mean() - logsigmoid(-ratio(noise)).mean()


def contrastive(steps: int) -> Callable[..., object]:
    def run(lr: torch.Tensor, seed: torch.Tensor) -> object:
        torch.manual_seed(seed)
        theta, losses = torch.zeros(3), []
        for _ in range(steps):
            theta = theta.detach().requires_grad_()
            loss = contrast(theta)
            (slope,) = torch.autograd.grad(loss, theta)
            theta = theta - lr * slope
            losses.append(loss.detach())
        return theta.detach(), torch.stack(losses)

    return run


def contrastive_adam(steps: int) -> Callable[..., object]:
    def run(lr: torch.Tensor, seed: torch.Tensor) -> object:
        torch.manual_seed(seed)
        theta = torch.nn.Parameter(torch.zeros(3))
        optimizer = torch.optim.Adam([theta], lr=0.01)
        optimizer.param_groups[0]["lr"] = lr
        losses = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = contrast(theta)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return theta.detach(), torch.stack(losses)

    return run


LOOPS = {
    "lms": (lms, 4000),
    "lms_slope": (lms_slope, 4000),
    "lms_in_place": (lms_in_place, 4000),
    "contrastive": (contrastive, 1000),
    "contrastive_adam": (contrastive_adam, 1000),
}


def measure(name: str, steps: int) -> str:
    """One row of the table."""
    function = LOOPS[name][0](steps)
    spent = {"zig": 0.0}

    def timed(*args: object, **kwargs: object) -> object:
        start = time.perf_counter()
        made = build(*args, **kwargs)  # type: ignore[arg-type]
        spent["zig"] = time.perf_counter() - start
        return made

    start = time.process_time()
    given = torch.tensor(0.02), torch.tensor(3)
    with mock.patch.object(passes, "build", timed):
        lowering = time.process_time()

        def traced(*args: object, **kwargs: object) -> object:
            nonlocal lowering
            lowering = time.process_time()
            return passes.compile_module(*args, **kwargs)  # type: ignore[arg-type]

        with mock.patch("explorable.compiled.compile_module", traced):
            compiled = ex.compile(function, *given)
    end = time.process_time()
    unseen = torch.tensor(0.03), torch.tensor(5)
    with random_numbers(0, 0):
        wanted = tree_leaves(function(*unseen))
    got = tree_leaves(compiled(*unseen))
    worst = max(
        float((a - b).abs().max() / b.abs().max()) for a, b in zip(got, wanted, strict=True)
    )
    sizes = compiled.sizes
    return (
        f"| {name} | {steps} | {len(compiled.graph.nodes):,} | {lowering - start:.1f} "
        f"| {end - lowering:.1f} | {spent['zig']:.1f} | {sizes['wasm'] / 1e3:.1f} "
        f"| {sizes['wasm brotli'] / 1e3:.1f} | {compiled.benchmark() * 1e3:.2f} | {worst:.0e} |"
    )


def main() -> None:
    if len(sys.argv) == 3:
        print(measure(sys.argv[1], int(sys.argv[2])), flush=True)
        return
    print(
        "| loop | steps | nodes | trace s | lower s | zig s | wasm kB | brotli kB | run ms | off |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name, (_, most) in LOOPS.items():
        steps = int(sys.argv[1]) if len(sys.argv) == 2 else most
        subprocess.run([sys.executable, __file__, name, str(steps)], check=False)


if __name__ == "__main__":
    main()
