"""The decomposition table of the later passes: which operations the compiler never sees.

Core ATen's table, torch's own decompositions of what core ATen keeps whole but which are sums and
maps, and ours where torch has none that ends in core ATen.
"""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._decomp import core_aten_decompositions, get_decompositions

from ...errors import ExplorableError
from ..draws.variate_slopes import VARIATE_SLOPES
from .choices import CHOICES
from .fractional import FRACTIONAL
from .histograms import HISTOGRAMS
from .matrices import MATRICES
from .pools import POOLS
from .ranges import RANGES
from .resampling import RESAMPLING
from .scans import SCANS, SOMETIMES

aten = torch.ops.aten
Tensor = torch.Tensor

FROM_TORCH = [
    aten._softmax,
    aten._log_softmax,
    aten.embedding,
    aten.native_batch_norm,
    aten._native_batch_norm_legit,
    aten._native_batch_norm_legit_functional,
    aten._native_batch_norm_legit_no_training,
    aten.native_layer_norm,
    aten.gelu,
    aten.elu,
    aten.hardtanh,
    aten.leaky_relu,
    aten.logsumexp,
    aten.dist,
    aten.ldexp,
    aten.rrelu_with_noise_backward,
    aten.upsample_nearest1d,
    aten.upsample_nearest2d,
    aten.upsample_nearest3d,
    aten._upsample_nearest_exact1d,
    aten._upsample_nearest_exact2d,
    aten._upsample_nearest_exact3d,
    aten.upsample_bilinear2d,
    aten.upsample_trilinear3d,
    aten.upsample_bicubic2d,
    aten.grid_sampler_2d,
    aten.triu_indices,
    aten.tril_indices,
    aten._batch_norm_with_update_functional,
    aten.batch_norm_backward,
    aten.diag,
]


def _axes(x: Tensor, dim: int | Sequence[int] | None) -> list[int]:
    if dim is None or (not isinstance(dim, int) and len(dim) == 0):
        return list(range(x.ndim))
    return [d % max(x.ndim, 1) for d in ([dim] if isinstance(dim, int) else dim)]


def _var_mean(
    x: Tensor,
    dim: int | Sequence[int] | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
) -> tuple[Tensor, Tensor]:
    axes = _axes(x, dim)
    count = 1
    for axis in axes:
        count *= x.shape[axis] if x.ndim else 1
    mean = x.mean(axes, keepdim=True)
    apart = x - mean
    square = (apart * apart.conj()).real if x.is_complex() else apart * apart
    away = 1 if correction is None else correction
    var = square.sum(axes, keepdim=keepdim)
    if not isinstance(count, int):  # pyright: ignore[reportUnnecessaryIsInstance] a SymInt
        # A size that moves: sym_max asks nothing, and 0 / 0 comes out as it should.
        away = int(away) if away == int(away) else away
        return var / torch.sym_max(count - away, 0), mean if keepdim else mean.reshape(var.shape)
    divisor = max(count - away, 0)
    # 0 / 0 is NaN, as torch gives for one number without a correction.
    var = var / divisor if divisor else var * float("nan")
    return var, mean if keepdim else mean.reshape(var.shape)


def _var(
    x: Tensor,
    dim: int | Sequence[int] | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
) -> Tensor:
    return _var_mean(x, dim, correction=correction, keepdim=keepdim)[0]


def _vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: torch.dtype | None = None,
) -> Tensor:
    x = x if dtype is None else x.to(dtype)
    axes = _axes(x, dim)
    if not axes or x.ndim == 0:
        return (x != 0).to(x.abs().dtype) if ord == 0 else x.abs()
    moving = any(isinstance(extent, torch.SymInt) for extent in x.shape)
    if ord != 0 and not moving and all(x.shape[axis] == 1 for axis in axes):
        size = x.abs()  # of one number, whose square may be none: 1e-30 in float32
        return size if keepdim else size.squeeze(axes)
    if ord == 2:
        square = (x * x.conj()).real if x.is_complex() else x * x
        return square.sum(axes, keepdim=keepdim).sqrt()
    size = x.abs()
    if ord == float("inf"):
        return size.amax(axes, keepdim=keepdim)
    if ord == float("-inf"):
        return size.amin(axes, keepdim=keepdim)
    if ord == 0:
        return (x != 0).to(size.dtype).sum(axes, keepdim=keepdim)
    if ord == 1:
        return size.sum(axes, keepdim=keepdim)
    return size.pow(ord).sum(axes, keepdim=keepdim).pow(1 / ord)


def _group_norm(
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    N: int,
    C: int,
    HxW: int,
    group: int,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    grouped = x.reshape(N, group, C // group * HxW)
    var, mean = _var_mean(grouped, 2, correction=0, keepdim=True)
    scale = torch.rsqrt(var + eps)
    result = ((grouped - mean) * scale).reshape(x.shape)
    shape = (1, C, *[1] * (x.ndim - 2))
    if weight is not None:
        result = result * weight.reshape(shape)
    if bias is not None:
        result = result + bias.reshape(shape)
    return result, mean.reshape(N, group), scale.reshape(N, group)


def _complex(real: Tensor, imag: Tensor) -> Tensor:
    real, imag = torch.broadcast_tensors(real, imag)
    return torch.view_as_complex(torch.stack([real, imag], -1))


def _polar(size: Tensor, angle: Tensor) -> Tensor:
    """torch's own rule writes into the parts of an empty result."""
    return _complex(size * torch.cos(angle), size * torch.sin(angle))


def _copy(x: Tensor, source: Tensor, non_blocking: bool = False) -> Tensor:
    made = source.to(x.dtype).expand(x.shape)
    # Whoever takes a view later takes it of x's strides.
    if not any(isinstance(extent, torch.SymInt) for extent in x.shape) and x.is_contiguous():
        return made.contiguous()
    return made


def _roll(
    x: Tensor, shifts: Sequence[Any], dims: Sequence[int] = ()
) -> Tensor:  # Any: int or SymInt
    if not dims:
        return _roll(x.reshape(-1), shifts, (0,)).reshape(x.shape)
    for shift, dim in zip(shifts, dims, strict=True):
        size = x.shape[dim]
        if not size:
            continue
        if isinstance(shift, int) and not isinstance(size, torch.SymInt):
            cut = size - shift % size
            x = torch.cat([x.narrow(dim, cut, size - cut), x.narrow(dim, 0, cut)], dim)
        else:
            x = torch.index_select(x, dim, torch.remainder(torch.arange(size) - shift, size))
    return x


def _plus_product(x: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """addmm, addmv, baddbmm: torch's own keep a product with 1 for each factor."""
    if x.dtype in (torch.float16, torch.bfloat16):
        # Rounded once, at the end.
        wide = _plus_product(x.float(), a.float(), b.float(), beta=beta, alpha=alpha)
        return wide.to(x.dtype)
    multiply = {(2, 2): aten.mm, (3, 3): aten.bmm}.get((a.ndim, b.ndim), torch.matmul)
    product = _scaled(multiply(a, b), alpha)
    # beta = 0 leaves out even the NaNs of x.
    return product if beta == 0 else _scaled(x, beta) + product


def _lerp(x: Tensor, end: Tensor, weight: float) -> Tensor:
    """torch's own decides on which side to start by tensors; the weight is a number here."""
    if isinstance(weight, (torch.SymFloat, torch.SymInt)):
        return x + weight * (end - x)
    return x + weight * (end - x) if abs(weight) < 0.5 else end - (end - x) * (1 - weight)


def _addbmm(x: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    return _scaled(x, beta) + _scaled(torch.bmm(a, b).sum(0, dtype=x.dtype), alpha)


def _scaled(x: Tensor, factor: float) -> Tensor:
    if not (x.is_floating_point() or x.is_complex()):
        factor = int(factor)
    return x if factor == 1 else x * factor


def _trilinear(
    a: Tensor,
    b: Tensor,
    c: Tensor,
    expand1: Sequence[int],
    expand2: Sequence[int],
    expand3: Sequence[int],
    sumdim: Sequence[int],
    unroll_dim: int = 1,
) -> Tensor:
    product: Tensor | None = None
    for x, axes in ((a, expand1), (b, expand2), (c, expand3)):
        for axis in sorted(axes):
            x = x.unsqueeze(axis)
        product = x if product is None else product * x
    assert product is not None
    return product.sum(list(sumdim))


def _distances(a: Tensor, b: Tensor, p: float, compute_mode: int | None = None) -> Tensor:
    return _vector_norm(a.unsqueeze(-2) - b.unsqueeze(-3), p, -1)


def _distances_backward(grad: Tensor, a: Tensor, b: Tensor, p: float, found: Tensor) -> Tensor:
    apart = a.unsqueeze(-2) - b.unsqueeze(-3)
    grad, found = grad.unsqueeze(-1), found.unsqueeze(-1)
    return _norm_slope(grad, apart, found, p).sum(-2)


def _norm_slope(grad: Tensor, apart: Tensor, found: Tensor, p: float) -> Tensor:
    """``grad`` times the gradient of the p-norm at ``apart``, where it is ``found``: nothing where
    that is 0, whatever ``grad`` is."""
    if p == 0:  # a count of differences has no slope
        return torch.zeros_like(apart)
    if p == 1:
        return grad * torch.sign(apart)
    if p == float("inf"):
        return grad * torch.sign(apart) * (apart.abs() == found)
    slope = apart / found
    if p != 2:
        slope = torch.sign(apart) * apart.abs().pow(p - 1) / found.pow(p - 1)
    none = found == 0
    return torch.where(none, 0.0, grad) * torch.where(none | (apart == 0), 0.0, slope)


def _pairs(x: Tensor) -> tuple[Tensor, Tensor]:
    """Both rows of every pair, in order."""
    one, other = torch.triu_indices(x.shape[0], x.shape[0], 1).unbind(0)
    return one, other


def _pair_distances(x: Tensor, p: float = 2) -> Tensor:
    one, other = _pairs(x)
    return _vector_norm(x.index_select(0, one) - x.index_select(0, other), p, -1)


def _pair_distances_backward(grad: Tensor, x: Tensor, p: float, found: Tensor) -> Tensor:
    one, other = _pairs(x)
    apart = x.index_select(0, one) - x.index_select(0, other)
    slope = _norm_slope(grad.unsqueeze(-1), apart, found.unsqueeze(-1), p)
    return torch.zeros_like(x).index_add(0, one, slope).index_add(0, other, -slope)


def _take(x: Tensor, index: Tensor) -> Tensor:
    """torch's own writes x[index], where one index becomes a Python number."""
    return aten.index.Tensor(x.reshape(-1), [index])


def _simple_histogram(x: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    x = x.reshape(-1)
    low, high = (x.amin(), x.amax()) if min == max else (torch.full((), min), torch.full((), max))
    single = low == high
    low, high = torch.where(single, low - 1, low), torch.where(single, high + 1, high)
    inside = (x >= low) & (x <= high)
    place = ((x - low) * bins / (high - low)).to(torch.int64).clamp(0, bins - 1)
    return torch.zeros(bins, dtype=x.dtype).index_put((place,), inside.to(x.dtype), accumulate=True)


def _searchsorted(
    sequence: Tensor,
    x: Tensor,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """The place of each number is the count of what lies before it."""
    if sorter is not None:
        sequence = torch.gather(sequence, -1, sorter)
    last = sequence.shape[-1]
    flat = x.reshape(-1) if sequence.ndim == 1 else x
    after = right or side == "right"
    row, number = sequence.unsqueeze(-2), flat.unsqueeze(-1)
    # NaN sorts behind everything.
    before = row <= number if after else row < number
    before = before | torch.isnan(number) if x.is_floating_point() else before
    count = before.sum(-1).reshape(x.shape) if last else torch.zeros(x.shape, dtype=torch.int64)
    return count.to(torch.int32) if out_int32 else count


def _bucketize(
    x: Tensor, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Tensor:
    return _searchsorted(boundaries, x, out_int32=out_int32, right=right)


def _round_decimals(x: Tensor, *, decimals: int) -> Tensor:
    scale = 10.0 ** abs(decimals)
    return torch.round(x * scale) / scale if decimals >= 0 else torch.round(x / scale) * scale


def _strided_scatter(
    x: Tensor,
    source: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
) -> Tensor:
    """What autograd makes of writing to a view: a Linear of one vector has it in its backward."""
    if not x.is_contiguous():
        raise ExplorableError(
            "trace",
            "a gradient passes a write to a view of a view",
            fix="write without the underscore: y = y.add(x), not y.add_(x)",
        )
    whole = torch.empty(size, device="meta").stride() == tuple(stride)
    if whole and not storage_offset and source.numel() == x.numel():
        return source.reshape(x.shape)
    places = torch.full((), storage_offset or 0)
    for count, step in zip(size, stride, strict=True):
        places = places.unsqueeze(-1) + torch.arange(count) * step
    flat = x.reshape(-1).scatter(0, places.reshape(-1), source.reshape(-1))
    return flat.reshape(x.shape)


def _zeros(size: Sequence[int], *, dtype: torch.dtype | None = None, **_: object) -> Tensor:
    return torch.full(size, 0, dtype=dtype or torch.get_default_dtype())


OURS: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    aten.var.correction: _var,
    aten.var_mean.correction: _var_mean,
    aten.linalg_vector_norm.default: _vector_norm,
    aten.native_group_norm.default: _group_norm,
    aten.complex.default: _complex,
    aten.polar.default: _polar,
    aten.copy.default: _copy,
    aten.roll.default: _roll,
    aten.addmm.default: _plus_product,
    aten.addmv.default: _plus_product,
    aten.baddbmm.default: _plus_product,
    aten.addbmm.default: _addbmm,
    aten.lerp.Scalar: _lerp,
    aten._trilinear.default: _trilinear,
    aten._cdist_forward.default: _distances,
    aten._cdist_backward.default: _distances_backward,
    aten._pdist_forward.default: _pair_distances,
    aten._pdist_backward.default: _pair_distances_backward,
    aten.take.default: _take,
    aten.histc.default: _simple_histogram,
    aten.round.decimals: _round_decimals,
    aten._efficientzerotensor.default: _zeros,
    aten.as_strided_scatter.default: _strided_scatter,
    aten.bucketize.Tensor: _bucketize,
    aten.searchsorted.Tensor: _searchsorted,
    # One overload instead of two: a Python number is an argument of .Tensor as well.
    aten.add.Scalar: torch.add,
    aten.sub.Scalar: torch.sub,
    aten.mul.Scalar: torch.mul,
    aten.div.Scalar: torch.div,
    aten.__rshift__.Scalar: torch.bitwise_right_shift,
    aten.__rshift__.Tensor: torch.bitwise_right_shift,
    aten.__lshift__.Scalar: torch.bitwise_left_shift,
    aten.__lshift__.Tensor: torch.bitwise_left_shift,
    aten.__and__.Scalar: torch.bitwise_and,
    aten.__or__.Scalar: torch.bitwise_or,
    aten.__xor__.Scalar: torch.bitwise_xor,
    **FRACTIONAL,
    **CHOICES,
    **HISTOGRAMS,
    **MATRICES,
    **POOLS,
    **RANGES,
    **RESAMPLING,
    **SCANS,
    **VARIATE_SLOPES,
}

TABLE: dict[Any, Callable[..., Any]] = {  # Any: OpOverload -> function
    **core_aten_decompositions(),
    **get_decompositions(FROM_TORCH),
    **OURS,
    **SOMETIMES,
}
del TABLE[aten.select_scatter.default]  # it gives the dtype of what is put in
