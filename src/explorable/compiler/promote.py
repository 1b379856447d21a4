"""torch's type promotion over lazies, and broadcasting of their indices."""

from __future__ import annotations

from collections.abc import Sequence

from .index import Aff
from .lazy import Index, Lazy

_ORDER = ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")


def category(dtype: str) -> int:
    """0 bool, 1 integer, 2 float, 3 complex."""
    if dtype == "bool":
        return 0
    if dtype.startswith("complex"):
        return 3
    return 2 if dtype.startswith("float") else 1


def join(left: str, right: str) -> str:
    """The dtype that two tensors of equal rank meet in."""
    if left == right:
        return left
    if category(left) == 3 or category(right) == 3:
        return (
            "complex128"
            if "complex128" in (left, right) or "float64" in (left, right)
            else "complex64"
        )
    if {left, right} & {"uint8"} and {left, right} & {"int8", "int16", "int32", "int64"}:
        other = left if right == "uint8" else right
        return "int16" if other == "int8" else other
    return max(left, right, key=_ORDER.index)


def promote(args: Sequence[Lazy]) -> str:
    """The common dtype: tensors with dimensions outrank 0-dim ones, those outrank Python numbers,
    except where a lower rank brings a higher category."""
    ranked: list[str | None] = [None, None, None]
    for lazy in args:
        rank = 2 if lazy.number else (1 if lazy.shape == () else 0)
        known = ranked[rank]
        ranked[rank] = lazy.dtype if known is None else join(known, lazy.dtype)
    if ranked[2] is not None:
        ranked[2] = _default(ranked[2])
    result: str | None = None
    for dtype in ranked:
        if dtype is None:
            continue
        if result is None:
            result = dtype
        elif category(dtype) > category(result):
            raised = join(result, dtype) if category(dtype) == 3 or category(result) == 2 else dtype
            result = raised
    return result or "float32"


def _default(dtype: str) -> str:
    """A Python float is a float32 to tensors, a Python complex a complex64."""
    return {"float64": "float32", "complex128": "complex64"}.get(dtype, dtype)


def broadcast(index: Index, shape: tuple[int, ...]) -> Index:
    """The index into an operand of ``shape`` for an index of the broadcast result."""
    own = index[len(index) - len(shape) :] if shape else ()
    return tuple(Aff() if extent == 1 else i for i, extent in zip(own, shape, strict=True))
