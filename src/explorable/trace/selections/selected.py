"""What stands for ``x[mask]`` while its length is unknown: the whole of x, the mask, and where."""

# torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

import torch

from ...errors import Line

Tensor = torch.Tensor
Anything: TypeAlias = Any
"""Any: what an fx graph computes, or an argument of torch's."""


class Unruled(Exception):  # noqa: N818 a request to the caller, who knows the author's line
    """An operation that needs to know how much a mask selects."""


@dataclass(frozen=True)
class Selected:
    """A tensor of which only the places of ``mask`` along ``axis`` are meant.

    full: the tensor with all N places along ``axis``.
    mask: bool (N,).
    key: the same for equal masks.
    """

    full: Tensor
    mask: Tensor
    axis: int
    key: object
    origin: str
    line: Line | None

    def of(self, full: Tensor, axis: int) -> Selected:
        """Another tensor with the same places."""
        return replace(self, full=full, axis=axis)

    def held(self) -> Tensor:
        """The mask, to broadcast over ``full``."""
        return self.mask.reshape(-1, *[1] * (self.full.ndim - self.axis - 1))

    def filled(self, value: float) -> Tensor:
        """``full`` with ``value`` at the places that are not meant."""
        return torch.where(self.held(), self.full, torch.full((), value, dtype=self.full.dtype))

    def count(self) -> Count:
        """How many places are meant."""
        return Count(self.mask, 1, self.key, self.origin, self.line)

    def ranks(self) -> Tensor:
        """(N,): the how-manieth each place is among those meant."""
        return self.mask.to(torch.int64).cumsum(0) - 1

    def places(self, numbers: Tensor) -> Tensor:
        """The places along ``axis`` of the elements of these numbers, -1 the last one."""
        wanted = torch.where(numbers < 0, numbers + self.count().tensor(), numbers)
        return torch.searchsorted(self.ranks(), wanted).clamp(max=self.mask.shape[0] - 1)


@dataclass(frozen=True)
class Count:
    """How many places a mask selects, ``times`` a number."""

    mask: Tensor
    times: int
    key: object
    origin: str
    line: Line | None

    def tensor(self) -> Tensor:
        """The number, int64."""
        return self.mask.sum() * self.times


@dataclass(frozen=True)
class Measure:
    """A number computed from counts: no size."""

    number: Tensor
    origin: str
    line: Line | None

    def tensor(self) -> Tensor:
        """The number."""
        return self.number


def bind(target: Anything, args: Sequence[Anything], kwargs: dict[str, Anything]) -> dict[str, Any]:
    """The arguments of a call by name, with the defaults."""
    bound: dict[str, Any] = {}
    for k, argument in enumerate(target._schema.arguments):
        default = argument.default_value if argument.has_default_value() else None
        bound[argument.name] = args[k] if k < len(args) else kwargs.get(argument.name, default)
    return bound


def numbers(value: Anything) -> Anything:
    """An argument in which counts are tensors."""
    if isinstance(value, (Count, Measure)):
        return value.tensor()
    if isinstance(value, (list, tuple)):
        parts = [numbers(part) for part in cast("Sequence[object]", value)]
        return tuple(parts) if isinstance(value, tuple) else parts
    if isinstance(value, Selected):
        raise Unruled
    return value


def wholes(value: Anything) -> Anything:
    """An argument in which selections are whole and counts are tensors."""
    if isinstance(value, Selected):
        return value.full
    if isinstance(value, (list, tuple)):
        parts = [wholes(part) for part in cast("Sequence[object]", value)]
        return tuple(parts) if isinstance(value, tuple) else parts
    return numbers(value)


def sizes(given: Sequence[Anything]) -> tuple[list[Anything], list[int]]:
    """The extents of a size, and which of them are counts."""
    if any(isinstance(extent, Measure) for extent in given):
        raise Unruled
    return list(given), [k for k, extent in enumerate(given) if isinstance(extent, Count)]


def selections(value: Anything) -> list[Selected]:
    """The selections among arguments."""
    if isinstance(value, (list, tuple)):
        return [s for part in cast("Sequence[object]", value) for s in selections(part)]
    return [value] if isinstance(value, Selected) else []


def call(target: Anything, args: Sequence[Anything], kwargs: dict[str, Anything]) -> Anything:
    """The operation, in the overload that takes what its arguments have become."""
    moved = any(isinstance(a, (Count, Measure)) for a in (*args, *kwargs.values()))
    function = target.overloadpacket if moved else target
    return function(*wholes(list(args)), **{k: wholes(v) for k, v in kwargs.items()})


def wrapped(like: Selected, made: Anything, axis: Callable[[Tensor], int]) -> Anything:
    """Results as selections like ``like``."""
    if isinstance(made, (list, tuple)):
        return tuple(wrapped(like, part, axis) for part in cast("Sequence[object]", made))
    return like.of(made, axis(made)) if isinstance(made, Tensor) else made


def at(dim: int, ndim: int) -> int:
    """A dimension counted from the front."""
    return dim + ndim if dim < 0 else dim


def dims_of(bound: dict[str, Any], ndim: int) -> list[int]:
    """The dimensions that a reduction takes; all where it names none."""
    given = bound.get("dim")
    if given is None or given == []:
        return list(range(ndim))
    return [at(d, ndim) for d in ([given] if isinstance(given, int) else given)]


def least(dtype: torch.dtype) -> float:
    """What no number of the dtype is below."""
    if dtype == torch.bool:
        return False
    return -math.inf if dtype.is_floating_point else torch.iinfo(dtype).min


def greatest(dtype: torch.dtype) -> float:
    """What no number of the dtype is above."""
    if dtype == torch.bool:
        return True
    return math.inf if dtype.is_floating_point else torch.iinfo(dtype).max
