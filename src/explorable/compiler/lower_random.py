"""random.bits: the words of a draw, as ARCHITECTURE.md defines them."""

from __future__ import annotations

from .lazy import Lazy
from .lower import Call, lowering
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
    (words,) = run_opaque(call, "draw_bits", _DRAW, keys, (kind,), (kind.size,), needs=needs)
    return words
