"""C of one loop nest: which loop runs in lanes, where each expression is computed (as far out as its
variables allow), and the loops themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import index as ix
from .elements import Arithmetic
from .expr import Expr, Exprs
from .index import Aff, Var
from .program import Buffer, Loops, Phase, Reduction, Store, walk
from .spell import SCALAR, VECTOR, across, combine, gather, lane, literal, load, spell, splat, store

LANES = 4


@dataclass
class Scope:
    """The lines at one loop level and the names of what has been computed there."""

    var: Var | None
    lines: list[str] = field(default_factory=list[str])
    names: dict[Expr, str] = field(default_factory=dict[Expr, str])
    vectors: dict[Expr, str] = field(default_factory=dict[Expr, str])


class Body:
    """The body of one C function while it is written."""

    def __init__(self, exprs: Exprs, written: set[Buffer]) -> None:
        self.exprs, self.written = exprs, written
        self.scopes = [Scope(None)]
        self.buffers: dict[Buffer, str] = {}
        self.outer: dict[Var, str] = {}
        self.needs: set[str] = set()
        self.vector: Var | None = None
        self._names: dict[Var, str] = {}
        self._count = 0
        self.fixed_level = False

    def fresh(self, prefix: str) -> str:
        """A new local name."""
        self._count += 1
        return f"{prefix}{self._count}"

    def pointer(self, buffer: Buffer) -> str:
        """The parameter that points at ``buffer``."""
        return self.buffers.setdefault(buffer, f"p{len(self.buffers)}")

    def name(self, var: Var) -> str:
        """The C variable of a loop; one that no loop here binds is a parameter."""
        known = self._names.get(var)
        if known is None:
            known = self.outer.setdefault(var, f"n{len(self.outer)}")
        return known

    def point(self, names: dict[Var, str], vector: Var | None) -> None:
        """Start afresh inside loops that others write: their variables have these names."""
        self.scopes = [Scope(None)]
        self._names, self.vector = names, vector

    def line(self, text: str) -> None:
        """Add a statement to the innermost open loop."""
        self.scopes[-1].lines.append(text)

    def loop(
        self, var: Var, body: Callable[[], None], start: int = 0, stop: int = -1, step: int = 1
    ) -> None:
        """A loop over ``var``; what its body computes that does not need ``var`` moves out."""
        end = var.extent if stop < 0 else stop
        if end <= start:
            return
        name = self.fresh("j")
        self._names[var] = name
        self.scopes.append(Scope(var))
        body()
        inner = self.scopes.pop()
        del self._names[var]
        self.line(f"for (int {name} = {start}; {name} < {end}; {name} += {step}) {{")
        self.scopes[-1].lines += ["  " + row for row in inner.lines]
        self.line("}")

    def lanes(self, var: Var, body: Callable[[], None], step: int = LANES) -> None:
        """A loop over ``var`` in vectors, then what is left one by one."""
        whole = var.extent - var.extent % step
        self.vector = var
        self.loop(var, body, 0, whole, step)
        self.vector = None
        self.loop(var, body, whole)

    def nest(self, dims: Sequence[Var], body: Callable[[], None]) -> None:
        """Loops over ``dims``, outermost first."""
        if not dims:
            body()
        else:
            self.loop(dims[0], lambda: self.nest(dims[1:], body))

    def forget_written(self) -> None:
        """Loads of what this kernel writes must be repeated after a phase has stored."""
        stale: dict[Expr, bool] = {}

        def touches(e: Expr) -> bool:
            if e not in stale:
                stale[e] = any(
                    isinstance(x.attr, tuple) and x.attr[0] in self.written for x in walk((e,))
                )
            return stale[e]

        for scope in self.scopes:
            for names in (scope.names, scope.vectors):
                for e in [e for e in names if touches(e)]:
                    del names[e]

    def varies(self, e: Expr) -> bool:
        return self.vector is not None and self.vector in e.free

    def value(self, e: Expr) -> str:
        """The name (or literal) of ``e``: lanes if it varies along the vector loop, else one scalar."""
        if e.op == "const" and isinstance(e.attr, (int, float)):
            return literal(e.attr, e.dtype)
        scope = self._scope(e)
        known = scope.names.get(e)
        if known is not None:
            return known
        vector = self.varies(e)
        text = self._text(e, vector)
        name = self.fresh("v")
        kind = (VECTOR if vector else SCALAR)[e.dtype]
        scope.lines.append(f"{kind} {name} = {text};")
        scope.names[e] = name
        return name

    def lanes_of(self, e: Expr) -> str:
        """``e`` as four lanes."""
        if self.varies(e):
            return self.value(e)
        if e.op == "const":
            return splat(self.value(e), e.dtype)
        scope = self._scope(e)
        known = scope.vectors.get(e)
        if known is None:
            known = self.fresh("s")
            shown = splat(self.value(e), e.dtype)
            scope.lines.append(f"{VECTOR[e.dtype]} {known} = {shown};")
            scope.vectors[e] = known
        return known

    def _scope(self, e: Expr) -> Scope:
        if self.fixed_level:
            return self.scopes[-1]
        for scope in reversed(self.scopes):
            if e in scope.names or scope.var in e.free:
                return scope
        return self.scopes[0]

    def _text(self, e: Expr, vector: bool) -> str:
        if e.op == "load" and isinstance(e.attr, tuple):
            return self._load(e.attr[0], e.attr[1], vector)
        if e.op == "index" and isinstance(e.attr, Aff):
            return self.indices(e.attr) if vector else self.index(e.attr)
        args = [self.lanes_of(a) if vector else self.value(a) for a in e.args]
        spelled = spell(e, args, vector)
        self.needs.update(spelled.needs)
        return spelled.text

    def index(self, aff: Aff, lane_number: int | None = None) -> str:
        """A position as C; data that varies along the lanes is taken from ``lane_number``."""
        parts: list[str] = []
        for atom, coefficient in aff.terms:
            shown = self._atom(atom, lane_number)
            parts.append(shown if coefficient == 1 else f"{shown} * {coefficient}")
        if aff.const or not parts:
            parts.append(str(aff.const))
        return " + ".join(parts)

    def _atom(self, atom: ix.Atom, number: int | None) -> str:
        if isinstance(atom, Var):
            name = self.name(atom)
            return f"({name} + {number})" if number and atom is self.vector else name
        if isinstance(atom, ix.Ind):
            vector = self.varies(atom.expr)
            value = self.value(atom.expr)
            shown = f"{value}[{number or 0}]" if vector else value
            return f"inside({shown}, {atom.extent})"
        inner = self.index(atom.aff, number)
        exact = atom.aff.low >= 0
        if isinstance(atom, ix.Div):
            return f"({inner}) / {atom.by}" if exact else f"floor_div({inner}, {atom.by})"
        return f"({inner}) % {atom.by}" if exact else f"floor_mod({inner}, {atom.by})"

    def indices(self, aff: Aff) -> str:
        """A position per lane."""
        stride = ix.lane_stride(aff, self.vector, LANES) if self.vector is not None else None
        if stride is not None:
            steps = ", ".join(str(stride * k) for k in range(LANES))
            return f"splat_i4({self.index(aff)}) + (i4){{{steps}}}"
        return "(i4){" + ", ".join(self.index(aff, k) for k in range(LANES)) + "}"

    def _load(self, buffer: Buffer, aff: Aff, vector: bool) -> str:
        pointer = self.pointer(buffer)
        safe = aff.low >= 0 and aff.high < buffer.size
        size = buffer.size
        if not vector:
            where = self.index(aff)
            return load(
                f"{pointer} + {where if safe else f'inside({where}, {size})'}", buffer.dtype, False
            )
        stride = ix.lane_stride(aff, self.vector, LANES) if self.vector is not None else None
        if stride == 1:
            where = self.index(aff)
            return load(
                f"{pointer} + {where if safe else f'near({where}, {size})'}", buffer.dtype, True
            )
        places = [self.index(aff, k) for k in range(LANES)]
        if not safe:
            places = [f"inside({p}, {size})" for p in places]
        return gather(buffer.dtype, [f"{pointer}[{p}]" for p in places])

    def store(self, target: Store, value: str, vector: bool) -> None:
        """The statement for one store."""
        pointer, dtype = self.pointer(target.buffer), target.buffer.dtype
        if not vector:
            self.line(store(f"{pointer} + {self.index(target.index)}", dtype, value, False))
            return
        stride = (
            ix.lane_stride(target.index, self.vector, LANES) if self.vector is not None else None
        )
        if stride == 1:
            self.line(store(f"{pointer} + {self.index(target.index)}", dtype, value, True))
            return
        for k in range(LANES):
            where = self.index(target.index, k)
            self.line(store(f"{pointer} + {where}", dtype, lane(value, dtype, k), False))

    def stores(self, targets: Sequence[Store]) -> None:
        """All values first, then all stores: a store may overwrite what another value reads."""
        vector = self.vector is not None
        values = [self.lanes_of(s.value) if vector else self.value(s.value) for s in targets]
        # Data dependent positions are read before anything is written.
        for target in targets:
            for e in target.index.exprs():
                self.value(e)
        for target, value in zip(targets, values, strict=True):
            self.store(target, value, vector)


def price(kernel_exprs: Sequence[Expr], stores: Sequence[Store], var: Var, deepest: bool) -> float:
    """What a vector over ``var`` costs per point: gathers 4, broadcasts little, contiguous loads 1."""
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
        cost = price(exprs, stores, var, var is dims[-1])
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
    across_rows: Var | None = None
    simple = all(r.position is None for p in kernel.phases for r in p.reductions)
    if simple and kernel.dims and sum(bool(p.dims) for p in kernel.phases) == 1:
        var = choose_lane(kernel.dims, exprs, stores)
        (phase,) = [p for p in kernel.phases if p.dims]
        inner = None
        if not phase.running:
            values = [r.value for r in phase.reductions]
            inner = choose_lane(phase.dims, values, () if phase.reductions else phase.stores)
        if var is not None:
            inside = price(exprs, (), inner, True) if inner is not None else 4.0 * len(exprs) * 8
            if price(exprs, (), var, True) < inside:
                across_rows = var

    def points() -> None:
        for number, phase in enumerate(kernel.phases):
            if number:
                body.forget_written()
            _emit_phase(body, phase, in_lanes=across_rows is None)

    if across_rows is None:
        body.nest(kernel.dims, points)
    else:
        rest = [d for d in kernel.dims if d is not across_rows]
        chosen = across_rows
        body.nest(rest, lambda: body.lanes(chosen, points))


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
        if var.extent % (LANES * copies):
            body.line(f"{SCALAR[r.value.dtype]} {tail} = {body.value(start)};")
        tails.append(tail)

    def point() -> None:
        for r, names, tail in zip(phase.reductions, accs, tails, strict=True):
            if body.vector is None:
                shown = combine(r.op, r.value.dtype, tail, body.value(r.value))
                body.line(f"{tail} = {shown};")
                continue
            for copy, name in enumerate(names):
                shift = ix.of(var) + LANES * copy
                value = body.exprs.substitute(r.value, {var: shift}) if copy else r.value
                shown = combine(r.op, r.value.dtype, name, body.lanes_of(value))
                body.line(f"{name} = {shown};")

    rest = [d for d in phase.dims if d is not var]
    body.nest(rest, lambda: body.lanes(var, point, LANES * copies))
    for r, names, tail in zip(phase.reductions, accs, tails, strict=True):
        total = names[0]
        for name in names[1:]:
            body.line(f"{total} = {combine(r.op, r.value.dtype, total, name)};")
        shown = across(r.op, r.value.dtype, total)
        if var.extent % (LANES * copies):
            shown = combine(r.op, r.value.dtype, shown, tail)
        name = body.fresh("v")
        body.line(f"{SCALAR[r.value.dtype]} {name} = {shown};")
        body.scopes[-1].names[r.result] = name
