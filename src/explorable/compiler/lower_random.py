"""random.bits: the words of a draw, as ARCHITECTURE.md defines them."""

from __future__ import annotations

from ..graphs import Type
from ..sizes import moves, times
from .lazy import Lazy
from .lower import Call, lowering
from .lower_sizes import linear
from .opaque import held, run_opaque

_DRAW = """static void draw_bits(const long long *seed, const long long *step,
                      const long long *ordinal, long long *out, int size) {
  philox_bits(out, size, (unsigned long long)*seed, (unsigned long long)*step, (unsigned)*ordinal);
}"""


@lowering("random.bits")
def _bits(call: Call) -> Lazy:
    keys = tuple(held(call, call.tensor(k)) for k in range(3))
    kind = call.output
    needs = frozenset({"philox_bits"})
    count = 1
    for extent in kind.shape:
        count = times(count, extent)
    (words,) = run_opaque(call, "draw_bits", _DRAW, keys, (kind,), (count,), needs=needs)
    if not moves(kind.shape[1:]):
        return words
    # Words lie one after the other, as they are counted; the tensor's rows have gaps.
    line = call.lowering.stored(call.lowering.realise(words), Type((kind.size,), kind.dtype))
    return call.lazy(lambda i: line.at((linear(call, i, kind.shape),)))
