"""The matrix product against numpy: every way, panel width and row tail, epilogues, batches."""

import numpy as np
import pytest

from clib import run_c
from explorable.compiler.matmul import (
    MatmulShape,
    Strides,
    matmul_call,
    matmul_function,
    pack_call,
    plan_matmul,
)

STORE = "out[(BATCH * rows + ROW) * columns + COL] = ACC * 2 + bias[COL];"
STORE_VECTOR = (
    "store_f4(out + (BATCH * rows + ROW) * columns + COL, ACC * splat_f4(2) + load_f4(bias + COL));"
)


def product(rng, batch, rows, columns, depth, left_layout, right_layout, **options):
    """One product as (C texts, statements, arrays, expected)."""

    def operand(layout, height, width):
        data = rng.standard_normal((batch, height, width))
        data = data.astype("float32")
        if layout == "rows":
            return np.ascontiguousarray(data), Strides(height * width, width, 1)
        if layout == "apart":  # every other item of rows that lie along memory
            wide = np.ascontiguousarray(data.repeat(2, 2))
            return wide[:, :, ::2], Strides(height * width * 2, width * 2, 2)
        turned = np.ascontiguousarray(data.swapaxes(1, 2))
        return turned.swapaxes(1, 2), Strides(height * width, 1, height)

    left, left_strides = operand(left_layout, rows, depth)
    right, right_strides = operand(right_layout, depth, columns)
    shape = MatmulShape(batch, rows, columns, depth, left_strides, right_strides)
    return plan_matmul(shape, **options), left, right


def stored(operand, layout):
    """The array as it lies in memory."""
    if layout == "apart":
        return operand.repeat(2, 2)
    return operand if layout == "rows" else operand.swapaxes(1, 2)


CASES = [
    # batch, rows, columns, depth, left, right, constant right
    (1, 7, 12, 5, "rows", "rows", False),
    (1, 64, 64, 64, "rows", "columns", False),
    (1, 75, 41, 33, "columns", "columns", False),
    (1, 75, 41, 33, "columns", "rows", True),
    (1, 1, 30, 17, "rows", "columns", True),
    (1, 2, 13, 4, "rows", "rows", False),
    (3, 10, 16, 9, "rows", "columns", False),
    (3, 10, 16, 9, "rows", "rows", False),
    (1, 50, 2, 64, "rows", "rows", False),
    (1, 50, 3, 64, "columns", "rows", False),
    (2, 50, 1, 64, "columns", "columns", False),
    (1, 5, 9, 0, "rows", "rows", False),
    (2, 7, 13, 9, "apart", "columns", False),
    (1, 11, 3, 6, "apart", "rows", False),
    *[(1, 9, n, 6, "rows", "columns", False) for n in (1, 3, 4, 5, 8, 11, 13, 14, 23)],
]


@pytest.mark.parametrize("relaxed", [False, True])
def test_products_equal_numpy(relaxed):
    rng = np.random.default_rng(0)
    texts, body, arrays, needs, expected = [], [], {}, set(), {}
    for number, (*sizes, constant) in enumerate(CASES):
        plan, left, right = product(rng, *sizes, constant=constant)
        batch, rows, columns = sizes[:3]
        bias = np.arange(columns).astype("float32")
        out = np.zeros((batch, rows, columns), "float32")
        name = f"n{number}_"
        arrays[name + "left"] = stored(left, sizes[4])
        arrays[name + "right"] = stored(right, sizes[5])
        arrays |= {name + "bias": bias, name + "out": out}
        arrays[name + "packed"] = np.full(plan.packed, np.nan, "float32")
        # A turned plan's function sees the sizes of the turned product.
        store = STORE.replace("rows", "n0").replace("columns", "n1")
        vector = STORE_VECTOR.replace("rows", "n0").replace("columns", "n1")
        texts.append(
            matmul_function(
                plan,
                f"mm{number}",
                parameters="float *out, const float *bias, int n0, int n1",
                scalar=store,
                vector=vector if number % 2 else None,
            )
        )
        operand = name + "right"
        if plan.packed:
            body.append(pack_call(plan, operand, name + "packed"))
            operand = name + "packed"
        extras = (name + "out", name + "bias", str(rows), str(columns))
        body.append(matmul_call(plan, f"mm{number}", name + "left", operand, *extras))
        needs |= plan.needs
        expected[name + "out"] = (left @ right) * 2 + bias

    found = run_c(needs, "\n".join(body), arrays, "\n".join(texts), relaxed=relaxed)

    for number, case in enumerate(CASES):
        name = f"n{number}_out"
        np.testing.assert_allclose(
            found[name], expected[name], rtol=1e-5, atol=2e-4, err_msg=str(case)
        )


def test_whole_tiles_are_stored_directly():
    rng = np.random.default_rng(1)
    plan, left, right = product(rng, 1, 20, 29, 31, "rows", "rows")
    text = matmul_function(
        plan,
        "mm",
        parameters="float *out",
        scalar="out[ROW * 29 + COL] = ACC;",
        vector="store_f4(out + ROW * 29 + COL, ACC);",
        direct=("out + ROW * 29 + COL", "29"),
    )
    out = np.zeros((1, 20, 29), "float32")
    body = matmul_call(plan, "mm", "left", "right", "out")

    found = run_c(set(plan.needs), body, {"left": left, "right": right, "out": out}, text)

    np.testing.assert_allclose(found["out"], left @ right, rtol=1e-5, atol=1e-5)
