"""How far the page's numbers lie from PyTorch's: one tensor against another, with places, for
verification."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from ..graphs import Type
from .tensors import tensor_from_bytes

RELATIVE, ABSOLUTE = 2e-5, 1e-6
FARTHER_THAN_FLOAT32 = 4.0
"""How many times the distance between eager float32 and float64 the page may be away."""
DIVERGED = 1e12


@dataclass(frozen=True)
class Difference:
    """The worst element of a comparison. ``error`` is max|got - expected| over the scale of the
    expected."""

    agrees: bool
    error: float
    distance: float
    """max|got - expected|; inf where NaN or infinity stand in different places."""
    place: tuple[int, ...]
    expected: str
    got: str


def compare(expected: torch.Tensor, got: torch.Tensor, *, relative: float = RELATIVE) -> Difference:
    """Accepts max|got - expected| <= relative * max|expected| + 1e-6; NaN and infinity in equal
    places."""
    first, second = _wide(expected), _wide(got)
    if first.shape != second.shape:
        shapes = str(tuple(first.shape)), str(tuple(second.shape))
        return Difference(False, torch.inf, torch.inf, (), *shapes)
    if first.numel() == 0:
        return Difference(True, 0.0, 0.0, (), "", "")
    strange = ~(first.isfinite() & second.isfinite())
    same = (first == second) | (first.isnan() & second.isnan())
    away = torch.where(same, 0.0, torch.where(strange, torch.inf, (second - first).abs()))
    finite = first[first.isfinite()].abs()
    scale = float(finite.max()) if finite.numel() else 0.0
    distance = float(away.max())
    flat = int(away.reshape(-1).argmax())
    place = tuple(int(k) for k in torch.unravel_index(torch.tensor(flat), first.shape))
    limit = relative * scale + ABSOLUTE
    # As a share of the scale; ABSOLUTE keeps a zero output from dividing by zero.
    error = distance / (scale + ABSOLUTE / relative) if distance else 0.0
    shown = f"{float(first[place]):.7g}", f"{float(second[place]):.7g}"
    return Difference(distance <= limit, error, distance, place, *shown)


def compare_finite(
    expected: torch.Tensor, got: torch.Tensor, *, relative: float = RELATIVE
) -> Difference:
    """As `compare`, over the places where both are finite: the others have no distance."""
    first, second = _wide(expected), _wide(got)
    if first.shape != second.shape:
        return compare(expected, got, relative=relative)
    both = first.isfinite() & second.isfinite()
    zero = torch.zeros((), dtype=torch.float64)
    return compare(
        torch.where(both, first, zero), torch.where(both, second, zero), relative=relative
    )


def distance(first: torch.Tensor, second: torch.Tensor) -> float:
    """max|first - second|; inf where they do not fit."""
    return compare(first, second).distance


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    return tensor.to(torch.float64)


def received(kind: Type, data: bytes) -> torch.Tensor:
    """A slot's bytes as a tensor."""
    return tensor_from_bytes(kind, data)


def diverged(tensors: dict[str, torch.Tensor]) -> bool:
    """Whether a state has left the numbers: not finite, or beyond 1e12."""
    for tensor in tensors.values():
        if tensor.is_floating_point() or tensor.is_complex():
            size = tensor.detach().abs()
            if not bool((size <= DIVERGED).all()):  # NaN compares false
                return True
    return False


@contextmanager
def one_thread() -> Generator[None]:
    """Inside, torch computes on one thread: its sums then do not depend on the number of cores,
    and the many small operations of a reference do not wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
