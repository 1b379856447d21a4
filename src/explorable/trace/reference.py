"""The float64 reference: the author's own function, its float32 computed in float64, for
verification."""

# This floor alone may use torch's private names.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

WIDER = {
    torch.float32: torch.float64,
    torch.complex64: torch.complex128,
    torch.float16: torch.float64,
    torch.bfloat16: torch.float64,
}

_OF_THE_ENGINE = {torch.ops.aten._to_copy.default, torch.ops.aten.detach.default}

_ACTIVE: list[bool] = []


def in_reference() -> bool:
    """Whether ``float64_reference`` is on."""
    return bool(_ACTIVE)


def widened(value: Any) -> Any:  # Any: any argument of an operation
    """float32 tensors and dtypes as float64, complex64 as complex128; the rest as it is."""
    if isinstance(value, torch.dtype):
        return WIDER.get(value, value)
    if isinstance(value, torch.Tensor) and value.dtype in WIDER:
        return value.to(WIDER[value.dtype])
    return value


class _Reference(TorchDispatchMode):
    """Below autograd, so that gradients are computed in float64 too."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        kwargs = kwargs or {}
        written: list[tuple[torch.Tensor, torch.Tensor]] = []
        if func._schema.is_mutable:
            # A float32 tensor of the author's stays one: computed in float64, then rounded back.
            for k, argument in enumerate(func._schema.arguments):
                given = args[k] if k < len(args) else kwargs.get(argument.name)
                writes = argument.alias_info is not None and argument.alias_info.is_write
                if writes and isinstance(given, torch.Tensor) and given.dtype in WIDER:
                    wide = widened(given)
                    written.append((given, wide))
                    if k < len(args):
                        args = (*args[:k], wide, *args[k + 1 :])
                    else:
                        kwargs = {**kwargs, argument.name: wide}
        if func in _OF_THE_ENGINE and torch._C._current_graph_task_id() != -1:
            # The engine rounds the gradient of a float32 leaf to float32, and insists on it.
            return func(*args, **kwargs)
        args, kwargs = tree_map(widened, (args, kwargs))
        result = func(*args, **kwargs)
        for original, wide in written:
            original.copy_(wide)
            result = original if result is wide else result
        return result if written else tree_map(widened, result)


@contextmanager
def float64_reference() -> Generator[None]:
    """Inside, torch computes in float64 and complex128 what it would in float32 and complex64.

    >>> with float64_reference(): torch.sin(torch.ones(1)).dtype
    torch.float64

    Enter it around ``random_numbers``: draws keep their 24 bits, so both runs see the same numbers.
    Tensors made before stay float32 and are widened where they are read; give a state as float64
    tensors (``substitute``) to keep it exact from step to step.
    """
    default = torch.get_default_dtype()
    _ACTIVE.append(True)
    torch.set_default_dtype(WIDER.get(default, default))
    try:
        with _Reference():
            yield
    finally:
        _ACTIVE.pop()
        torch.set_default_dtype(default)
