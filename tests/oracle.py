"""Eager torch as oracle: many functions become entries of one module, run in V8 at values unseen
while tracing, and are compared with torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.utils import _pytree as pytree

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import engine
from explorable.trace import random_numbers, tensor_bytes, tensor_from_bytes, trace

TOLERANCE = 2e-5
"""Accepted: max|w - e| <= TOLERANCE * (max|e| + 0.05), the rule of published figures."""


@dataclass(frozen=True)
class Case:
    """A function, example arguments, and what to run it on (default: draws like the examples)."""

    function: Callable[..., object]
    examples: tuple[torch.Tensor, ...]
    values: tuple[tuple[torch.Tensor, ...], ...] = ()


def leaves(result: object) -> list[object]:
    """The parts of a nested result in order."""
    return pytree.tree_flatten(result)[0]


def redraw(tensor: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Other values of the same kind: positive floats stay positive, integers keep their range."""
    if tensor.dtype == torch.bool:
        return torch.rand(tensor.shape, generator=generator) < 0.5
    if tensor.is_floating_point() or tensor.is_complex():
        fresh = torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype)
        positive = not tensor.is_complex() and tensor.numel() and bool((tensor > 0).all())
        return fresh.abs() + 0.05 if positive else fresh
    if not tensor.numel():
        return tensor
    low, high = int(tensor.min()), int(tensor.max())
    return torch.randint(low, high + 1, tensor.shape, generator=generator).to(tensor.dtype)


def entry_of(case: Case, name: str) -> Entry:
    """The entry ``name`` with slots ``<name>.x0``, ... and ``<name>.y0``, ..."""
    keys = [f"{name}.x{k}" for k in range(len(case.examples))]

    def call(values: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        parts = leaves(case.function(*[values[k] for k in keys]))
        tensors = [p if isinstance(p, torch.Tensor) else torch.tensor(p) for p in parts]
        return {f"{name}.y{k}": t for k, t in enumerate(tensors)}

    return Entry(name, trace(call, dict(zip(keys, case.examples, strict=True))))


def compile_cases(cases: Sequence[Case], *, relaxed: bool = False) -> Module:
    """One module with entries ``f0``, ``f1``, ..."""
    entries = [entry_of(case, f"f{number}") for number, case in enumerate(cases)]
    return compile_module(entries, relaxed=relaxed)


def distance(got: torch.Tensor, want: torch.Tensor) -> float:
    """max|got - want| / (max|want| + 0.05); inf where NaN or inf are at other places."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return float("inf")
    if not want.numel():
        return 0.0
    if not (want.is_floating_point() or want.is_complex()):
        return 0.0 if torch.equal(got, want) else float("inf")
    if want.is_complex():
        got, want = torch.view_as_real(got), torch.view_as_real(want.resolve_conj())
    odd = ~torch.isfinite(want)
    if not torch.equal(odd, ~torch.isfinite(got)):
        return float("inf")
    if not torch.equal(torch.nan_to_num(want[odd]), torch.nan_to_num(got[odd])):
        return float("inf")
    gap, scale = (got - want)[~odd].abs().double(), want[~odd].abs().double()
    return float(gap.max() / (scale.max() + 0.05)) if gap.numel() else 0.0


def _eager(case: Case, value: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    with random_numbers():  # as figures run: eigenvalues in the page's order
        parts = leaves(case.function(*[x.clone() for x in value]))
    return [(p if isinstance(p, torch.Tensor) else torch.tensor(p)).detach() for p in parts]


def _rounding(case: Case, value: Sequence[torch.Tensor], number: int) -> float:
    """How far eager float32 itself is from float64 here: what no compiler can be asked to match."""
    double = {torch.float32: torch.float64, torch.complex64: torch.complex128}
    wide = [x.to(double.get(x.dtype, x.dtype)) for x in value]
    try:
        exact, plain = _eager(case, wide)[number], _eager(case, value)[number]
        return distance(plain, exact.to(plain.dtype))
    except RuntimeError:
        return 0.0


def run_cases(cases: Sequence[Case], *, relaxed: bool = False, draws: int = 2) -> list[float]:
    """The worst error of each case; errors within four times float32's own count as none."""
    module = compile_cases(cases, relaxed=relaxed)
    instance = engine().load(module, relaxed=relaxed)
    generator = torch.Generator().manual_seed(7)
    errors: list[float] = []
    for number, case in enumerate(cases):
        error = 0.0
        for turn in range(len(case.values) or draws):
            fresh = not case.values
            value = (
                tuple(redraw(x, generator) for x in case.examples) if fresh else case.values[turn]
            )
            for k, x in enumerate(value):
                instance.write(f"f{number}.x{k}", tensor_bytes(x)[1])
            instance.run(f"f{number}")
            for k, expected in enumerate(_eager(case, value)):
                slot = module.slot(f"f{number}.y{k}")
                got = tensor_from_bytes(slot.type, instance.read(slot.name))
                found = distance(got, expected)
                if found > TOLERANCE and found < 4 * _rounding(case, value, k):
                    found = 0.0
                error = max(error, found)
        errors.append(error)
    return errors


def check(*cases: Case, relaxed: bool = False) -> None:
    """Assert that every case agrees with torch."""
    errors = run_cases(cases, relaxed=relaxed)
    bad = {number: error for number, error in enumerate(errors) if not error <= TOLERANCE}
    assert not bad, bad
