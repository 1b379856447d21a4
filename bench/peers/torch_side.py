"""torch itself, eager and compiled, on one thread: what the same machine does outside a browser."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._pytree import tree_leaves
from workloads import Tree, Workload

UNROLLED = ("lms",)
"""Loops of thousands of steps, which torch.compile would write out."""
LEAST = 0.004
"""Seconds of one sample."""
Call = Callable[[], object]


def torch_contestants(
    chosen: list[Workload], *, compile: bool
) -> dict[tuple[str, str], tuple[float | str, Call | None]]:
    """How far each is from eager, and one call of it."""
    made: dict[tuple[str, str], tuple[float | str, Call | None]] = {}
    for workload in chosen:
        made["eager", workload.name] = (0.0, _stepping(workload, workload.function))
        if workload.name in UNROLLED:
            made["torch.compile", workload.name] = ("loop of 4,000 steps", None)
        elif compile:
            made["torch.compile", workload.name] = _compiled(workload)
    return made


def _compiled(workload: Workload) -> tuple[float | str, Call | None]:
    try:
        function = torch.compile(workload.function)
        right = workload.function(workload.state, workload.inputs)
        got = function(workload.state, workload.inputs)
    except Exception as error:
        print(f"torch.compile {workload.name}: {error}", file=sys.stderr)
        return str(error).split("\n")[0], None
    worst = max(
        float((a - b).abs().max() / b.abs().max().clamp_min(1e-12))
        for a, b in zip(tree_leaves(got[1]), tree_leaves(right[1]), strict=True)
    )
    return worst, _stepping(workload, function) if worst <= workload.tolerance else None


def _stepping(workload: Workload, function: Callable[[Tree, Tree], tuple[Tree, Tree]]) -> Call:
    """A call at the first state, so that numbers stay what they are."""
    return lambda: function(workload.state, workload.inputs)


def torch_sample(call: Call, seconds: float) -> list[float]:
    """Seconds per call, one for each sample."""
    found, end = list[float](), time.perf_counter() + seconds
    calls: Any = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            call()
        took = time.perf_counter() - start
        if took < LEAST and calls == 1:
            calls = max(1, round(LEAST / took))
            if calls > 1:
                continue
        found.append(took / calls)
        if time.perf_counter() >= end:
            return found
