"""Philox in C against the package's own numbers."""

import numpy as np

from clib import run_c
from explorable.trace.draws.philox import philox_bits


def test_words_equal_the_eager_ones():
    seed, step, ordinal, size = 123456789012345, 2**33 + 5, 7, 45
    out, single = np.zeros(size, "int64"), np.zeros(size, "int64")
    key = f"{seed}ull, {step}ull, {ordinal}"
    body = f"philox_bits(out, {size}, {key});\n"
    body += f"for (int e = 0; e < {size}; e++) single[e] = philox_at(e, {key});"

    found = run_c({"philox_bits", "philox_at"}, body, {"out": out, "single": single})

    expected = philox_bits(seed, step, ordinal, (size,)).numpy()
    assert np.array_equal(found["out"], expected)
    assert np.array_equal(found["single"], expected)
