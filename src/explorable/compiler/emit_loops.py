"""C of one loop nest: which loop runs in lanes, and the loops themselves."""

from __future__ import annotations

from collections.abc import Sequence

from ..sizes import divides
from . import index as ix
from .elements import Arithmetic
from .emit_body import LANES, Body
from .expr import Expr
from .index import Var
from .program import Loops, Phase, Reduction, Store, walk
from .spell import SCALAR, VECTOR, across, combine, splat

ABREAST = 2
"""Vectors of columns that are summed in one loop, as an addition waits for the one before. Four of
them took a training step 0.7 % less time and 2 % more bytes."""
QUICK = 6
"""Operations per element up to which a sum waits for its own additions rather than for them."""


def price(kernel_exprs: Sequence[Expr], stores: Sequence[Store], var: Var) -> float:
    """What a vector over ``var`` costs per point: gathers 4, broadcasts little, contiguous loads
    1."""
    total = 0.0
    for e in walk(kernel_exprs):
        if var not in e.free:
            continue
        if e.op == "load" and isinstance(e.attr, tuple):
            stride = ix.lane_stride(e.attr[1], var, LANES)
            total += 1.0 if stride == 1 else (0.3 if stride == 0 else 4.0)
        elif e.op == "index":
            total += 0.5
        elif e.args:
            total += 1.0
    for s in stores:
        total += 1.0 if ix.lane_stride(s.index, var, LANES) == 1 else 4.0
    return total


def choose_lane(dims: Sequence[Var], exprs: Sequence[Expr], stores: Sequence[Store]) -> Var | None:
    """The loop to run in lanes, or None where one by one is as good."""
    best: tuple[float, Var] | None = None
    for var in reversed(dims):
        if var.extent < LANES:
            continue
        cost = price(exprs, stores, var)
        if var.extent < 2 * LANES:
            cost += 1
        if best is None or cost < best[0] - 0.01:
            best = (cost, var)
    if best is None:
        return None
    work = sum(1.0 for e in walk(exprs) if e.op not in ("const", "index")) + len(stores)
    return best[1] if best[0] < 3.2 * work else None


def emit_loops(body: Body, kernel: Loops) -> None:
    """Write the nest."""
    if kernel.ordered:
        _emit_ordered(body, kernel)
    elif all(not p.dims and not p.reductions for p in kernel.phases):
        _emit_pointwise(body, kernel)
    else:
        _emit_phases(body, kernel)


def _emit_ordered(body: Body, kernel: Loops) -> None:
    def points() -> None:
        for phase in kernel.phases:

            def inner(phase: Phase = phase) -> None:
                body.fixed_level = True
                body.stores(phase.stores)
                body.fixed_level = False

            body.nest(phase.dims, inner)

    body.nest(kernel.dims, points)


def _emit_pointwise(body: Body, kernel: Loops) -> None:
    exprs, stores = list(kernel.exprs()), [s for p in kernel.phases for s in p.stores]
    var = choose_lane(kernel.dims, exprs, stores)
    rest = [d for d in kernel.dims if d is not var]

    def points() -> None:
        for number, phase in enumerate(kernel.phases):
            if number:
                body.forget_written()
            body.stores(phase.stores)

    if var is None:
        body.nest(kernel.dims, points)
    else:
        body.nest(rest, lambda: body.lanes(var, points))


def _emit_phases(body: Body, kernel: Loops) -> None:
    """Row groups: outer loops one by one, each phase in lanes; or the outer loop in lanes where the
    rows lie across memory (column sums)."""
    exprs, stores = list(kernel.exprs()), [s for p in kernel.phases for s in p.stores]
    across_rows = _across_rows(kernel, exprs, stores)

    def points() -> None:
        for number, phase in enumerate(kernel.phases):
            if number:
                body.forget_written()
            _emit_phase(body, phase, in_lanes=across_rows is None)

    if across_rows is None:
        body.nest(kernel.dims, points)
    else:
        rest = [d for d in kernel.dims if d is not across_rows]
        chosen, wide = across_rows, _abreast(body, kernel, across_rows)
        if wide is None:
            body.nest(rest, lambda: body.lanes(chosen, points))
            return
        first, phase = wide
        step = ABREAST * LANES
        whole = body.whole(chosen.extent, step)

        def columns() -> None:
            body.vector = first
            body.loop(first, lambda: _emit_phase(body, phase, in_lanes=False), 0, whole, step)
            body.lanes(chosen, points, start=whole)

        body.nest(rest, columns)


def _abreast(body: Body, kernel: Loops, var: Var) -> tuple[Var, Phase] | None:
    """Several vectors of columns at once, where one alone would wait for its own additions: a
    variable for the first of them, and what is done for all."""
    if len(kernel.phases) != 1 or var.extent < ABREAST * LANES:
        return None
    (phase,) = kernel.phases
    work = [e for e in walk([r.value for r in phase.reductions]) if e.op not in ("const", "index")]
    if phase.running or not phase.dims or len(work) > QUICK:
        return None
    # Its range ends where the first copy's does, so that the shifted ones stay inside too.
    most = var.extent - var.extent % (ABREAST * LANES)
    exprs, first = body.exprs, body.exprs.var(most - LANES * (ABREAST - 1))
    stores, reductions = list[Store](), list[Reduction]()
    for copy in range(ABREAST):
        place = {var: ix.of(first) + LANES * copy}
        sums = {
            r.result: exprs.accumulator(r.value.dtype, {first, *r.result.free} - {var})
            for r in phase.reductions
        }
        reductions += [
            Reduction(r.op, exprs.substitute(r.value, place), sums[r.result])
            for r in phase.reductions
        ]
        stores += [
            Store(
                s.buffer,
                s.index.substitute(place, lambda e, p=place: exprs.substitute(e, p)),
                exprs.substitute(s.value, place, sums),
            )
            for s in phase.stores
        ]
    return first, Phase(phase.dims, tuple(stores), tuple(reductions))


def _across_rows(kernel: Loops, exprs: list[Expr], stores: list[Store]) -> Var | None:
    """The outer loop to run in lanes, if that reads memory in a better order than the inner one."""
    looped = [p for p in kernel.phases if p.dims]
    # A position may be looked for in a single element, without a loop.
    places = any(r.position is not None for p in kernel.phases for r in p.reductions)
    if len(looped) != 1 or places:
        return None
    var = choose_lane(kernel.dims, exprs, stores)
    (phase,) = looped
    if var is None or phase.running:
        return var
    values = [r.value for r in phase.reductions] or [s.value for s in phase.stores]
    inner = choose_lane(phase.dims, values, () if phase.reductions else phase.stores)
    if inner is None:
        return var
    return var if price(values, (), var) < price(values, (), inner) else None


def _emit_phase(body: Body, phase: Phase, in_lanes: bool) -> None:
    if not phase.reductions:
        var = (
            choose_lane(phase.dims, [s.value for s in phase.stores], phase.stores)
            if in_lanes
            else None
        )
        rest = [d for d in phase.dims if d is not var]
        if var is None:
            body.nest(phase.dims, lambda: body.stores(phase.stores))
        else:
            chosen = var
            body.nest(rest, lambda: body.lanes(chosen, lambda: body.stores(phase.stores)))
        return
    values = [r.value for r in phase.reductions]
    simple = all(r.position is None for r in phase.reductions) and not phase.running
    var = choose_lane(phase.dims, values, ()) if in_lanes and simple else None
    if var is not None:
        _reduce_lanes(body, phase, var)
    else:
        _reduce_plain(body, phase)
    if not phase.running:
        body.stores(phase.stores)


def _identity(body: Body, reduction: Reduction) -> Expr:
    math, dtype = Arithmetic(body.exprs), reduction.value.dtype
    op = reduction.op
    if op in ("max", "argmax", "cummax"):
        return math.lowest(dtype)
    if op in ("min", "argmin", "cummin"):
        return math.highest(dtype)
    return body.exprs.const({"sum": 0, "prod": 1, "and": True, "or": False}[op], dtype)


def _reduce_plain(body: Body, phase: Phase) -> None:
    """One accumulator each, scalar or, where the outer loop runs in lanes, vector."""
    vector = body.vector is not None
    kinds = VECTOR if vector else SCALAR
    names: list[str] = []
    for r in phase.reductions:
        name = body.fresh("a")
        start = _identity(body, r)
        shown = body.lanes_of(start) if vector else body.value(start)
        body.line(f"{kinds[r.value.dtype]} {name} = {shown};")
        body.scopes[-1].names[r.extreme or r.result] = name
        names.append(name)
        if r.position is not None:
            at = body.fresh("k")
            body.line(f"int {at} = -1;")
            names.append(at)
    result_scope = body.scopes[-1]

    def point() -> None:
        rest = list(names)
        for r in phase.reductions:
            name = rest.pop(0)
            value = body.lanes_of(r.value) if vector else body.value(r.value)
            if r.position is None:
                body.line(f"{name} = {combine(r.op, r.value.dtype, name, value)};")
                continue
            at, where = rest.pop(0), body.value(r.position)
            sign = {"argmax": ">", "argmin": "<", "cummax": ">=", "cummin": "<="}[r.op]
            # Of equals the first wins, in running extremes the last; a NaN beats every number.
            test = f"{at} < 0 || {value} {sign} {name}"
            if r.value.dtype in ("f32", "f64"):
                again = "" if r.op.startswith("cum") else f" && {name} == {name}"
                test += f" || ({value} != {value}{again})"
            body.line(f"if ({test}) {{ {name} = {value}; {at} = {where}; }}")
        if phase.running:
            rest = list(names)
            for r in phase.reductions:
                body.scopes[-1].names[r.extreme or r.result] = rest.pop(0)
                if r.position is not None:
                    at = body.fresh("v")
                    body.line(f"long long {at} = {rest.pop(0)};")
                    body.scopes[-1].names[r.result] = at
            body.stores(phase.stores)

    body.nest(phase.dims, point)
    for r in phase.reductions if not phase.running else ():
        if r.position is not None:
            at = names[names.index(result_scope.names[r.extreme or r.result]) + 1]
            name = body.fresh("v")
            body.line(f"long long {name} = {at};")
            result_scope.names[r.result] = name


def _reduce_lanes(body: Body, phase: Phase, var: Var) -> None:
    """Vector accumulators along ``var``, several of them where the loop is long."""
    copies = 4 if var.extent >= 64 and len(phase.reductions) <= 2 else 1
    uneven = not divides(LANES * copies, var.extent)
    accs: list[list[str]] = []
    tails: list[str] = []
    for r in phase.reductions:
        start = _identity(body, r)
        names = [body.fresh("a") for _ in range(copies)]
        for name in names:
            shown = splat(body.value(start), r.value.dtype)
            body.line(f"{VECTOR[r.value.dtype]} {name} = {shown};")
        accs.append(names)
        tail = body.fresh("a")
        if uneven:
            body.line(f"{SCALAR[r.value.dtype]} {tail} = {body.value(start)};")
        tails.append(tail)

    whole = body.whole(var.extent, LANES * copies)
    # Its range ends where the first copy's does, so that the shifted ones stay inside too.
    most = var.extent - var.extent % (LANES * copies)
    first = body.exprs.var(most - LANES * (copies - 1)) if copies > 1 else var

    def lanes() -> None:
        for copy in range(copies):
            place = {var: ix.of(first) + LANES * copy}
            for r, names in zip(phase.reductions, accs, strict=True):
                value = body.exprs.substitute(r.value, place) if copies > 1 else r.value
                shown = combine(r.op, r.value.dtype, names[copy], body.lanes_of(value))
                body.line(f"{names[copy]} = {shown};")

    def rest_of_row() -> None:
        for r, tail in zip(phase.reductions, tails, strict=True):
            body.line(f"{tail} = {combine(r.op, r.value.dtype, tail, body.value(r.value))};")

    def row() -> None:
        body.vector = first
        body.loop(first, lanes, 0, whole, LANES * copies)
        body.vector = None
        body.loop(var, rest_of_row, whole)

    body.nest([d for d in phase.dims if d is not var], row)
    for r, names, tail in zip(phase.reductions, accs, tails, strict=True):
        total = names[0]
        for name in names[1:]:
            body.line(f"{total} = {combine(r.op, r.value.dtype, total, name)};")
        shown = across(r.op, r.value.dtype, total)
        if uneven:
            shown = combine(r.op, r.value.dtype, shown, tail)
        name = body.fresh("v")
        body.line(f"{SCALAR[r.value.dtype]} {name} = {shown};")
        body.scopes[-1].names[r.result] = name
