"""Decompositions of running and segmented sums: logcumsumexp, complex products, segment_reduce,
masked_scatter, bags of embeddings. Scans are done by doubling: log2(n) pointwise steps."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

aten = torch.ops.aten
Tensor = torch.Tensor

LONGEST_UNROLLED = 32
"""Steps of a scan that may stand one after the other in the graph."""


def _scan(x: Tensor, dim: int, join: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Every element joined with all before it."""
    size, step = x.shape[dim], 1
    while step < size:
        head, tail = x.narrow(dim, 0, step), x.narrow(dim, step, size - step)
        x = torch.cat([head, join(x.narrow(dim, 0, size - step), tail)], dim)
        step *= 2
    return x


def _log_add(a: Tensor, b: Tensor) -> Tensor:
    """log(exp(a) + exp(b)), for complex numbers too: the larger is taken out."""
    if not a.is_complex():
        return torch.logaddexp(a, b)
    first = a.real >= b.real
    large, small = torch.where(first, a, b), torch.where(first, b, a)
    # Nothing and nothing is nothing; their difference would be NaN.
    empty = torch.isinf(large.real) & (large.real == small.real)
    apart = torch.where(empty, torch.zeros_like(a), small - large)
    return torch.where(empty, large, torch.log1p(torch.exp(apart)) + large)


def _log_cumulative_sum(x: Tensor, dim: int) -> Tensor:
    if not x.ndim:
        return x.clone()
    if not x.is_complex() or x.shape[dim] > LONGEST_UNROLLED:
        return _scan(x, dim, _log_add)
    # One after the other, as torch: the angle depends on the order by whole turns.
    parts = list(x.split(1, dim))
    for k in range(1, len(parts)):
        parts[k] = _log_add(parts[k - 1], parts[k])
    return torch.cat(parts, dim)


def _cumulative_product(x: Tensor, dim: int, *, dtype: torch.dtype | None = None) -> Tensor:
    x = x if dtype is None else x.to(dtype)
    if not x.is_complex():
        return NotImplemented
    return _scan(x, dim, torch.mul) if x.ndim else x.clone()


def _product(
    x: Tensor, dim: int, keepdim: bool = False, *, dtype: torch.dtype | None = None
) -> Tensor:
    x = x if dtype is None else x.to(dtype)
    if not x.is_complex():
        return NotImplemented
    if not x.ndim:
        return x.clone()
    if not x.shape[dim]:
        shape = [1 if k == dim % x.ndim else size for k, size in enumerate(x.shape)]
        x = torch.ones(shape, dtype=x.dtype)
    while (size := x.shape[dim]) > 1:
        half = size // 2
        pairs = x.narrow(dim, 0, half) * x.narrow(dim, half, half)
        x = torch.cat([pairs, x.narrow(dim, size - 1, 1)], dim) if size % 2 else pairs
    return x if keepdim else x.squeeze(dim)


def _product_of_all(x: Tensor, *, dtype: torch.dtype | None = None) -> Tensor:
    kind = x.dtype if dtype is None else dtype
    return _product(x.reshape(-1), 0, dtype=dtype) if kind.is_complex else NotImplemented


def _segments(
    x: Tensor, lengths: Tensor | None, offsets: Tensor | None, axis: int
) -> tuple[Tensor, Tensor]:
    """(lead, segments, n, 1...) which elements belong to which segment; how many do."""
    if offsets is None:
        assert lengths is not None
        end = torch.cumsum(lengths, -1)
        start = end - lengths
    else:
        start, end = offsets[..., :-1], offsets[..., 1:]
    place = torch.arange(x.shape[axis])
    inside = (place >= start.unsqueeze(-1)) & (place < end.unsqueeze(-1))
    rest = (1,) * (x.ndim - axis - 1)
    return inside.reshape(*inside.shape, *rest), (end - start).reshape(*end.shape, *rest)


_NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}


def _segment_reduce(
    x: Tensor,
    reduce: str,
    *,
    lengths: Tensor | None = None,
    indices: Tensor | None = None,
    offsets: Tensor | None = None,
    axis: int = 0,
    unsafe: bool = False,
    initial: float | None = None,
) -> Tensor:
    inside, count = _segments(x, lengths, offsets, axis)
    terms = torch.where(inside, x.unsqueeze(axis), _NEUTRAL[reduce])
    if reduce in ("sum", "mean"):
        total = terms.sum(axis + 1) + (initial or 0.0)
        if reduce == "sum":
            return total
        empty = math.nan if initial is None else initial
        return torch.where(count == 0, empty, total / count.clamp(min=1))
    if reduce == "prod":
        return terms.prod(axis + 1) * (1.0 if initial is None else initial)
    best = terms.amax(axis + 1) if reduce == "max" else terms.amin(axis + 1)
    if initial is None:
        return best
    return best.clamp(min=initial) if reduce == "max" else best.clamp(max=initial)


def _segment_reduce_backward(
    grad: Tensor,
    found: Tensor,
    x: Tensor,
    reduce: str,
    *,
    lengths: Tensor | None = None,
    offsets: Tensor | None = None,
    axis: int = 0,
    initial: float | None = None,
) -> Tensor:
    inside, count = _segments(x, lengths, offsets, axis)
    wide = x.unsqueeze(axis)
    if reduce == "mean":
        grad = grad / count.clamp(min=1)
    if reduce in ("sum", "mean"):
        slope = grad.unsqueeze(axis + 1)
    elif reduce == "prod":
        zero = inside & (wide == 0)
        others = torch.where(inside & ~zero, wide, 1.0).prod(axis + 1, keepdim=True)
        others = others * (1.0 if initial is None else initial)
        zeros = zero.sum(axis + 1, keepdim=True)
        alone = torch.where(zeros == 0, others / torch.where(zero, 1.0, wide), others)
        alive = (zeros == 0) | ((zeros == 1) & zero)
        slope = grad.unsqueeze(axis + 1) * torch.where(alive, alone, 0.0)
    else:
        best = inside & (wide == found.unsqueeze(axis + 1))
        share = best.sum(axis + 1).clamp(min=1)
        slope = torch.where(best, (grad / share).unsqueeze(axis + 1), 0.0)
    return torch.where(inside, slope, 0.0).sum(axis)


def _ranks(mask: Tensor) -> Tensor:
    """How many of the mask's elements come before each one, flat."""
    flat = mask.reshape(-1).to(torch.int64)
    return torch.cumsum(flat, 0) - flat


def _masked_scatter(x: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    mask, x = torch.broadcast_tensors(mask, x)
    if not source.numel() or not x.numel():
        return x.clone()
    place = _ranks(mask).clamp(max=source.numel() - 1)
    picked = source.reshape(-1).index_select(0, place).reshape(x.shape)
    return torch.where(mask, picked, x)


def _masked_scatter_backward(grad: Tensor, mask: Tensor, sizes: Sequence[int]) -> Tensor:
    mask = mask.expand(grad.shape)
    count = math.prod(sizes)
    if not count:
        return torch.zeros(sizes, dtype=grad.dtype)
    place = _ranks(mask).clamp(max=count - 1)
    given = torch.where(mask, grad, 0.0).reshape(-1)
    return torch.zeros(count, dtype=grad.dtype).index_add(0, place, given).reshape(sizes)


def _masked_put(
    x: Tensor, indices: Sequence[Tensor | None], values: Tensor, accumulate: bool = False
) -> Tensor:
    """One bool mask, before or behind whole dimensions: values for all places, or one for each."""
    masks = [t for t in indices if t is not None]
    if len(masks) != 1 or masks[0].dtype != torch.bool:
        return NotImplemented
    mask, lead = masks[0], indices.index(masks[0])
    before, behind = x.shape[:lead], x.shape[lead + mask.ndim :]
    values = values.to(x.dtype)
    missing = lead + 1 + len(behind) - values.ndim
    values = values.reshape(*[1] * missing, *values.shape)
    count = values.shape[lead]
    if count == 1:
        given = values.reshape(*values.shape[:lead], *[1] * mask.ndim, *values.shape[lead + 1 :])
    else:
        place = _ranks(mask).clamp(max=max(count - 1, 0))
        given = values.index_select(lead, place) if count else torch.zeros((), dtype=x.dtype)
        given = given.reshape(*values.shape[:lead], *mask.shape, *values.shape[lead + 1 :])
    held = mask.reshape(*[1] * len(before), *mask.shape, *[1] * len(behind))
    return torch.where(held, x + given if accumulate else given, x)


def _bag_of(indices: Tensor, offsets: Tensor) -> Tensor:
    """The bag that each index lies in."""
    place = torch.arange(indices.shape[0]).unsqueeze(-1)
    return (place >= offsets.to(torch.int64)).sum(-1) - 1


SUM, MEAN, MAX = 0, 1, 2


def _embedding_bag(
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    scale_grad_by_freq: bool = False,
    mode: int = SUM,
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int = -1,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    indices = indices.to(torch.int64)
    bags = offsets.shape[0] - int(include_last_offset)
    bag = _bag_of(indices, offsets[:bags])
    rows = weight.index_select(0, indices)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    counted = indices != padding_idx
    member = (torch.arange(bags).unsqueeze(-1) == bag) & counted
    size = member.sum(-1)
    if mode == MAX:
        terms = torch.where(member.unsqueeze(-1), rows, -math.inf)
        best, at = terms.max(1) if indices.shape[0] else (rows.new_zeros(bags, rows.shape[1]), None)
        held = (size > 0).unsqueeze(-1)
        found = torch.where(held, best, 0.0)
        places = torch.zeros_like(best, dtype=torch.int64) if at is None else at
        named = indices.index_select(0, places.reshape(-1)) if at is not None else places
        return found, bag, size, torch.where(held, named.reshape(best.shape), -1)
    total = member.to(rows.dtype) @ rows
    if mode == MEAN:
        total = total / size.clamp(min=1).unsqueeze(-1)
    return total, bag, size, size


def _embedding_bag_backward(
    grad: Tensor,
    indices: Tensor,
    offsets: Tensor,
    bag: Tensor,
    size: Tensor,
    places: Tensor,
    num_weights: int,
    scale_grad_by_freq: bool,
    mode: int,
    sparse: bool,
    per_sample_weights: Tensor | None,
    padding_idx: int = -1,
) -> Tensor:
    indices = indices.to(torch.int64)
    made = torch.zeros(num_weights, grad.shape[1], dtype=grad.dtype)
    if mode == MAX:
        held = places >= 0
        given = torch.where(held, grad, 0.0)
        return made.scatter_add(0, torch.where(held, places, 0), given)
    rows = grad.index_select(0, bag)
    if mode == MEAN:
        rows = rows / size.clamp(min=1).index_select(0, bag).unsqueeze(-1)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    if scale_grad_by_freq:
        # torch looks the count up under the n-th of the sorted indices for the n-th word in use.
        words = torch.arange(num_weights).unsqueeze(-1)
        often = (words == indices).sum(-1)
        turn = torch.cumsum((often > 0).to(torch.int64), 0) - 1
        named = torch.sort(indices)[0].index_select(0, turn.index_select(0, indices))
        rows = rows / often.index_select(0, named).unsqueeze(-1)
    rows = torch.where((indices != padding_idx).unsqueeze(-1), rows, 0.0)
    return made.index_add(0, indices, rows)


def _renormed(weight: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """The rows that are looked up, no longer than ``max_norm``."""
    used = torch.zeros(weight.shape[0], dtype=torch.bool)
    used = used.index_put((indices.reshape(-1).to(torch.int64),), torch.ones((), dtype=torch.bool))
    size = torch.linalg.vector_norm(weight, norm_type, 1)
    factor = torch.where(used & (size > max_norm), max_norm / (size + 1e-7), 1.0)
    return weight * factor.unsqueeze(1)


def _bag_weights_backward(
    grad: Tensor,
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    bag: Tensor,
    mode: int,
    padding_idx: int = -1,
) -> Tensor:
    indices = indices.to(torch.int64)
    slope = (grad.index_select(0, bag) * weight.index_select(0, indices)).sum(-1)
    return torch.where(indices != padding_idx, slope, 0.0)


SCANS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.logcumsumexp.default: _log_cumulative_sum,
    aten.segment_reduce.default: _segment_reduce,
    aten._segment_reduce_backward.default: _segment_reduce_backward,
    aten.masked_scatter.default: _masked_scatter,
    aten.masked_scatter_backward.default: _masked_scatter_backward,
    aten.embedding_renorm.default: _renormed,
    aten._embedding_bag.default: _embedding_bag,
    aten._embedding_bag_forward_only.default: _embedding_bag,
    aten._embedding_bag_dense_backward.default: _embedding_bag_backward,
    aten._embedding_bag_backward.default: _embedding_bag_backward,
    aten._embedding_bag_per_sample_weights_backward.default: _bag_weights_backward,
}

SOMETIMES: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.cumprod.default: _cumulative_product,
    aten.prod.dim_int: _product,
    aten.prod.default: _product_of_all,
    aten.index_put.default: _masked_put,
}
"""Only products of complex numbers, only writes through masks; else the operation stays whole."""
