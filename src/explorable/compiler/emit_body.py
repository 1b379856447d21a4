"""The body of one C function while it is written: scopes, names, indices, loads and stores. Each
expression is computed as far out as its variables allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..sizes import Formula, Size, divides
from . import index as ix
from .expr import Expr, Exprs
from .index import Aff, Var, operands
from .program import Buffer, Store
from .spell import SCALAR, VECTOR, gather, lane, literal, load, spell, splat, store

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

    def __init__(self, exprs: Exprs, written: frozenset[Buffer]) -> None:
        self.exprs, self.written = exprs, written
        self.scopes = [Scope(None)]
        self.buffers: dict[Buffer, str] = {}
        self.outer: dict[Var | Formula, str] = {}
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

    def end(self, number: int) -> str:
        """An extent in C; one that moves is a parameter."""
        return self.size(number.formula) if isinstance(number, Size) else str(number)

    def size(self, formula: Formula) -> str:
        """The parameter that holds a number of the sizes."""
        return self.outer.setdefault(formula, f"n{len(self.outer)}")

    def whole(self, number: int, step: int) -> int | str:
        """The greatest multiple of ``step`` up to an extent."""
        if isinstance(number, Size):
            name = self.end(number)
            return name if divides(step, number) else f"{name} - {name} % {step}"
        return number - number % step

    def point(self, names: dict[Var, str], vector: Var | None) -> None:
        """Start afresh inside loops that others write: their variables have these names."""
        self.scopes = [Scope(None)]
        self._names, self.vector = names, vector

    def line(self, text: str) -> None:
        """Add a statement to the innermost open loop."""
        self.scopes[-1].lines.append(text)

    def loop(
        self,
        var: Var,
        body: Callable[[], None],
        start: int | str = 0,
        stop: int | str | None = None,
        step: int = 1,
    ) -> None:
        """A loop over ``var``; what its body computes that does not need ``var`` moves out."""
        end = (
            (self.end(var.extent) if isinstance(var.extent, Size) else var.extent)
            if (stop is None)
            else stop
        )
        if start == end or (isinstance(start, int) and isinstance(end, int) and end <= start):
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

    def lanes(
        self, var: Var, body: Callable[[], None], step: int = LANES, start: int | str = 0
    ) -> None:
        """A loop over ``var`` in vectors, then what is left one by one."""
        whole = self.whole(var.extent, step)
        self.vector = var
        self.loop(var, body, start, whole, step)
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
            pending = [e]
            while pending:
                e = pending[-1]
                unknown = [part for part in operands(e) if part not in stale]
                pending += unknown
                if not unknown:
                    read = isinstance(e.attr, tuple) and e.attr[0] in self.written
                    stale[e] = read or any(stale[part] for part in operands(e))
                    pending.pop()
            return stale[e]

        for scope in self.scopes:
            for names in (scope.names, scope.vectors):
                for e in [e for e in names if touches(e)]:
                    del names[e]

    def varies(self, e: Expr) -> bool:
        return self.vector is not None and self.vector in e.free

    def value(self, e: Expr) -> str:
        """The name (or literal) of ``e``: lanes if it varies along the vector loop, else one
        scalar."""
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
        if isinstance(atom, ix.Extent):
            return self.size(atom.formula)
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
