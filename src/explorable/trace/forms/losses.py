"""Losses of torch's that its decompositions compute otherwise than its kernels."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import _reduction, functional

Tensor = torch.Tensor


def _linear_cross_entropy(*args: Any, options: object = None, **kwargs: Any) -> Tensor:
    """The options are chunks, to hold less memory at a time."""
    return functional.linear_cross_entropy(*args, **kwargs)


def _multilabel_margin_loss(
    x: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """torch's decomposition also counts what stands behind the -1 that ends a row of labels."""
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    rows, labels = torch.atleast_2d(x), torch.atleast_2d(target)
    listed = (labels == -1).cumsum(-1) == 0
    chosen = torch.where(listed, labels, 0)
    classes = rows.shape[1]
    meant = (chosen.unsqueeze(-1) == torch.arange(classes)) & listed.unsqueeze(-1)
    margins = (1 - rows.gather(1, chosen).unsqueeze(2) + rows.unsqueeze(1)).relu()
    counted = listed.unsqueeze(2) & ~meant.any(1, keepdim=True)
    loss = torch.where(counted, margins, 0).sum((1, 2)) / classes
    if reduction == "none":
        return loss if x.ndim > 1 else loss.reshape(())
    return loss.mean() if reduction == "mean" else loss.sum()


LOSSES: dict[Any, Callable[..., Tensor]] = {  # Any: a function of torch's
    functional.linear_cross_entropy: _linear_cross_entropy,
    functional.multilabel_margin_loss: _multilabel_margin_loss,
}
