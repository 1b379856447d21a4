"""Decompositions of torch's linear layer with cross entropy in chunks: its own Python code, which
is opaque to a trace as a custom operation."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.modules import linear_cross_entropy as chunked

Tensor = torch.Tensor
ops = torch.ops.torch_nn
_run: Callable[..., Any] = chunked._linear_cross_entropy_batch_chunked_accumulator


def _reduced(*args: Any) -> Any:  # Any: the operation's own arguments and results
    """Loss and gradients; the twelfth argument says whether they may be used twice."""
    return _run(*args[:11], *args[12:])


def _each(
    x: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    linear_bias: Tensor | None,
    weight: Tensor | None,
    ignore_index: int,
    *others: Any,  # Any: sizes of chunks, the accumulator's dtype
) -> Tensor:
    given = (x, linear_weight, target, linear_bias, weight, "none", ignore_index, 0.0)
    return _run(*given, *others, False, False, False)[0]


CHUNKS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    ops._linear_cross_entropy_batch_chunked.default: _reduced,
    ops._linear_cross_entropy_batch_chunked_no_reduction.default: _each,
}
