"""The sizes that move in one operation's arguments, by numbers of their own: what the table makes
of an operation in one trace serves another, whose symbols are other ones."""

# This floor alone may use torch's private names. torch and sympy are only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._pytree import tree_map_only

from ..extents import Moving, Symbols, Sympy

Number = int | torch.SymInt


class LeftToTorchError(Exception):
    """Something that this pass does not know."""


@dataclass
class Numbers:
    """The symbols in an operation's arguments, in the order in which they are met."""

    symbols: Symbols
    met: list[Sympy] = field(default_factory=list[Any])

    def key(self, number: Number) -> object:
        """Equal for numbers that follow in the same way from those met."""
        if type(number) is int:
            return number
        expression = cast("Any", number).node.expr
        for symbol in sorted(expression.free_symbols, key=str):
            if str(symbol) not in self.symbols.bounded:
                raise LeftToTorchError
            if symbol not in self.met:
                self.met.append(symbol)
        plain = {symbol: _named(k) for k, symbol in enumerate(self.met)}
        return ("moves", str(expression.xreplace(plain)))

    def bounds(self) -> tuple[Moving, ...]:
        """Of those met."""
        return tuple(bounds(self.symbols, symbol) for symbol in self.met)


def bounds(symbols: Symbols, symbol: Sympy) -> Moving:
    """What a symbol of a trace lies between."""
    named = symbols.bounded[str(symbol)]
    return Moving(named.low, named.high)


def _named(k: int) -> Sympy:
    import sympy  # torch has loaded it long before

    return sympy.Symbol(f"n{k}", integer=True)


@dataclass(frozen=True)
class Translation:
    """From the symbols of one trace to those of another, ``mode``'s."""

    mode: FakeTensorMode
    symbols: Mapping[Sympy, Sympy]
    hints: Mapping[Sympy, int]
    """Of the other's symbols."""
    known: Mapping[Sympy, torch.SymInt] = field(default_factory=dict[Any, torch.SymInt])
    """Those of the other's that have a SymInt already."""

    def number(self, number: Number) -> Number:
        """The other trace's number for this one."""
        if type(number) is int:
            return number
        expression = cast("Any", number).node.expr.xreplace(self.symbols)
        if expression.is_number:
            return int(expression)
        if expression in self.known:
            return self.known[expression]
        hint = int(expression.xreplace(self.hints))
        made: Any = self.mode.shape_env
        return made.create_symintnode(expression, hint=hint)

    def tensor(self, value: torch.Tensor) -> torch.Tensor:
        """A fake tensor of the other trace, of the type of this one."""
        shape, stride = map(self.number, value.shape), map(self.number, value.stride())
        with self.mode:
            return torch.empty_strided(list(shape), list(stride), dtype=value.dtype)

    def values(self, tree: Any) -> Any:
        """Each tensor and number of a pytree."""
        tensors = tree_map_only(torch.Tensor, self.tensor, tree)
        return tree_map_only(torch.SymInt, self.number, tensors)


@dataclass(frozen=True)
class Apart:
    """A trace of one operation, with symbols that stand for the sizes met in its arguments."""

    symbols: Symbols
    mode: FakeTensorMode
    sizes: tuple[torch.SymInt, ...]

    @property
    def own(self) -> tuple[Sympy, ...]:
        """Its symbols, in the order of those met."""
        return tuple(size.node.expr for size in self.sizes)

    def guards(self) -> tuple[Sympy, ...]:
        """What was taken for true meanwhile."""
        environment = self.symbols.environment
        if environment.replacements or environment.deferred_runtime_asserts:
            raise LeftToTorchError
        return tuple(guard.expr for guard in environment.guards)


def apart(numbers: Numbers) -> tuple[Apart, Translation]:
    """A trace of its own for an operation, and the way there."""
    symbols = Symbols()
    mode = FakeTensorMode(
        allow_non_fake_inputs=True, shape_env=symbols.environment, static_shapes=True
    )
    mode.cache_enabled = False
    sizes = [symbols.integer(f"n{k}", between) for k, between in enumerate(numbers.bounds())]
    made = Apart(symbols, mode, tuple(sizes))
    hints = {s: between.hint for s, between in zip(made.own, numbers.bounds(), strict=True)}
    there = dict(zip(numbers.met, made.own, strict=True))
    return made, Translation(mode, there, hints, dict(zip(made.own, sizes, strict=True)))
