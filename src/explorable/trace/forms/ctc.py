"""The CTC loss by operations alone: torch's sizes its tables by the values of the lengths."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import torch

Tensor = torch.Tensor

_IMPOSSIBLE = -1e30
"""The logarithm of no chance: finite, so that gradients stay numbers."""


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,  # Any: a tensor, or ints
    target_lengths: Any,  # Any: as before
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """``torch.nn.functional.ctc_loss``, value and gradient."""
    alone = log_probs.ndim == 2
    scores = log_probs.unsqueeze(1) if alone else log_probs
    spoken = torch.as_tensor(input_lengths).reshape(-1)
    wanted = torch.as_tensor(target_lengths).reshape(-1)
    if targets.ndim == 1:
        targets = _rows(targets, wanted)
    losses = _losses(scores, targets.to(torch.int64), spoken, wanted, blank)
    infinite = losses > -_IMPOSSIBLE / 2
    losses = torch.where(infinite, 0.0 if zero_infinity else torch.inf, losses)
    if reduction == "mean":
        return (losses / wanted.clamp(min=1)).mean()
    if reduction == "sum":
        return losses.sum()
    return losses.squeeze(0) if alone else losses


def _rows(targets: Tensor, lengths: Tensor) -> Tensor:
    """Targets that stand one behind another, one row each, as long as all of them."""
    first = (lengths.cumsum(0) - lengths).unsqueeze(1)
    places = (first + torch.arange(targets.shape[0])).clamp(max=max(targets.shape[0] - 1, 0))
    return targets[places]


def _losses(scores: Tensor, targets: Tensor, spoken: Tensor, wanted: Tensor, blank: int) -> Tensor:
    steps, count, _ = scores.shape
    # A blank before, between and behind the labels.
    labels = torch.full((count, 2 * targets.shape[1] + 1), blank, dtype=torch.int64)
    labels[:, 1::2] = targets
    states = labels.shape[1]
    skips = torch.zeros(count, states, dtype=torch.bool)
    skips[:, 2:] = (labels[:, 2:] != blank) & (labels[:, 2:] != labels[:, :-2])
    begins = torch.arange(states) < 2
    paths = torch.where(begins, scores[0].gather(1, labels), _IMPOSSIBLE)
    for step in range(1, steps):
        before = torch.full((count, 2), _IMPOSSIBLE, dtype=scores.dtype)
        wide = torch.cat([before, paths], 1)
        jumps = torch.where(skips, wide[:, :states], _IMPOSSIBLE)
        arrived = torch.logsumexp(torch.stack([paths, wide[:, 1 : states + 1], jumps]), 0)
        onward = (arrived + scores[step].gather(1, labels)).clamp(min=_IMPOSSIBLE)
        paths = torch.where((spoken > step).unsqueeze(1), onward, paths)
    end = (2 * wanted).to(torch.int64).unsqueeze(1)
    last = paths.gather(1, end).squeeze(1)
    label = paths.gather(1, (end - 1).clamp(min=0)).squeeze(1)
    label = torch.where(wanted > 0, label, _IMPOSSIBLE)
    # torch's gradient takes for granted that the scores come from log_softmax, and has its term.
    chances = scores.exp()
    heard = (torch.arange(steps).unsqueeze(1) < spoken).unsqueeze(2)
    nothing = torch.where(heard, chances - chances.detach(), 0.0).sum((0, 2))
    return nothing - torch.logaddexp(last, label)
