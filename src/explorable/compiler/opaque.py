"""What lowerings of opaque kernels share: operands in plain row-major buffers, results that a C
function fills. Complex operands are planar there: all real parts, then all imaginary ones."""

from __future__ import annotations

from ..graphs import Type
from .lazy import Lazy
from .lower import Call
from .program import Buffer, Opaque


def held(call: Call, lazy: Lazy) -> Buffer:
    """A buffer with the elements of ``lazy`` in order, made if there is none."""
    known = lazy.storage
    if known is not None and (lazy.planes == 1 or known.kind == "temp"):
        return known
    if known is None:
        return call.lowering.realise(lazy)
    copy = call.lowering.temp(lazy.size * lazy.planes, lazy.item)
    call.lowering.write(lazy, copy)
    return copy


def room(call: Call, kind: Type) -> Buffer:
    """A new buffer for a result of this type."""
    lazy = Lazy(call.exprs, kind.shape, kind.dtype, lambda index: ())
    return call.lowering.temp(lazy.size * lazy.planes, lazy.item)


def run_opaque(
    call: Call,
    name: str,
    text: str,
    inputs: tuple[Buffer, ...],
    kinds: tuple[Type, ...],
    numbers: tuple[int | float, ...],
    *,
    scratch: tuple[int, str] | None = None,
    needs: frozenset[str] = frozenset(),
) -> tuple[Lazy, ...]:
    """Add the call of a C function ``name(inputs, outputs, scratch?, numbers)``; its results.

    ``scratch``: how many items of which item dtype the function may use while it runs.
    """
    lowering = call.lowering
    outputs = tuple(room(call, kind) for kind in kinds)
    space = lowering.temp(*scratch) if scratch is not None and scratch[0] else None
    lowering.kernels.append(
        Opaque(
            name,
            text,
            inputs,
            outputs,
            numbers,
            lowering.note,
            space,
            needs,
            lowering.line,
        )
    )
    return tuple(lowering.stored(b, kind) for b, kind in zip(outputs, kinds, strict=True))
