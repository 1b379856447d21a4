"""The matrix product against numpy: every way, every panel width and row tail, epilogues, batches."""

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


def product(rng, dtype, batch, rows, columns, depth, left_layout, right_layout, **options):
    """One product as (C texts, statements, arrays, expected)."""

    def operand(layout, height, width):
        data = rng.standard_normal((batch, height, width))
        data = (data * 8).astype(dtype) if "int" in dtype else data.astype(dtype)
        if layout == "rows":
            return np.ascontiguousarray(data), Strides(height * width, width, 1)
        turned = np.ascontiguousarray(data.swapaxes(1, 2))
        return turned.swapaxes(1, 2), Strides(height * width, 1, height)

    left, left_strides = operand(left_layout, rows, depth)
    right, right_strides = operand(right_layout, depth, columns)
    item = {"float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64"}[dtype]
    shape = MatmulShape(item, batch, rows, columns, depth, left_strides, right_strides)
    return plan_matmul(shape, **options), left, right


CASES = [
    # dtype, batch, rows, columns, depth, left, right, constant right
    ("float32", 1, 7, 12, 5, "rows", "rows", False),
    ("float32", 1, 64, 64, 64, "rows", "columns", False),
    ("float32", 1, 75, 41, 33, "columns", "columns", False),
    ("float32", 1, 75, 41, 33, "columns", "rows", True),
    ("float32", 1, 1, 30, 17, "rows", "columns", True),
    ("float32", 1, 2, 13, 4, "rows", "rows", False),
    ("float32", 3, 10, 16, 9, "rows", "columns", False),
    ("float32", 3, 10, 16, 9, "rows", "rows", False),
    ("float32", 1, 50, 2, 64, "rows", "rows", False),
    ("float32", 1, 50, 3, 64, "columns", "rows", False),
    ("float32", 2, 50, 1, 64, "columns", "columns", False),
    ("float32", 1, 5, 9, 0, "rows", "rows", False),
    ("float64", 2, 5, 6, 7, "rows", "columns", False),
    ("int32", 1, 5, 6, 7, "rows", "columns", False),
    ("int64", 1, 5, 6, 7, "rows", "rows", False),
    *[("float32", 1, 9, n, 6, "rows", "columns", False) for n in (1, 3, 4, 5, 8, 11, 13, 14, 23)],
]


@pytest.mark.parametrize("relaxed", [False, True])
def test_products_equal_numpy(relaxed):
    rng = np.random.default_rng(0)
    texts, body, arrays, needs, expected = [], [], {}, set(), {}
    for number, (*sizes, constant) in enumerate(CASES):
        plan, left, right = product(rng, *sizes, constant=constant)
        dtype, batch, rows, columns, _ = sizes[:5]
        bias = np.arange(columns).astype(dtype)
        out = np.zeros((batch, rows, columns), dtype)
        name = f"n{number}_"
        arrays[name + "left"] = left if sizes[5] == "rows" else left.swapaxes(1, 2)
        arrays[name + "right"] = right if sizes[6] == "rows" else right.swapaxes(1, 2)
        arrays |= {name + "bias": bias, name + "out": out}
        arrays[name + "packed"] = np.full(plan.packed, np.nan, "float32")
        kind = {"float32": "float", "float64": "double", "int32": "int", "int64": "long long"}[
            dtype
        ]
        # A turned plan's function sees the sizes of the turned product.
        store = STORE.replace("rows", "n0").replace("columns", "n1")
        vector = STORE_VECTOR.replace("rows", "n0").replace("columns", "n1")
        texts.append(
            matmul_function(
                plan,
                f"mm{number}",
                parameters=f"{kind} *out, const {kind} *bias, int n0, int n1",
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
        tolerance = 1e-5 if case[0] == "float32" else 1e-12
        np.testing.assert_allclose(
            found[name], expected[name], rtol=tolerance, atol=20 * tolerance, err_msg=str(case)
        )


def test_whole_tiles_are_stored_directly():
    rng = np.random.default_rng(1)
    plan, left, right = product(rng, "float32", 1, 20, 29, 31, "rows", "rows")
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


def test_complex_products_equal_numpy():
    rng = np.random.default_rng(2)
    left = (rng.standard_normal((4, 6)) + 1j * rng.standard_normal((4, 6))).astype("complex64")
    right = rng.standard_normal((6, 5)).astype("float32")
    planar = np.stack([left.real, left.imag])
    shape = MatmulShape("f32", 1, 4, 5, 6, Strides(0, 6, 1), Strides(0, 5, 1), True, 24, 0)
    plan = plan_matmul(shape)
    scalar = "out[(ROW * 5 + COL) * 2] = ACC_RE; out[(ROW * 5 + COL) * 2 + 1] = ACC_IM;"
    text = matmul_function(plan, "mm", parameters="float *out", scalar=scalar)
    body = matmul_call(plan, "mm", "left", "right", "out")
    arrays = {"left": planar, "right": right, "out": np.zeros((4, 5), "complex64")}

    found = run_c(set(plan.needs), body, arrays, text)

    np.testing.assert_allclose(found["out"], left @ right, rtol=1e-5, atol=1e-5)
