"""Python values inside a traced function: what torch's own tracer refuses though every author writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.overrides import TorchFunctionMode


class _LiveLists(TorchFunctionMode):
    """``torch.tensor([[cos(t), -sin(t)], ...])`` of traced tensors becomes ``stack``."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        kwargs = kwargs or {}
        if func in (torch.tensor, torch.as_tensor, torch.asarray) and args and _is_live(args[0]):
            return _stack(args[0], kwargs.get("dtype"))
        return func(*args, **kwargs)


def _leaves(data: object) -> Iterator[object]:
    if isinstance(data, (list, tuple)):
        for part in cast(Sequence[object], data):
            yield from _leaves(part)
    else:
        yield data


def _is_live(data: object) -> bool:
    moving = (FakeTensor, torch.SymInt, torch.SymFloat, torch.SymBool)
    if isinstance(data, FakeTensor):
        return False
    return any(isinstance(leaf, moving) for leaf in _leaves(data))


def _dtype(leaf: object) -> torch.dtype:
    if isinstance(leaf, torch.Tensor):
        return leaf.dtype
    if isinstance(leaf, (bool, torch.SymBool)):
        return torch.bool
    if isinstance(leaf, (int, torch.SymInt)):
        return torch.int64
    if isinstance(leaf, complex):
        return torch.complex64
    return torch.get_default_dtype()


def _stack(data: object, dtype: torch.dtype | None) -> torch.Tensor:
    if dtype is None:
        found = [_dtype(leaf) for leaf in _leaves(data)]
        dtype = found[0]
        for other in found[1:]:
            dtype = torch.promote_types(dtype, other)

    def build(part: object) -> torch.Tensor:
        if isinstance(part, (list, tuple)):
            return torch.stack([build(p) for p in cast(Sequence[object], part)])
        if isinstance(part, torch.Tensor):
            # torch.tensor copies values, never history.
            return part.detach().to(dtype)
        return torch.scalar_tensor(cast(float, part), dtype=dtype)

    return build(data)


@contextmanager
def python_values() -> Iterator[None]:
    """Inside, lists of traced numbers become tensors."""
    with _LiveLists():
        yield
