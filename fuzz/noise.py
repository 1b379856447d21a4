"""Noise: every result of a program that is rounded is moved by one unit in the last place, and what
torch leaves open is chosen anew."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

from explorable.trace.roundings import EXACT, Roundings

COARSE = {"polygamma": 1e-9, "igamma": 1e-9, "igammac": 1e-9, "special_airy_ai": 3e-6} | {
    f"special_bessel_{kind}": 1e-6 for kind in ("j0", "j1", "y0", "y1")
}
"""Errors of functions whose approximation in torch has fewer digits than float64, against SciPy,
relative to their largest value."""
_SUMS = frozenset("mm mv bmm dot vdot addmm addmv baddbmm sum nansum cumsum".split())


def _unfused(func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What torch may compute with a product that is not rounded, with one that is."""
    floats = bool(args) and isinstance(args[0], torch.Tensor) and args[0].is_floating_point()
    alpha = kwargs.get("alpha", 1)
    if floats and name in ("add", "sub") and alpha != 1:
        return args[0] + args[1] * alpha if name == "add" else args[0] - args[1] * alpha
    if floats and name == "addcmul":
        return args[0] + args[1] * args[2] * kwargs.get("value", 1)
    complexes = [isinstance(a, torch.Tensor) and a.is_complex() for a in args[:2]]
    tensors = all(isinstance(a, torch.Tensor) for a in args[:2])
    if any(complexes) and tensors and name in ("add", "sub"):
        # torch's multiplies by 1 + 0j, which makes what is infinite undefined.
        kind = torch.result_type(*args[:2])
        one, other = (torch.view_as_real(a.to(kind)) for a in torch.broadcast_tensors(*args[:2]))
        return torch.view_as_complex(one + other * alpha if name == "add" else one - other * alpha)
    if complexes[:1] == [True] and name == "mean":
        # torch's divides by a complex number, which makes what is infinite undefined.
        sums = args[0].sum(*args[1:])
        count = args[0].numel() / max(sums.numel(), 1)
        return torch.view_as_complex(torch.view_as_real(sums) / count)
    if name in ("var_mean", "std_mean"):
        # torch's running means keep the rounding of each step, and lose what is infinite.
        return func(*args, **kwargs)[0], args[0].mean(
            *args[1:2], keepdim=kwargs.get("keepdim", False)
        )
    return None


def _becomes_complex(result: Any, args: tuple[Any, ...]) -> bool:
    """Whether complex numbers were made of real ones, which all lie on the cuts of functions."""
    given = bool(args) and isinstance(args[0], torch.Tensor) and args[0].is_complex()
    return isinstance(result, torch.Tensor) and result.is_complex() and not given


def _snapped(tensor: torch.Tensor) -> torch.Tensor:
    """With zeros for what is nearly zero beside the largest number: there rounding may cancel."""
    if tensor.is_complex():
        return torch.view_as_complex(_snapped(torch.view_as_real(tensor.resolve_conj())))
    if not (tensor.is_floating_point() and tensor.numel()):
        return tensor
    least = 16 * torch.finfo(tensor.dtype).eps * tensor.abs().max()
    return torch.where(tensor.abs() < least, 0.0, tensor)


class Noise(Roundings):
    """Also what torch leaves open otherwise."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func._schema.name.split("::")[1]
        result = _unfused(func, name, args, kwargs or {})
        if name == "prod":
            args = self._shuffled(*args)
        if name.lstrip("_").startswith("linalg_"):
            # A column of zeros up to rounding has a direction that rounding chooses.
            args = pytree.tree_map_only(torch.Tensor, self.moved, args)
            result = func(*args, **(kwargs or {}))
            if int(torch.randint(2, (), generator=self.generator)):
                result = pytree.tree_map_only(torch.Tensor, _snapped, result)
        if result is None:
            result = func(*args, **(kwargs or {}))
        if name == "topk" or (name == "sort" and not (kwargs or {}).get("stable")):
            return self._reordered(func, *args, **(kwargs or {}))
        if name in ("fmax", "fmin", "maximum", "minimum", "softshrink"):
            return self.either_zero(result)
        if name == "pow" and isinstance(result, torch.Tensor) and result.is_complex():
            result = self._beyond(result, args[1])
        if name in EXACT and not _becomes_complex(result, args):
            return result
        if name in ("hardshrink_backward", "softshrink_backward", "hardtanh_backward"):
            # torch's vectors, and what is left over after them, differ where x is no number.
            slope = args[0] if int(torch.randint(2, (), generator=self.generator)) else 0.0
            return torch.where(args[1].isnan(), slope, result)
        if name == "gelu":
            # It is 1 + erf(x) before it is multiplied, which is rounded where it is nearly 0.
            within = torch.rand(result.shape, generator=self.generator) * 2 - 1
            return result + args[0] * torch.finfo(result.dtype).eps * within
        if name in ("geqrf", "ormqr", "linalg_householder_product"):
            # Sums of terms as large as the largest: what is nearly 0 has no digit that is right.
            return pytree.tree_map_only(torch.Tensor, self.apart, result)
        if name.startswith("_fft_") and result.numel():
            # A sum of as many terms of either sign: what is nearly 0 has no digit that is right.
            finite = result.detach().abs().nan_to_num(0, 0, 0).max()
            away = torch.rand(result.shape, generator=self.generator).to(finite.dtype) * 2 - 1
            result = result + away * finite * torch.finfo(finite.dtype).eps
            # What infinite terms add up to, or cancel, depends on their order.
            lost = torch.randint(2, result.shape, generator=self.generator) > 0
            lost = lost & bool(torch.randint(4, (), generator=self.generator))
            whole = bool(args[0].isfinite().all())
            return torch.where((result.isfinite() & whole) | lost, result, float("nan"))
        if name in _SUMS and isinstance(result, torch.Tensor):
            result = self.either_zero(result)
        if name == "native_layer_norm":
            # What is nearly the mean is as far from it as rounding moves the mean.
            away = args[0].abs().amax() * result[2].amax() * torch.finfo(args[0].dtype).eps
            within = torch.rand(result[0].shape, generator=self.generator) * 2 - 1
            return result[0] + (within * away).to(result[0].dtype), *result[1:]
        if name == "polygamma":
            # At a pole torch has a large number, as its sine of a whole number is not quite 0.
            pole = result.abs() * torch.finfo(result.dtype).eps > 1
            coin = torch.randint(2, result.shape, generator=self.generator) > 0
            result = torch.where(pole & coin, torch.inf, result)
        if name in COARSE and result.dtype == torch.float64:
            finite = result[result.isfinite()].abs()
            away = COARSE[name] * float(finite.max()) if finite.numel() else 0.0
            return result + away * (torch.rand(result.shape, generator=self.generator) * 2 - 1)
        return self.rounded(name, result)

    def _reordered(self, func: Any, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        """Sorting or topk: which of equal numbers comes first is left open; zeros of either sign
        are equal."""
        if not x.ndim:
            return func(x, *args, **kwargs)
        dims = [k for k, argument in enumerate(func._schema.arguments) if argument.name == "dim"]
        dim = kwargs.get("dim", args[dims[0] - 1] if len(args) >= dims[0] else -1)
        order = torch.randperm(x.shape[dim], generator=self.generator)
        values, places = func(x.index_select(dim, order), *args, **kwargs)
        return values, order[places]

    def _beyond(self, result: torch.Tensor, exponent: object) -> torch.Tensor:
        """Complex powers near the largest number, which may be met on the way, and of infinite
        exponents, which torch leaves to the C library."""
        parts = torch.view_as_real(result.resolve_conj())
        coin = torch.randint(2, parts.shape, generator=self.generator) > 0
        near = parts.abs() > torch.finfo(parts.dtype).max / 4
        parts = torch.where(near & coin, torch.copysign(torch.tensor(torch.inf), parts), parts)
        # Of what is infinite, which part is undefined.
        open_ = ~parts.isfinite().all(-1, keepdim=True)
        parts = torch.where(open_ & coin, torch.nan, parts)
        if isinstance(exponent, torch.Tensor):
            endless = (~exponent.isfinite()).expand(result.shape).unsqueeze(-1)
            zero = torch.randint(2, parts.shape, generator=self.generator) > 0
            open_ = torch.where(zero, 0.0, torch.nan).to(parts.dtype)
            parts = torch.where(endless & coin, open_, parts)
        return torch.view_as_complex(parts.contiguous())

    def _shuffled(self, x: torch.Tensor, *rest: Any) -> tuple[Any, ...]:
        """The factors of a product in another order: one that overflows before it meets its zero
        is undefined, the other way round it is zero."""
        if x.dim() and rest and isinstance(rest[0], int):
            order = torch.randperm(x.shape[rest[0]], generator=self.generator)
            return x.index_select(rest[0], order), *rest
        return x.reshape(-1)[torch.randperm(x.numel(), generator=self.generator)], *rest

    def either_zero(self, tensor: torch.Tensor) -> torch.Tensor:
        """Zeros of either sign: that of a sum depends on what it begins with."""
        if not tensor.is_floating_point():
            return tensor
        sign = torch.randint(2, tensor.shape, generator=self.generator) * 2 - 1
        return torch.where(tensor == 0, tensor * sign, tensor)

    def apart(self, tensor: torch.Tensor) -> torch.Tensor:
        """Every number off by as much as the largest is rounded."""
        if not tensor.numel():
            return tensor
        most = tensor.abs().max() * torch.finfo(tensor.dtype).eps
        return tensor + most * (torch.rand(tensor.shape, generator=self.generator) * 2 - 1)
