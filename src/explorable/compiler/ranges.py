"""Intervals of what is computed from bounded inputs (controls), and what they make needless: the
sine of an angle below a million takes no digits of 2 / pi."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from itertools import product
from typing import TypeAlias

from .c import TURNS
from .expr import FLOATS, Expr
from .index import Aff
from .program import Buffer, Kernel, Loops, Matmul, Program, Store, flat, walk

Interval: TypeAlias = "tuple[float, float]"
NEAR = 0.9e6
"""trig.h reduces angles up to a million by one product; less than that, for what rounding adds."""
LARGE, WHOLE = 1e30, 2**30
"""Beyond these a float may become infinite, an integer wrap around."""
_ENDS = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
_NOWHERE = (math.inf, -math.inf)


def near_angles(program: Program, bounds: Mapping[str, Interval]) -> frozenset[str]:
    """The dtypes in which every sine, cosine and tangent is of a small angle.

    >>> near_angles(program, {"control:theta": (0.0, 6.3)})
    frozenset({'f32', 'f64'})

    ``bounds``: what the numbers in a slot lie between, by the slot's name.
    """
    functions = (program.init, *(function.kernels for function in program.functions))
    kernels = [kernel for function in functions for kernel in flat(function)]
    roots = [e for k in kernels if isinstance(k, (Loops, Matmul)) for e in k.exprs()]
    intervals = _Intervals(kernels, bounds)
    far = {e.dtype for e in walk(roots) if e.op in TURNS and not intervals.near(e.args[0])}
    return frozenset(FLOATS) - far


class _Intervals:
    """What each expression lies between, None where nothing is known."""

    def __init__(self, kernels: Iterable[Kernel], bounds: Mapping[str, Interval]) -> None:
        self.bounds = bounds
        self.stores: dict[Buffer, list[Store]] = {}
        self.known: dict[Expr | Buffer, Interval | None] = {}
        for kernel in kernels:
            stores: list[Store] = []
            if isinstance(kernel, Loops):
                stores = [store for phase in kernel.phases for store in phase.stores]
            elif isinstance(kernel, Matmul):
                stores = [*kernel.stores]
            for store in stores:
                self.stores.setdefault(store.buffer, []).append(store)
            # What other code writes could be anything.
            for buffer in kernel.writes() - {store.buffer for store in stores}:
                self.known.setdefault(buffer, None)

    def near(self, angle: Expr) -> bool:
        found = self.of(angle)
        return found is not None and max(map(abs, found)) < NEAR

    def of(self, e: Expr) -> Interval | None:
        if e not in self.known:
            self.known[e] = None  # what depends on itself
            self.known[e] = self._of(e)
        return self.known[e]

    def _of(self, e: Expr) -> Interval | None:
        if e.op == "const" and isinstance(e.attr, (int, float)):
            return (float(e.attr), float(e.attr)) if abs(e.attr) < LARGE else None
        if e.op == "index" and isinstance(e.attr, Aff):
            return float(e.attr.low), float(e.attr.high)
        if e.op == "load" and isinstance(e.attr, tuple):
            return self._held(e.attr[0])
        if e.op in ("sin", "cos", "tanh"):
            return -1.0, 1.0
        given = [self.of(arg) for arg in (e.args[1:] if e.op == "select" else e.args)]
        known = [interval for interval in given if interval is not None]
        if e.dtype not in (*FLOATS, "i32", "i64") or not known or len(known) != len(given):
            return None
        return _result(e.op, known, whole=e.dtype not in FLOATS)

    def _held(self, buffer: Buffer) -> Interval | None:
        if buffer.kind == "slot":
            written = buffer in self.stores or buffer in self.known
            return None if written else self.bounds.get(buffer.name)
        if buffer.kind != "temp":
            return None
        if buffer not in self.known:
            self.known[buffer] = None
            held: Interval | None = _NOWHERE
            for store in self.stores.get(buffer, ()):
                stored = self.of(store.value)
                held = _union(held, stored) if held is not None and stored is not None else None
            self.known[buffer] = held
        return self.known[buffer]


def _result(op: str, args: list[Interval], *, whole: bool) -> Interval | None:
    """What ``op`` makes of numbers of finite intervals; ``whole``: of integers, or integers."""
    (low, high), *rest = args
    found: Interval | None = None
    if op in _ENDS:
        ends = [_ENDS[op](a, b) for a, b in product((low, high), rest[0])]
        found = min(ends), max(ends)
    elif op == "div" and rest[0][0] * rest[0][1] > 0:
        ends = [a / b for a, b in product((low, high), rest[0])]
        found = min(ends), max(ends)
    elif op == "neg":
        found = -high, -low
    elif op == "abs":
        found = max(low, -high, 0.0), max(-low, high)
    elif op in ("select", "max", "min"):
        found = _union(args[0], args[1])
    elif op == "cast":
        found = (math.floor(low), math.ceil(high)) if whole else (low, high)
    return None if found is None or max(map(abs, found)) > (WHOLE if whole else LARGE) else found


def _union(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])
