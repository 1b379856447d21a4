"""What is counted of samples for the page: the bins of a histogram, a curve of their density.

Runs in the author's function's trace, and eagerly for the reference.
"""

from __future__ import annotations

from typing import Any

import torch

POINTS = 160
BEYOND = 3  # bandwidths
SPREAD = 1e-6  # of samples that are all alike


def _span(samples: torch.Tensor, within: tuple[Any, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """The ends of all bins: those given, or the samples' own."""
    if within:
        return torch.tensor(float(within[0])), torch.tensor(float(within[1]))
    there = samples.isfinite()
    # One more of each, for there may be none.
    low = torch.cat([samples.where(there, torch.inf), torch.tensor([torch.inf])]).amin()
    high = torch.cat([samples.where(there, -torch.inf), torch.tensor([-torch.inf])]).amax()
    some = low <= high
    low, high = low.where(some, 0.0), high.where(some, 1.0)
    room = torch.where(high > low, 0.0, low.abs().clamp_min(1.0) / 2)
    return low - room, high + room


def centres(samples: torch.Tensor, bins: int, *within: float) -> torch.Tensor:
    """The middle of each bin, (bins,)."""
    low, high = _span(samples.flatten().to(torch.float32), within)
    return low + (torch.arange(bins) + 0.5) * ((high - low) / bins)


def counts(samples: torch.Tensor, bins: int, density: bool, *within: float) -> torch.Tensor:
    """How many samples lie in each bin, (bins,); the last one has its upper end."""
    samples = samples.flatten().to(torch.float32)
    low, high = _span(samples, within)
    inside = (samples >= low) & (samples <= high)
    place = ((samples - low) * (bins / (high - low))).where(inside, 0.0)
    index = place.to(torch.int64).clamp(0, bins - 1)
    found = torch.zeros(bins).index_add(0, index, inside.to(torch.float32))
    if not density:
        return found
    return found / (found.sum().clamp_min(1.0) * ((high - low) / bins))


def density_curve(
    samples: torch.Tensor, within: tuple[float, ...], bandwidth: Any = None
) -> torch.Tensor:
    """The sum of a bell on each sample, (points, 2)."""
    samples = samples.flatten().to(torch.float32)
    there = samples.isfinite()
    count = there.to(torch.float32).sum().clamp_min(1.0)
    known = samples.where(there, 0.0)
    if bandwidth is None:
        mean = known.sum() / count
        apart = (known - mean).where(there, 0.0).square().sum() / (count - 1).clamp_min(1.0)
        bandwidth = apart.sqrt() * count ** (-1 / 5)
    bandwidth = torch.as_tensor(bandwidth, dtype=torch.float32).clamp_min(SPREAD)
    low, high = _span(samples, within)
    if not within:
        low, high = low - BEYOND * bandwidth, high + BEYOND * bandwidth
    x = low + (high - low) * torch.linspace(0, 1, POINTS)
    bells = torch.exp(-((x[:, None] - known) / bandwidth).square() / 2) * there
    return torch.stack([x, bells.sum(1) / (count * bandwidth * (2 * torch.pi) ** 0.5)], -1)
