"""Eager torch as oracle: many functions become entries of one module, run in V8 at values unseen
while tracing, and are compared with torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import engine
from explorable.trace import tensor_bytes, tensor_from_bytes, trace

Function = Callable[..., object]


@dataclass(frozen=True)
class Case:
    """A function, its example arguments, and what to run it on (default: fresh draws of the
    examples)."""

    function: Function
    examples: tuple[torch.Tensor, ...]
    values: tuple[tuple[torch.Tensor, ...], ...] = ()
    tolerance: float = 2e-5


def named(result: object) -> dict[str, torch.Tensor]:
    """Outputs by position, tensors only."""
    leaves, _ = torch.utils._pytree.tree_flatten(result)
    tensors = [t if isinstance(t, torch.Tensor) else torch.tensor(t) for t in leaves]
    return {f"y{k}": t.detach() for k, t in enumerate(tensors)}


def redraw(tensor: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Other values of the same kind: floats around the example's spread, integers within its
    range."""
    if tensor.dtype == torch.bool:
        return torch.rand(tensor.shape, generator=generator) < 0.5
    if tensor.is_floating_point() or tensor.is_complex():
        fresh = torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype)
        if not tensor.is_complex() and tensor.numel() and bool((tensor > 0).all()):
            return fresh.abs() + 0.05
        return fresh
    if not tensor.numel():
        return tensor
    low, high = int(tensor.min()), int(tensor.max())
    return torch.randint(low, high + 1, tensor.shape, generator=generator).to(tensor.dtype)


def compile_cases(cases: Sequence[Case], *, relaxed: bool = False) -> Module:
    """One module, entry ``f0``, ``f1``, ... per case; slots ``f0.x0`` and ``f0.y0``."""
    entries: list[Entry] = []
    for number, case in enumerate(cases):
        name = f"f{number}"
        keys = [f"{name}.x{k}" for k in range(len(case.examples))]

        def call(
            values: dict[str, torch.Tensor],
            case: Case = case,
            keys: list[str] = keys,
            name: str = name,
        ):
            result = named_traced(case.function(*[values[k] for k in keys]))
            return {f"{name}.{k}": v for k, v in result.items()}

        graph = trace(call, dict(zip(keys, case.examples, strict=True)))
        entries.append(Entry(name, graph))
    return compile_module(entries, relaxed=relaxed)


def named_traced(result: object) -> dict[str, torch.Tensor]:
    """Outputs by position while tracing."""
    leaves, _ = torch.utils._pytree.tree_flatten(result)
    return {f"y{k}": t for k, t in enumerate(leaves)}


def worst(got: torch.Tensor, want: torch.Tensor) -> float:
    """max|got - want| / (max|want| + 1e-6 / 2e-5); inf where NaN or inf are at other places."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return float("inf")
    if not want.numel():
        return 0.0
    if not (want.is_floating_point() or want.is_complex()):
        return 0.0 if torch.equal(got, want) else float("inf")
    if want.is_complex():
        got, want = torch.view_as_real(got.resolve_conj()), torch.view_as_real(want.resolve_conj())
    odd = ~torch.isfinite(want)
    if not torch.equal(odd, ~torch.isfinite(got)):
        return float("inf")
    if not torch.equal(torch.nan_to_num(want[odd]), torch.nan_to_num(got[odd])):
        return float("inf")
    gap = (got - want)[~odd].abs().double()
    scale = want[~odd].abs().double()
    if not gap.numel():
        return 0.0
    return float(gap.max() / (scale.max() + 0.05))


def run_cases(cases: Sequence[Case], *, relaxed: bool = False, draws: int = 2) -> list[float]:
    """The worst error of each case."""
    module = compile_cases(cases, relaxed=relaxed)
    instance = engine().load(module, relaxed=relaxed)
    generator = torch.Generator().manual_seed(7)
    errors: list[float] = []
    for number, case in enumerate(cases):
        values = case.values or tuple(
            tuple(redraw(x, generator) for x in case.examples) for _ in range(draws)
        )
        error = 0.0
        for value in values:
            for k, x in enumerate(value):
                instance.write(f"f{number}.x{k}", tensor_bytes(x)[1])
            instance.run(f"f{number}")
            want = named(case.function(*[x.clone() for x in value]))
            for key, expected in want.items():
                slot = module.slot(f"f{number}.{key}")
                got = tensor_from_bytes(slot.type, instance.read(slot.name))
                error = max(error, worst(got, expected))
        errors.append(error)
    return errors


def check(*cases: Case, relaxed: bool = False) -> None:
    """Assert that every case agrees with torch."""
    errors = run_cases(cases, relaxed=relaxed)
    bad = [
        (k, error)
        for k, (error, case) in enumerate(zip(errors, cases, strict=True))
        if not error <= case.tolerance
    ]
    assert not bad, bad
