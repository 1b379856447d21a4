"""The algebra of indices: views of views come back to plain strides, and mean what they meant."""

from __future__ import annotations

import itertools
import random

from explorable.compiler import index as ix
from explorable.compiler.expr import Exprs
from explorable.compiler.index import Aff, Div, Mod, Var


def value(aff: Aff, at: dict[Var, int]) -> int:
    total = aff.const
    for atom, coefficient in aff.terms:
        if isinstance(atom, Var):
            total += coefficient * at[atom]
        elif isinstance(atom, Div):
            total += coefficient * (value(atom.aff, at) // atom.by)
        elif isinstance(atom, Mod):
            total += coefficient * (value(atom.aff, at) % atom.by)
    return total


def points(*dims: Var) -> itertools.product[tuple[int, ...]]:
    return itertools.product(*(range(d.extent) for d in dims))


def test_reshapes_simplify_to_strides() -> None:
    exprs = Exprs()
    i, j, k = exprs.var(16), exprs.var(4), exprs.var(64)
    flat = ix.flatten((ix.of(i), ix.of(j), ix.of(k)), (16, 4, 64))
    row, column = ix.unflatten(flat, (64, 64))
    assert row == ix.of(i) * 4 + ix.of(j)
    assert column == ix.of(k)


def test_there_and_back_is_the_identity() -> None:
    exprs = Exprs()
    i = exprs.var(60)
    for shape in ((3, 20), (4, 5, 3), (60,), (2, 2, 15)):
        assert ix.flatten(ix.unflatten(ix.of(i), shape), shape) == ix.of(i)


def test_rows_of_a_grid_are_rows() -> None:
    exprs = Exprs()
    row, place = exprs.var(441), exprs.var(64)
    flat = ix.of(row) * 64 + ix.of(place)
    assert ix.flatten(ix.unflatten(flat, (21, 21, 64)), (21, 21, 64)) == flat
    assert flat // 1344 == ix.of(row) // 21
    assert flat % 1344 == (ix.of(row) % 21) * 64 + ix.of(place)


def test_division_and_remainder_mean_what_they_say() -> None:
    exprs, draw = Exprs(), random.Random(3)
    for _ in range(300):
        i, j = exprs.var(draw.randint(2, 7)), exprs.var(draw.randint(2, 9))
        aff = (
            ix.of(i) * draw.randint(-6, 12) + ix.of(j) * draw.randint(-6, 12) + draw.randint(-9, 9)
        )
        by, outer = draw.randint(1, 12), draw.randint(1, 5)
        quotient, rest = aff // by, aff % by
        nested = (quotient + draw.randint(0, 3)) // outer
        for a, b in points(i, j):
            at = {i: a, j: b}
            true = value(aff, at)
            assert value(quotient, at) == true // by
            assert value(rest, at) == true % by
            assert quotient.low <= true // by <= quotient.high
            assert value(nested - quotient // outer, at) == value(nested, at) - true // by // outer


def test_lane_strides_hold_for_every_aligned_group() -> None:
    exprs = Exprs()
    i, j = exprs.var(3), exprs.var(16)
    flat = ix.of(i) * 16 + ix.of(j)
    cases = [
        flat,
        flat % 8,
        flat // 4,
        flat * 3,
        ix.of(j) % 12,
        flat // 3,
        ix.of(i),
        ix.of(j) * -1 + 15,
    ]
    for aff in cases:
        stride = ix.lane_stride(aff, j, 4)
        for a, b in points(i, j):
            if stride is not None and b % 4 == 0:
                first = value(aff, {i: a, j: b})
                assert [value(aff, {i: a, j: b + k}) - first for k in range(4)] == [
                    stride * k for k in range(4)
                ]
    assert ix.lane_stride(flat % 8, j, 4) == 1
    assert ix.lane_stride(flat // 4, j, 4) == 0
    assert ix.lane_stride(flat // 3, j, 4) is None
