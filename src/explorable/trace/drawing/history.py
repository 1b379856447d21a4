"""History of a run: records by step number in a fixed length, as figures read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from ...graphs import Type
from ..tensors import DTYPE_OF


def step_number(number: int) -> torch.Tensor:
    """A step number as figures receive it: int64 ``()``."""
    return torch.tensor(number, dtype=torch.int64)


def example(kind: Type) -> torch.Tensor | Type:
    """A tensor of this shape and dtype, for a trace; the type itself if its shape moves."""
    return kind if kind.moves else torch.zeros(kind.shape, dtype=DTYPE_OF[kind.dtype])


class History:
    """Records kept by step number: ``history[name]`` is float32 ``(length, *shape)``, oldest first,
    NaN after the newest. When it is full, only every second step is kept from then on."""

    def __init__(
        self, length: int, every: int, shapes: Callable[[], Mapping[str, torch.Tensor]]
    ) -> None:
        self._length, self._every, self._shapes = length, every, shapes
        self._stride = every
        self._steps: list[int] = []
        self._records: dict[str, list[torch.Tensor]] = {}
        self._newest: dict[str, torch.Tensor] = {}
        self._known: dict[str, torch.Tensor] | None = None

    def add(self, step: int, record: Mapping[str, Any]) -> None:
        """Keep ``record`` if its step is one that is kept."""
        if step % self._every:
            return
        self._newest = {
            name: torch.as_tensor(value).detach().clone() for name, value in record.items()
        }
        if len(self._steps) == self._length:
            self._stride *= 2
            stay = [k for k, kept in enumerate(self._steps) if kept % self._stride == 0]
            self._steps = [self._steps[k] for k in stay]
            self._records = {n: [rows[k] for k in stay] for n, rows in self._records.items()}
        if step % self._stride or len(self._steps) == self._length:
            return
        self._steps.append(step)
        for name, value in self._newest.items():
            self._records.setdefault(name, []).append(value.to(torch.float32))

    def __getitem__(self, name: str) -> torch.Tensor:
        if name == "step":
            return self._padded([torch.tensor(float(step)) for step in self._steps], ())
        if name in self._records:
            kept = self._records[name]
            return self._padded(kept, tuple(kept[0].shape))
        if self._known is None:
            self._known = {key: torch.as_tensor(value) for key, value in self._shapes().items()}
        if name not in self._known:
            known = ", ".join([*self._known, "step"])
            raise KeyError(f"step records no '{name}'; one of: {known}")
        return self._padded([], tuple(self._known[name].shape))

    @property
    def newest(self) -> Mapping[str, torch.Tensor]:
        """The newest record, by names; empty before the first."""
        return self._newest

    def _padded(self, kept: list[torch.Tensor], shape: tuple[int, ...]) -> torch.Tensor:
        padded = torch.full((self._length, *shape), torch.nan)
        if kept:
            padded[: len(kept)] = torch.stack(kept)
        return padded
