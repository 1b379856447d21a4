"""Fourier transforms: _fft_c2c, _fft_r2c and _fft_c2r as one pass over lines per dimension.
The transform itself is c/fft.h; its tables are kept beside the constants, one per length."""

from __future__ import annotations

import math

from ..errors import ExplorableError
from ..graphs import Type
from .lazy import Lazy
from .lower import Call, lowering
from .opaque import held, run_opaque
from .program import Buffer

SMALL_PRIMES = (2, 3, 5, 7, 11, 13)
"""Lengths with larger factors are transformed through a convolution; c/fft.h has the same limit."""


def padded_length(n: int) -> int:
    """The length whose passes transform a line of ``n``."""
    rest = n
    for prime in SMALL_PRIMES:
        while rest % prime == 0:
            rest //= prime
    return n if rest == 1 else 1 << (2 * n - 2).bit_length()


def _table(call: Call, n: int, padded: int, item: str) -> Buffer:
    """Room for the table of a length, shared by the module; the C fills it when it first runs."""
    name = f"fft_{item}_{n}"
    items = 4 + 2 * padded + (0 if padded == n else 2 * n + 2 * padded)
    tables = call.lowering.places.tables
    return tables.setdefault(name, Buffer(name, item, items, "kept"))


def _scale(mode: int, count: int) -> float:
    """torch's three normalisations: none, by the square root, by the number of points."""
    return (1.0, 1.0 / math.sqrt(count), 1.0 / count)[mode]


def _pass(
    call: Call, x: Lazy, dim: int, n: int, kind: Type, *, inverse: bool, scale: float
) -> Lazy:
    """Transform the lines of one dimension to ``kind``; a shorter or real side is half a spectrum
    or a real signal."""
    shape = x.shape
    outer, inner = math.prod(shape[:dim]), math.prod(shape[dim + 1 :])
    padded = padded_length(n)
    item = x.item
    out_plane = kind.size if kind.dtype.startswith("complex") else 0
    (result,) = run_opaque(
        call,
        f"fft_lines_{item}",
        "",
        (held(call, x), _table(call, n, padded, item)),
        (kind,),
        (
            n,
            padded,
            outer,
            inner,
            shape[dim],
            kind.shape[dim],
            x.size if x.planes == 2 else 0,
            out_plane,
            int(inverse),
            scale,
        ),
        scratch=(4 * padded, item),
        needs=frozenset({f"fft_{item}"}),
    )
    return result


def _resized(kind: Type, dim: int, extent: int, dtype: str) -> Type:
    return Type((*kind.shape[:dim], extent, *kind.shape[dim + 1 :]), dtype)


def _dims(call: Call, x: Lazy) -> tuple[int, ...]:
    found = call.integers(1, "dim") or ()
    return tuple(d % len(x.shape) for d in found)


def _known(x: Lazy) -> None:
    if x.item not in ("f32", "f64"):
        raise ExplorableError("compiler", f"no Fourier transform of '{x.dtype}'")


_COMPLEX = {"float32": "complex64", "float64": "complex128"}


@lowering("aten._fft_c2c")
def _c2c(call: Call) -> Lazy:
    x = call.tensor(0)
    _known(x)
    dims, mode = _dims(call, x), call.integer(2, "normalization")
    inverse = not call.flag(3, "forward", True)
    scale = _scale(mode, math.prod(x.shape[d] for d in dims))
    for k, dim in enumerate(dims):
        kind = Type(x.shape, x.dtype)
        last = k == len(dims) - 1
        x = _pass(call, x, dim, x.shape[dim], kind, inverse=inverse, scale=scale if last else 1.0)
    return x


@lowering("aten._fft_r2c")
def _r2c(call: Call) -> Lazy:
    x = call.tensor(0)
    _known(x)
    dims, mode = _dims(call, x), call.integer(2, "normalization")
    scale = _scale(mode, math.prod(x.shape[d] for d in dims))
    n = x.shape[dims[-1]]
    extent = n // 2 + 1 if call.flag(3, "onesided", True) else n
    kind = _resized(x.type, dims[-1], extent, _COMPLEX[x.dtype])
    single = len(dims) == 1
    x = _pass(call, x, dims[-1], n, kind, inverse=False, scale=scale if single else 1.0)
    for k, dim in enumerate(dims[:-1]):
        last = k == len(dims) - 2
        x = _pass(call, x, dim, x.shape[dim], kind, inverse=False, scale=scale if last else 1.0)
    return x


@lowering("aten._fft_c2r")
def _c2r(call: Call) -> Lazy:
    x = call.tensor(0)
    _known(x)
    dims, mode = _dims(call, x), call.integer(2, "normalization")
    n = call.integer(3, "last_dim_size")
    lengths = [x.shape[d] for d in dims[:-1]] + [n]
    for dim in dims[:-1]:
        x = _pass(call, x, dim, x.shape[dim], x.type, inverse=True, scale=1.0)
    real = {c: r for r, c in _COMPLEX.items()}[x.dtype]
    kind = _resized(x.type, dims[-1], n, real)
    scale = _scale(mode, math.prod(lengths))
    return _pass(call, x, dims[-1], n, kind, inverse=True, scale=scale)
