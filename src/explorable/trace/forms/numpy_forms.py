"""NumPy functions that torch's NumPy lacks, over its arrays; and what to write for the others."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch._numpy

front: Any = torch._numpy
"""torch's own NumPy, which is untyped."""

Array: Any = front.ndarray
"""An array that holds a tensor."""

_Array = Any


def _interp(x: _Array, xp: _Array, fp: _Array, left: _Array = None, right: _Array = None) -> _Array:
    at, places, values = (front.asarray(v).tensor.to(torch.float64) for v in (x, xp, fp))
    upper = torch.searchsorted(places, at.contiguous(), right=True).clamp(1, len(places) - 1)
    low, high = places[upper - 1], places[upper]
    share = (at - low) / (high - low)
    inside = values[upper - 1] + share * (values[upper] - values[upper - 1])
    first = values[0] if left is None else front.asarray(left).tensor
    last = values[-1] if right is None else front.asarray(right).tensor
    found = torch.where(at < places[0], first, torch.where(at > places[-1], last, inside))
    return front.ndarray(found)


def _polyval(p: _Array, x: _Array) -> _Array:
    total = front.zeros_like(x)
    for coefficient in p:
        total = total * x + coefficient
    return total


def _trapezoid(y: _Array, x: _Array = None, dx: float = 1.0, axis: int = -1) -> _Array:
    heights = front.asarray(y).tensor
    if x is not None:
        return front.ndarray(torch.trapezoid(heights, front.asarray(x).tensor, dim=axis))
    return front.ndarray(torch.trapezoid(heights, dx=dx, dim=axis))


def _select(conditions: Sequence[_Array], choices: Sequence[_Array], default: Any = 0) -> _Array:
    chosen = front.asarray(default)
    for condition, choice in reversed(list(zip(conditions, choices, strict=True))):
        chosen = front.where(condition, choice, chosen)
    return chosen


def _convolve(a: _Array, v: _Array, mode: str = "full") -> _Array:
    full = front.convolve(a, v, "full")
    short, long = sorted((len(front.asarray(a)), len(front.asarray(v))))
    if mode == "same":
        return full[(short - 1) // 2 :][:long]
    return full[short - 1 : long] if mode == "valid" else full


def _astype(x: _Array, dtype: Any) -> _Array:
    return front.asarray(x).astype(dtype)


def _quantile(a: _Array, q: _Array, axis: _Array = None, **others: Any) -> _Array:
    if axis is None and not others:
        # torch's has one dimension too many without an axis.
        a, axis = front.ravel(a), 0
    return front.quantile(a, q, axis=axis, **others)


def _percentile(a: _Array, q: _Array, axis: _Array = None, **others: Any) -> _Array:
    return _quantile(a, front.asarray(q) / 100.0, axis, **others)


def _median(a: _Array, axis: _Array = None, **others: Any) -> _Array:
    return _quantile(a, 0.5, axis, **others)


def _matrix_transpose(x: _Array) -> _Array:
    return front.swapaxes(x, -1, -2)


FORMS: dict[str, Callable[..., _Array]] = {
    "interp": _interp,
    "polyval": _polyval,
    "trapezoid": _trapezoid,
    "convolve": _convolve,
    "median": _median,
    "quantile": _quantile,
    "percentile": _percentile,
    "select": _select,
    "astype": _astype,
    "concat": front.concatenate,
    "permute_dims": front.transpose,
    "matrix_transpose": _matrix_transpose,
    "linalg.outer": front.outer,
}
"""Functions of NumPy by name, over arrays that hold tensors."""

METHODS = {
    ("add", "reduce"): "sum",
    ("multiply", "reduce"): "prod",
    ("maximum", "reduce"): "max",
    ("minimum", "reduce"): "min",
    ("logical_and", "reduce"): "all",
    ("logical_or", "reduce"): "any",
    ("add", "accumulate"): "cumsum",
    ("multiply", "accumulate"): "cumprod",
    ("multiply", "outer"): "outer",
}
"""Methods of ufuncs that are functions of their own."""

_INSTEAD = {
    "apply_along_axis": "use torch.vmap",
    "vectorize": "use torch.vmap, or write it over whole arrays",
    "piecewise": "use np.where",
    "polyfit": "use np.linalg.lstsq on np.vander(x, degree + 1)",
    "unwrap": "add 2 * np.pi * np.cumsum(np.round(-np.diff(x) / (2 * np.pi)))",
    "nansum": "use torch.nansum",
    "nanmean": "use torch.nanmean",
    "where=": "use np.where(mask, x, 0) first",
    "digitize": "use np.searchsorted",
    "subtract.outer": "use x[:, None] - y",
    "add.outer": "use x[:, None] + y",
    "maximum.accumulate": "use torch.cummax",
    "minimum.accumulate": "use torch.cummin",
}


def nearest(name: str) -> str:
    """What to write for ``np.<name>``, which torch's NumPy lacks."""
    if name in _INSTEAD:
        return _INSTEAD[name]
    found: Any = torch
    for part in name.split("."):
        found = getattr(found, part, None)
    if callable(found):
        return f"use torch.{name} on torch.as_tensor of the arrays"
    return "write it with functions that torch._numpy has, or with torch's"
