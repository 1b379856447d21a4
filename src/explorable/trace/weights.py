"""Constants in a smaller dtype than the author's: ``weights="float16"`` or ``"int8"`` of a figure.

Closed-over float32 tensors are rounded where a trace meets them, and where eager PyTorch reads
them when it is asked to be the reference. The author's own tensors are never touched.
"""

# This floor alone may use torch's private names; torch is only partly typed.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from ..errors import ExplorableError, Line
from .codes import coded

FEWEST = 256
"""Numbers in the smallest tensor that is rounded: below, nothing would be saved."""


@dataclass(eq=False)
class Rounded:
    """The closed-over tensors that were rounded, by the memory they lie in."""

    dtype: str
    """What they are stored as: "float16" or "int8"."""
    tensors: dict[tuple[object, ...], torch.Tensor] = field(default_factory=dict)
    alive: list[torch.Tensor] = field(default_factory=list)
    """Memory names a tensor only as long as it lives."""


_ACTIVE: list[Rounded] = []


@contextmanager
def smaller_weights(dtype: str) -> Generator[Rounded]:
    """Traces inside round the closed-over float32 tensors they meet to what "float16" or "int8"
    can hold.

    >>> with smaller_weights("int8") as rounded:
    ...     graph = trace(fn, inputs)
    ...     with as_rounded(rounded): expected = fn(**inputs)
    """
    rounded = Rounded(dtype)
    _ACTIVE.append(rounded)
    try:
        yield rounded
    finally:
        _ACTIVE.pop()


def rounds() -> bool:
    """Whether traces round the constants they meet."""
    return bool(_ACTIVE)


def as_stored(tensor: torch.Tensor, label: str, line: Line | None) -> torch.Tensor:
    """``tensor`` as the bundle will hold it. Raises ExplorableError where float16 has no room."""
    if not _ACTIVE or tensor.dtype != torch.float32 or tensor.numel() < FEWEST:
        return tensor
    rounded = _ACTIVE[-1]
    smaller = _in_codes(tensor) if rounded.dtype == "int8" else _halved(tensor, label, line)
    if smaller is None:
        return tensor
    rounded.tensors[_memory(tensor)] = smaller
    rounded.alive.append(tensor)
    return smaller


def _in_codes(tensor: torch.Tensor) -> torch.Tensor | None:
    found = coded(tensor.detach().cpu().resolve_neg().numpy())
    # In the author's strides: what is a view of his tensor is one of this.
    return None if found is None else torch.empty_like(tensor).copy_(torch.tensor(found.numbers))


def _halved(tensor: torch.Tensor, label: str, line: Line | None) -> torch.Tensor:
    smaller = tensor.detach().to(torch.float16).to(torch.float32)
    lost = torch.isinf(smaller) & ~torch.isinf(tensor.detach())
    if bool(lost.any()):
        largest = float(tensor.detach()[lost].abs().max())
        raise ExplorableError(
            "trace",
            f"the constant '{label}' holds {largest:.4g}, float16 ends at 65504",
            line=line,
            fix='scale it down, or leave weights="float32"',
        )
    return smaller


@contextmanager
def as_rounded(rounded: Rounded) -> Generator[None]:
    """Inside, eager PyTorch reads the rounded tensors in place of the author's own."""
    with _Reading(rounded):
        yield


class _Reading(TorchDispatchMode):
    """Below autograd, so that gradients are those at the rounded weights."""

    def __init__(self, rounded: Rounded) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]  (torch's own)
        self._rounded = rounded

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        args, kwargs = tree_map(self._stored, (args, kwargs or {}))
        return func(*args, **kwargs)

    def _stored(self, value: Any) -> Any:  # Any: any argument of an operation
        if not isinstance(value, torch.Tensor) or value.dtype != torch.float32:
            return value
        if value.numel() < FEWEST:
            return value
        return self._rounded.tensors.get(_memory(value), value)


def _memory(tensor: torch.Tensor) -> tuple[object, ...]:
    storage = tensor.untyped_storage().data_ptr()
    return (storage, tensor.storage_offset(), tuple(tensor.shape), tensor.stride())
