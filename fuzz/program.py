"""Program: one random PyTorch function as text, its arguments and the values they take. All of it
is plain data, so a program that fails is printed as it is and can be pasted into a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import torch

Tensors = tuple[torch.Tensor, ...]
INTEGERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
STRANGE = (torch.nan, torch.inf, -torch.inf, 0.0, -0.0, 1.0, -1.0, 1e-40, 1e18, -1e-45, 0.5, 2.0)
"""What is strewn over the values of `strange` arguments."""


@dataclass(frozen=True)
class Argument:
    """One argument: its shape, its dtype by torch's name, the kind of values it takes.

    Kinds: ``normal``; ``whole`` (small integers, many of them equal); ``unit`` (0 to 1);
    ``strange`` (NaN, infinities, zeros of both signs, denormals, large numbers).
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    kind: str

    def value(self, turn: int) -> torch.Tensor:
        """The argument's values, others for every turn; turn 0 is what the program was made on."""
        generator = torch.Generator().manual_seed(1000 * turn + sum(self.name.encode()))
        dtype: torch.dtype = getattr(torch, self.dtype)
        if dtype == torch.bool:
            return torch.rand(self.shape, generator=generator) < 0.5
        if dtype in INTEGERS:
            low, high = (0, 256) if dtype == torch.uint8 else (-128, 128)
            if self.kind == "whole":
                low, high = 0, 4
            drawn = torch.randint(low, high, self.shape, generator=generator)
            if self.kind == "strange" and dtype in (torch.int32, torch.int64):
                far = torch.randint(0, 4, self.shape, generator=generator)
                last = torch.iinfo(dtype).max
                drawn = torch.where(far == 0, last - drawn.abs(), drawn)
            return drawn.to(dtype)
        wide = torch.complex128 if dtype.is_complex else torch.float64
        if self.kind == "unit":
            return torch.rand(self.shape, generator=generator, dtype=wide).to(dtype)
        drawn = torch.randn(self.shape, generator=generator, dtype=wide)
        if self.kind == "whole":
            drawn = (
                torch.view_as_complex(torch.view_as_real(drawn).round())
                if (dtype.is_complex)
                else drawn.round()
            )
        if self.kind == "strange" and not dtype.is_complex:
            places = torch.randint(0, 2 * len(STRANGE), self.shape, generator=generator)
            table = torch.tensor(STRANGE, dtype=torch.float64)
            drawn = torch.where(places < len(STRANGE), table[places % len(STRANGE)], drawn)
        return drawn.to(dtype)


@dataclass(frozen=True)
class Program:
    """``lines`` over the arguments, then the tensors that are returned, by name.

    ``states``: (result, argument) pairs that share one place in memory, as a simulation's state
    does; ``gradient``: the gradients of all float arguments are returned as well.
    """

    arguments: tuple[Argument, ...]
    lines: tuple[str, ...]
    results: tuple[str, ...]
    gradient: bool = False
    in_place: bool = False
    states: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        names = ", ".join(a.name for a in self.arguments)
        body = list(self.lines)
        returned = ", ".join(self.results) + ","
        if self.gradient:
            wanted = [a.name for a in self.arguments if _differentiable(a.dtype)]
            body[:0] = [f"{name} = {name}.detach().requires_grad_()" for name in wanted]
            body.append(f"total = measure({', '.join(self.results)})")
            inputs = ", ".join(wanted)
            returned += f" *torch.autograd.grad(total, [{inputs}], materialize_grads=True),"
        body.append(f"return ({returned})")
        lines = "\n".join("    " + line for line in body)
        given = "\n".join(f"# {a.name}: {a.dtype}{list(a.shape)} {a.kind}" for a in self.arguments)
        states = "".join(
            f"# result {result} is written into {self.arguments[argument].name}\n"
            for result, argument in self.states
        )
        return f"{given}\n{states}def program({names}):\n{lines}\n"

    @cached_property
    def function(self) -> Callable[..., Tensors]:
        """The program as a function of its arguments."""
        space: dict[str, object] = {"torch": torch, "F": torch.nn.functional, "measure": measure}
        exec(compile(str(self), "<program>", "exec"), space)
        return cast("Callable[..., Tensors]", space["program"])

    def values(self, turn: int) -> Tensors:
        """The arguments' values of a turn."""
        return tuple(a.value(turn) for a in self.arguments)


def measure(*results: torch.Tensor) -> torch.Tensor:
    """One number that every float result moves: what gradients are taken of."""
    total = torch.zeros(())
    for result in results:
        if result.is_complex():
            result = torch.view_as_real(result)
        if result.is_floating_point() and result.requires_grad:
            total = total + (result * result).sum() / 2 + result.sum()
    return total


def _differentiable(dtype: str) -> bool:
    return dtype.startswith(("float", "complex", "bfloat"))
