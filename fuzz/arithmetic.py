"""What one operation of an expression means, on NumPy arrays. Functions that the C library has come
from torch: they are checked elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

DTYPES: dict[str, Any] = {
    "f32": np.float32, "f64": np.float64, "i8": np.int8, "i16": np.int16, "i32": np.int32,
    "i64": np.int64, "u8": np.uint8, "bool": np.bool_,
}  # fmt: skip
_PLAIN: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "abs": np.abs, "sqrt": np.sqrt, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc,
    "round": np.rint, "copysign": np.copysign, "max": np.maximum, "min": np.minimum,
    "fmax": np.fmax, "fmin": np.fmin, "and": np.bitwise_and, "or": np.bitwise_or,
    "xor": np.bitwise_xor, "bitnot": np.invert, "not": np.logical_not, "lt": np.less,
    "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal,
    "ne": np.not_equal,
}  # fmt: skip
_CALLED = {"exp_flush": "exp"}


def calculate(op: str, args: tuple[np.ndarray, ...], dtype: str) -> np.ndarray:
    """``op`` of arrays, with a result of ``dtype``."""
    kind = DTYPES[dtype]
    if op == "cast":
        return _cast(args[0], dtype)
    if op == "select":
        return np.where(args[0], args[1], args[2]).astype(kind)
    if op in _PLAIN:
        if dtype == "bool" and op in ("add", "mul", "max", "min"):
            op = {"add": "or", "mul": "and", "max": "or", "min": "and"}[op]
        return np.asarray(_PLAIN[op](*args)).astype(kind)
    if np.issubdtype(kind, np.integer):
        return _whole(op, args[0], args[1]).astype(kind)
    return _function(op, args).astype(kind)


def _cast(value: np.ndarray, dtype: str) -> np.ndarray:
    if dtype == "bool":
        return value != 0
    if value.dtype.kind == "f" and dtype not in ("f32", "f64"):
        wide = np.int64 if dtype == "i64" else np.int32
        lowest = np.iinfo(wide).min
        fits = (value >= lowest) & (value < -float(lowest))
        value = np.where(fits, np.where(fits, value, 0).astype(wide), lowest)
    return value.astype(DTYPES[dtype])


def _whole(op: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if op in ("shl", "shr"):
        return np.left_shift(a, b) if op == "shl" else np.right_shift(a, b)
    if op == "gcd":
        return np.gcd(a, b)
    if op == "pow":
        return np.power(a, np.maximum(b, 0))
    safe = np.where(b == 0, 1, b)
    if op == "floordiv":
        return np.where(b == 0, 0, a // safe)
    if op == "truncdiv":
        return np.where(b == 0, 0, (a - np.fmod(a, safe)) // safe)
    if op in ("remainder", "fmod"):
        return np.where(b == 0, 0, (np.mod if op == "remainder" else np.fmod)(a, safe))
    raise NotImplementedError(op)


def _function(op: str, args: tuple[np.ndarray, ...]) -> np.ndarray:
    if op == "raise":
        y, high, low = (a.astype(np.longdouble) for a in args)
        return np.exp(y * (high + low))
    tensors = [torch.from_numpy(np.ascontiguousarray(a)).reshape(a.shape) for a in args]
    for space in (torch, torch.special):
        for name in (_CALLED.get(op, op), op.replace("chebyshev_", "chebyshev_polynomial_")):
            found = getattr(space, name, None)
            if callable(found):
                made = found(*tensors)
                assert isinstance(made, torch.Tensor)
                return made.numpy()
    raise NotImplementedError(op)


def identity(op: str, dtype: str) -> Any:
    """What a reduction begins with."""
    kind = DTYPES[dtype]
    if op in ("sum", "prod"):
        return {"sum": 0, "prod": 1}[op]
    if op in ("and", "or"):
        return op == "and"
    low = op in ("max", "argmax", "cummax")
    if dtype == "bool":
        return not low
    if dtype in ("f32", "f64"):
        return -np.inf if low else np.inf
    return np.iinfo(kind).min if low else np.iinfo(kind).max


def poison(dtype: str) -> Any:
    """What lies outside of buffers."""
    if dtype in ("f32", "f64"):
        return np.nan
    return True if dtype == "bool" else 85
