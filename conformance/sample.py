"""Sample: one call of PyTorch's data base as a function of its tensors alone, with two draws of
them, and the rules by which a sample is no test: torch refuses it, or its result is a draw."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch.utils import _pytree as pytree

Tensors = tuple[torch.Tensor, ...]
Function = Callable[..., list[torch.Tensor]]

SUITABLE = ""
REFUSED = "torch refuses it"
RANDOM = "random values"
MOVING = "output shape depends on data"
SPARSE = "sparse"
NO_TENSOR = "no tensor in the result"


@dataclass(frozen=True)
class Tolerance:
    """What assert_close accepts; None stands for its own choice by dtype."""

    rtol: float | None = None
    atol: float | None = None


@dataclass(frozen=True)
class Sample:
    """One program: ``function`` from tensors to a flat list of tensors.

    ``seen`` are the tensors it is compiled on (only their shapes and dtypes matter), ``unseen``
    those it is compared on.
    """

    label: str
    function: Function
    seen: Tensors
    unseen: Tensors
    tolerance: Tolerance = field(default_factory=Tolerance)
    rest: tuple[object, ...] = ()
    """The arguments after the first, flat, as the data base gives them."""


def seed_all(seed: int) -> None:
    """What the data base draws from."""
    torch.default_generator.manual_seed(seed)  # torch.manual_seed asks every accelerator
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 the data base draws from it


def leaves(result: object) -> list[object]:
    """The parts of a nested result in order."""
    return pytree.tree_flatten(result)[0]


def tensors_of(result: object) -> list[torch.Tensor]:
    """The tensors of a nested result, Python's numbers among them."""
    parts = leaves(result)
    numbers = (bool, int, float, complex)
    made = [torch.tensor(p) if isinstance(p, numbers) else p for p in parts]
    return [p for p in made if isinstance(p, torch.Tensor)]


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """A copy of its own, row by row, without conjugate or negative bits; sparse ones themselves."""
    if tensor.layout is not torch.strided:
        return tensor
    copy = tensor.detach().resolve_conj().resolve_neg()
    return copy.clone(memory_format=torch.contiguous_format)


def redraw(tensor: torch.Tensor) -> torch.Tensor:
    """Other values for floats, where a second draw of the data base has other shapes."""
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return plain(tensor)
    fresh = torch.randn_like(tensor)
    positive = not tensor.is_complex() and tensor.numel() and bool((tensor > 0).all())
    return fresh.abs() + 0.05 if positive else fresh


@dataclass(frozen=True)
class Arguments:
    """Nested arguments taken apart: what is a tensor, and how to put others in their places."""

    parts: tuple[Any, ...]  # Any: whatever the data base passes
    spec: pytree.TreeSpec
    places: tuple[int, ...]

    @staticmethod
    def of(nested: object) -> Arguments:
        """``nested`` taken apart."""
        parts, spec = pytree.tree_flatten(nested)
        places = tuple(k for k, part in enumerate(parts) if isinstance(part, torch.Tensor))
        return Arguments(tuple(parts), spec, places)

    @property
    def tensors(self) -> Tensors:
        """Its tensors, in order."""
        return tuple(self.parts[k] for k in self.places)

    def filled(self, given: Sequence[torch.Tensor]) -> Any:
        """The same nest with other tensors."""
        parts = list(self.parts)
        for k, tensor in zip(self.places, given, strict=True):
            parts[k] = tensor
        return pytree.tree_unflatten(parts, self.spec)

    def like(self, other: Arguments) -> bool:
        """Whether the tensors of ``other`` fit into the places of this nest."""
        if self.spec != other.spec or self.places != other.places:
            return False
        pairs = zip(self.tensors, other.tensors, strict=True)
        return all(a.shape == b.shape and a.dtype == b.dtype for a, b in pairs)


def unseen_of(seen: Arguments, other: Arguments | None) -> Tensors:
    """The tensors to compare on: those of the second draw, else floats drawn again."""
    if other is not None and seen.like(other):
        return tuple(map(plain, other.tensors))
    return tuple(map(redraw, seen.tensors))


def eager(sample: Sample, given: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """What torch makes of copies of these tensors."""
    made = sample.function(*map(plain, given))
    return [plain(y) for y in made]


def unsuitable(sample: Sample) -> str:
    """Why a sample tests nothing, or "": the rules that need no list."""
    if any(x.layout is not torch.strided for x in sample.seen):
        return SPARSE
    try:
        seed_all(1)
        # Some entries set their own seed, to look as if they drew nothing.
        with mock.patch.object(torch, "manual_seed"):
            first, unseen = eager(sample, sample.seen), eager(sample, sample.unseen)
        seed_all(2)
        with mock.patch.object(torch, "manual_seed"):
            again = eager(sample, sample.seen)
    except Exception:  # whatever torch raises, it is torch that refuses
        return REFUSED
    if any(y.layout is not torch.strided for y in first):
        return SPARSE
    if not first:
        return NO_TENSOR
    shapes = [[y.shape for y in ys] for ys in (first, unseen, again)]
    if shapes[0] != shapes[1]:
        return MOVING
    if shapes[0] != shapes[2] or not all(map(_same, first, again)):
        return RANDOM
    return SUITABLE


def _same(a: torch.Tensor, b: torch.Tensor) -> bool:
    if a.is_floating_point() or a.is_complex():
        return bool(torch.allclose(a, b, rtol=1e-3, atol=1e-3, equal_nan=True))
    return torch.equal(a, b)


def gradient_of(
    forward: Callable[..., object], wanted: Sequence[int], seen: Tensors
) -> tuple[Function, Tensors] | None:
    """The gradient of ``forward`` as a function of its tensors and of the slopes of its results,
    and example slopes; None where no result has a gradient."""

    def results(given: Sequence[torch.Tensor]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        inputs = [x.requires_grad_() if k in wanted else x for k, x in enumerate(given)]
        made = [y for y in tensors_of(forward(*_passed_on(inputs, wanted))) if y.requires_grad]
        return made, [inputs[k] for k in wanted]

    def gradient(*given: torch.Tensor) -> list[torch.Tensor]:
        inputs = [x.detach() for x in given[: len(seen)]]
        made, sources = results(inputs)
        slopes = [s for s, y in zip(given[len(seen) :], made, strict=True)]
        found = torch.autograd.grad(made, sources, slopes, allow_unused=True)
        return [g for g in found if g is not None]

    try:
        made, _ = results([plain(x) for x in seen])
    except Exception:  # `unsuitable` hears it again and says so
        return gradient, ()
    if not made:
        return None
    return gradient, tuple(torch.randn_like(y.detach()) for y in made)


def _passed_on(inputs: Sequence[torch.Tensor], wanted: Sequence[int]) -> list[torch.Tensor]:
    # A leaf may not be written to in place, what was computed from it may.
    return [x.view_as(x) if k in wanted else x for k, x in enumerate(inputs)]
