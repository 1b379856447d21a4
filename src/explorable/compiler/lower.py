"""Lowering: Graph -> kernels. Walks the nodes of one entry, asks the table of lowerings for each
and realises what several readers share. The lowerings themselves are in lower_*.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from ..errors import ExplorableError, Line
from ..graphs import Arg, Constant, Graph, Node, Type, Value
from ..sizes import Size
from . import index as ix
from .expr import ITEM, Expr, Exprs
from .index import Aff, Var
from .lazy import ITEM_DTYPE, Element, Index, Lazy, loop, place, tidy
from .module import Entry
from .moving import takes_moving
from .nearest import item_dtype, no_lowering
from .program import TABLE_LIMIT, Buffer, Function, Kernel, Loops, Phase, Store
from .read import constant_elements

Lowered: TypeAlias = "Lazy | tuple[Lazy, ...]"
Lower: TypeAlias = "Callable[[Call], Lowered]"
LOWERINGS: dict[str, Lower] = {}
INLINE_COST = 3
"""A shared result that costs more operations than this is stored rather than computed again."""


def lowering(*ops: str) -> Callable[[Lower], Lower]:
    """Register a function for ``aten.<packet>`` or ``aten.<packet>.<overload>``."""

    def register(function: Lower) -> Lower:
        for op in ops:
            LOWERINGS[op] = function
        return function

    return register


@dataclass
class Places:
    """What the entries of one module share: slots by name, constants by content."""

    exprs: Exprs = field(default_factory=Exprs)
    slots: dict[str, Buffer] = field(default_factory=dict[str, Buffer])
    constants: dict[tuple[bytes, str], Buffer] = field(
        default_factory=dict[tuple[bytes, str], Buffer]
    )
    tables: dict[str, Buffer] = field(default_factory=dict[str, Buffer])
    """What opaque kernels keep from one call to the next, e.g. the roots of unity of a length."""

    def slot(self, name: str, kind: Type, where: str) -> Buffer:
        """The one buffer of this name."""
        known = self.slots.get(name)
        if known is None:
            planes = 2 if kind.dtype.startswith("complex") else 1
            item = item_dtype(kind.dtype, where)
            known = Buffer(name, item, kind.size * planes, "slot", kind)
            self.slots[name] = known
        elif known.type != kind and not _one_place(known.type, kind):
            fact = f"slot '{name}' is {known.type} in one entry and {kind} in another"
            raise ExplorableError("compiler", fact, where=where)
        return known


class Lowering:
    """The state of lowering one entry: kernels so far, values known, buffers made."""

    def __init__(self, places: Places, entry: str, temps: Iterator[int] | None = None) -> None:
        self.places, self.exprs, self.entry = places, places.exprs, entry
        self.line: Line | None = None
        self.kernels: list[Kernel] = []
        self.note = ""
        self._temps = temps if temps is not None else count(1)
        self._numbers: dict[Element, Buffer] = {}

    def child(self) -> Lowering:
        """For the body of a loop or branch: its own kernels, names from the same counter."""
        made = Lowering(self.places, self.entry, self._temps)
        made.line, made.note = self.line, self.note
        return made

    def lower(self, graph: Graph, inputs: Sequence[Lazy]) -> dict[Value, Lazy]:
        """Lower the nodes of a graph whose inputs are given; the lazies of all values."""
        known: dict[Value, Lazy] = {}
        for declared, lazy in zip(graph.inputs, inputs, strict=True):
            known[Value(declared.name)] = lazy
        for named in graph.sizes():
            known[Value(named.name)] = self.number(Size(named))
        for constant in graph.constants:
            known[Value(constant.name)] = self.constant(constant)
        users = _users(graph)
        for node in graph.nodes:
            self.line, self.note = node.line, node.op.removeprefix("aten.")
            results = self._node(node, known)
            for number, lazy in enumerate(results):
                value = Value(node.name, number)
                known[value] = lazy
                if users.get(value, 0) > 1 or lazy.size == 1:
                    self._keep_shared(lazy, users.get(value, 0))
        return known

    def _node(self, node: Node, known: dict[Value, Lazy]) -> tuple[Lazy, ...]:
        packet = ".".join(node.op.split(".")[:2])
        function = LOWERINGS.get(node.op) or LOWERINGS.get(packet)
        if function is None:
            raise no_lowering(node)
        for kind in node.outputs:
            item_dtype(kind.dtype, f"'{node.op}'", node.line)
        if node.outputs and not any(kind.size for kind in node.outputs):
            return tuple(map(self.empty, node.outputs))
        if _moves(node, known) and not takes_moving(node.op, function):
            fact = f"'{node.op}' cannot take a size that moves yet"
            raise ExplorableError("compiler", fact, line=node.line)
        try:
            result = function(Call(self, node, known))
        except ExplorableError as error:
            raise error.within(where=f"'{node.op}'", line=node.line) from None
        results = result if isinstance(result, tuple) else (result,)
        for lazy, kind in zip(results, node.outputs, strict=False):
            if lazy.type != kind:
                fact = f"'{node.op}' lowered to {lazy.type}, but torch gives {kind}"
                raise ExplorableError("compiler", fact, line=node.line)
        return results

    def _keep_shared(self, lazy: Lazy, users: int) -> None:
        """Store what is dear and read twice; a dear single number even if read once, as its reader
        may ask for it at every element."""
        cost, heavy = lazy.probe()
        if lazy.storage is not None:
            return
        if lazy.size == 1:
            if heavy or (users > 1 and cost > 1):
                self._keep_number(lazy)
        elif cost > INLINE_COST or heavy:
            self.realise(lazy)

    def _keep_number(self, lazy: Lazy) -> None:
        """Equal numbers are stored once: an optimiser asks for 0.9 ** t once per parameter."""
        parts = lazy.at(tuple(Aff() for _ in lazy.shape))
        known = self._numbers.get(parts)
        if known is None:
            self._numbers[parts] = self.realise(lazy)
        else:
            lazy.storage = known

    def temp(self, size: int, item: str) -> Buffer:
        """A new temporary of ``size`` items."""
        return Buffer(f"t{next(self._temps)}", item, size, "temp", line=self.line)

    def constant(self, constant: Constant) -> Lazy:
        """A closed-over tensor: folded, static data in the C, or an array beside the wasm."""
        kind = constant.type
        item = item_dtype(kind.dtype, constant.label)
        planes = 2 if kind.dtype.startswith("complex") else 1
        elements, width = constant_elements(constant.data, item), ITEM[item] * planes
        if elements is not None and kind.size > 0:
            parts = tuple(
                self.exprs.const(elements[p % len(elements)], item) for p in range(planes)
            )
            if kind.size == 1 or constant.data == constant.data[:width] * kind.size:
                return Lazy(self.exprs, kind.shape, kind.dtype, lambda index: parts)
        key = (constant.data, kind.dtype)
        buffer = self.places.constants.get(key)
        if buffer is None:
            place_kind = "static" if kind.size <= TABLE_LIMIT else "array"
            name = f"c{len(self.places.constants) + 1}"
            buffer = Buffer(name, item, kind.size * planes, place_kind, kind, constant.data)
            self.places.constants[key] = buffer
        return self.stored(buffer, kind)

    def stored(self, buffer: Buffer, kind: Type) -> Lazy:
        """The tensor that a buffer holds."""

        def never(index: Index) -> Element:
            raise AssertionError("a stored tensor is loaded")

        return Lazy(self.exprs, kind.shape, kind.dtype, never, storage=buffer)

    def realise(self, lazy: Lazy, into: Buffer | None = None) -> Buffer:
        """Store a tensor, in ``into`` or in a new temporary; later readers load it."""
        if lazy.storage is not None and into is None:
            return lazy.storage
        target = into or self.temp(lazy.size * lazy.planes, lazy.item)
        if lazy.pieces is not None and lazy.storage is None:
            lazy.pieces(target)
        else:
            self.write(lazy, target)
        if lazy.storage is None:
            lazy.storage = target
        return target

    def write(self, lazy: Lazy, target: Buffer, at: Callable[[Index], Aff] | None = None) -> None:
        """Add the kernel that stores ``lazy`` in ``target``, at position ``at(index)`` if given."""
        if lazy.size == 0:
            return
        dims, index = loop(self.exprs, lazy.shape)
        position = at(index) if at is not None else ix.flatten(index, lazy.shape)
        stores = tuple(
            Store(target, place(target, position, p, lazy.planes), part)
            for p, part in enumerate(lazy.at(index))
        )
        self.loops(dims, (Phase((), stores),))

    def loops(
        self, dims: tuple[Var, ...], phases: tuple[Phase, ...], *, ordered: bool = False
    ) -> None:
        """Add a loop nest."""
        kernel = Loops(dims, phases, self.note, ordered, self.line)
        self.kernels.append(kernel if ordered else tidy(self.exprs, kernel))

    def number(self, extent: int) -> Lazy:
        """An extent as a 0-dim int64 tensor."""
        value = self.exprs.cast(self.exprs.index(ix.size(extent)), "i64")
        return Lazy(self.exprs, (), "int64", lambda index: (value,), number=True)

    def empty(self, kind: Type) -> Lazy:
        """A tensor without elements; who asks for one anyway gets zero."""
        lazy = Lazy(self.exprs, kind.shape, kind.dtype, lambda index: parts)
        parts: Element = (self.exprs.const(0, lazy.item),) * lazy.planes
        return lazy

    def lazy(self, kind: Type, element: Callable[[Index], Element]) -> Lazy:
        """A tensor computed element by element."""
        return Lazy(self.exprs, kind.shape, kind.dtype, element)

    def view(
        self,
        base: Lazy,
        shape: tuple[int, ...],
        index: Callable[[Index], Index],
        dtype: str | None = None,
    ) -> Lazy:
        """The same elements, found by another index."""
        if Type(shape, base.dtype).size > base.size > 1:
            cost, heavy = base.probe()
            if heavy or cost > INLINE_COST:
                self.realise(base.root)
        return Lazy(
            self.exprs,
            shape,
            dtype or base.dtype,
            lambda i: base.at(index(i)),
            base=base,
            number=base.number,
        )


@dataclass(frozen=True)
class Call:
    """One node being lowered: its arguments by position or name, as lazies and Python values."""

    lowering: Lowering
    node: Node
    known: dict[Value, Lazy]

    @property
    def exprs(self) -> Exprs:
        return self.lowering.exprs

    @property
    def output(self) -> Type:
        return self.node.outputs[0]

    def arg(self, position: int, name: str = "", default: Arg = None) -> Arg:
        """The raw argument."""
        if 0 <= position < len(self.node.args):
            return self.node.args[position]
        return dict(self.node.kwargs).get(name, default)

    def tensor(self, position: int, name: str = "") -> Lazy:
        """A tensor argument; a Python number becomes a 0-dim one."""
        found = self.optional(position, name)
        if found is None:
            raise ExplorableError("compiler", f"argument {position} {name!r} is missing")
        return found

    def optional(self, position: int, name: str = "") -> Lazy | None:
        """A tensor argument or None."""
        return self.resolve(self.arg(position, name))

    def resolve(self, arg: Arg) -> Lazy | None:
        """An argument as a lazy."""
        if arg is None:
            return None
        if isinstance(arg, Value):
            return self.known[arg]
        if isinstance(arg, (bool, int, float, complex)):
            return self.number(arg)
        raise ExplorableError("compiler", f"argument {arg!r} is not a tensor")

    def number(self, value: complex) -> Lazy:
        """A Python number as a 0-dim tensor that promotes like one."""
        if isinstance(value, bool):
            dtype = "bool"
        elif isinstance(value, int):
            dtype = "int64"
        else:
            dtype = "float64" if isinstance(value, float) else "complex128"
        parts: Element
        if isinstance(value, complex):
            parts = (self.exprs.const(value.real, "f64"), self.exprs.const(value.imag, "f64"))
        else:
            parts = (self.exprs.const(value, ITEM_DTYPE[dtype]),)
        return Lazy(self.exprs, (), dtype, lambda index: parts, number=True)

    def tensors(self, position: int, name: str = "") -> list[Lazy | None]:
        """A list of tensors (or None)."""
        arg = self.arg(position, name, ())
        return [self.resolve(a) for a in arg] if isinstance(arg, tuple) else [self.resolve(arg)]

    def integer(self, position: int, name: str = "", default: int | None = None) -> int:
        """A Python int; one that moves is an error, as it would change a shape."""
        value = self.arg(position, name, default)
        if isinstance(value, Value):
            lazy = self.known[value]
            (part,) = lazy.at(())
            if part.op == "const" and isinstance(part.attr, (int, bool)):
                return int(part.attr)
            fact = f"'{self.node.op}' needs to know argument '{name or position}' before it runs"
            raise ExplorableError("compiler", fact)
        if value is None or isinstance(value, (tuple, Graph, str, complex)):
            raise ExplorableError("compiler", f"argument {position} {name!r} is not an int")
        return int(value)

    def integers(self, position: int, name: str = "") -> tuple[int, ...] | None:
        """A tuple of ints, or None."""
        arg = self.arg(position, name)
        if arg is None:
            return None
        items = arg if isinstance(arg, tuple) else (arg,)
        found: list[int] = []
        for item in items:
            if isinstance(item, Value):
                (part,) = self.known[item].at(())
                item = part.attr if part.op == "const" and isinstance(part.attr, int) else None
            if not isinstance(item, int):
                fact = f"'{self.node.op}' needs to know its sizes before it runs"
                raise ExplorableError("compiler", fact)
            found.append(int(item))
        return tuple(found)

    def extent(self, number: int, item: str = "i32") -> Expr:
        """An extent as a number of this item dtype."""
        if isinstance(number, Size):
            return self.exprs.cast(self.exprs.index(ix.size(number)), item)
        return self.exprs.const(number, item)

    def flag(self, position: int, name: str, default: bool = False) -> bool:
        """A Python bool."""
        return bool(self.arg(position, name, default))

    def lazy(self, element: Callable[[Index], Element], output: int = 0) -> Lazy:
        """The node's result, element by element."""
        return self.lowering.lazy(self.node.outputs[output], element)


def lower_entry(entry: Entry, places: Places) -> Function:
    """The kernels of one entry. State is computed beside its old value and copied at the end;
    copies.py removes the copies that nobody needs."""
    where = f"entry '{entry.name}'"
    lowering = Lowering(places, entry.name)
    graph = entry.graph
    try:
        inputs = [lowering.stored(places.slot(i.name, i.type, where), i.type) for i in graph.inputs]
        types = graph.types()
        known = lowering.lower(graph, inputs)
        names = {i.name for i in graph.inputs}
        lost = sorted(named.name for named in graph.sizes() if named.name not in names)
        if lost:
            raise ExplorableError("compiler", f"nothing gives the size '{lost[0]}'")
        late: list[tuple[Lazy, Buffer]] = []
        for output in graph.outputs:
            lazy = known[output.value]
            slot = places.slot(output.name, types[output.value], where)
            lowering.note = f"output {output.name}"
            if output.name in names:
                if lazy.storage is not slot:
                    fresh = lazy.storage is None or lazy.storage.kind != "temp"
                    own = lowering.temp(lazy.size * lazy.planes, lazy.item) if fresh else None
                    held = lowering.realise(lazy, own) if fresh else lazy.storage
                    late.append((lowering.stored(held or slot, lazy.type), slot))
            else:
                lowering.realise(lazy, slot)
        for lazy, slot in late:
            lowering.note = f"state {slot.name}"
            lowering.write(lazy, slot)
    except ExplorableError as error:
        raise error.within(where=where) from None
    return Function(entry.name, tuple(lowering.kernels))


def _one_place(one: Type | None, other: Type) -> bool:
    """Whether two types lie in memory alike: extents that move lie there as their bounds."""
    bounds = None if one is None else (tuple(map(int, one.shape)), one.dtype)
    return bounds == (tuple(map(int, other.shape)), other.dtype)


def _moves(node: Node, known: dict[Value, Lazy]) -> bool:
    """Whether a size moves in what a node takes or gives."""

    def moving(arg: Arg) -> bool:
        if isinstance(arg, tuple):
            return any(map(moving, arg))
        if isinstance(arg, Graph):
            return bool(arg.sizes())
        return isinstance(arg, Value) and known[arg].type.moves

    given = (*node.args, *(arg for _, arg in node.kwargs))
    return any(kind.moves for kind in node.outputs) or moving(given)


def _users(graph: Graph) -> dict[Value, int]:
    """How many nodes and outputs read each value."""
    counts: dict[Value, int] = {}

    def visit(arg: Arg, seen: set[Value]) -> None:
        if isinstance(arg, Value):
            seen.add(arg)
        elif isinstance(arg, tuple):
            for a in arg:
                visit(a, seen)

    readers: list[Arg] = [(*n.args, *(v for _, v in n.kwargs)) for n in graph.nodes]
    for reader in [*readers, *(o.value for o in graph.outputs)]:
        seen: set[Value] = set()
        visit(reader, seen)
        for value in seen:
            counts[value] = counts.get(value, 0) + 1
    return counts
