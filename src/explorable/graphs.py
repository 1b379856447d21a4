"""Graph: one traced function as frozen data. Made by trace/, read by compiler/; knows neither torch
nor C."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from .errors import Line
from .sizes import Named, Size, moves, names

DTYPES = (
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "bool",
    "complex64",
    "complex128",
    "float16",
    "bfloat16",
)
ITEM_BYTES = {
    "float32": 4,
    "float64": 8,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "uint8": 1,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
    "float16": 2,
    "bfloat16": 2,
}

MOST_ITERATIONS = 1 << 20
"""A while_loop that has not ended by then is an error, in Python as in the page: no page hangs."""


@dataclass(frozen=True)
class Type:
    """Shape and dtype of one tensor; an extent that moves is a `Size`, and counts as its bound. A
    Python number that moves is 0-dim ``int64``/``float64``."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def size(self) -> int:
        product = 1
        for extent in self.shape:
            product *= extent
        return product

    @property
    def nbytes(self) -> int:
        return self.size * ITEM_BYTES[self.dtype]

    @property
    def moves(self) -> bool:
        """Whether an extent moves."""
        return moves(self.shape)

    @property
    def sizes(self) -> frozenset[Named]:
        """The numbers that the extents follow."""
        moving = (extent.formula for extent in self.shape if isinstance(extent, Size))
        return frozenset[Named]().union(*map(names, moving))

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"


@dataclass(frozen=True)
class Value:
    """Output ``index`` of the node, input or constant called ``name``."""

    name: str
    index: int = 0

    def __str__(self) -> str:
        return f"%{self.name}" + (f".{self.index}" if self.index else "")


Arg: TypeAlias = "Value | Graph | int | float | bool | complex | str | tuple[Arg, ...] | None"
"""An argument of a node. dtypes are their names as str; device, layout and memory format are
dropped; a Graph is the body of ``control.scan``, ``control.while_loop`` or ``control.cond``."""


@dataclass(frozen=True)
class Node:
    """One operation.

    ``op`` is ``aten.<packet>.<overload>`` (e.g. ``aten.add.Tensor``) as torch left it after the two
    passes, or one of ours: ``random.bits`` (seed, step, ordinal, size), ``control.scan``,
    ``aten.<packet>.number`` (what Python does with numbers that move, as numbers of no dimension).
    """

    name: str
    op: str
    args: tuple[Arg, ...]
    kwargs: tuple[tuple[str, Arg], ...]
    outputs: tuple[Type, ...]
    line: Line | None = None


@dataclass(frozen=True)
class Input:
    """A named input. Equal names in several graphs of one module are one place in memory (slot)."""

    name: str
    type: Type


@dataclass(frozen=True)
class Constant:
    """A closed-over tensor: C-contiguous little-endian bytes, complex interleaved, bool a byte."""

    name: str
    type: Type
    data: bytes = field(repr=False)
    label: str = ""
    """What the author calls it, e.g. ``net.0.weight``."""


@dataclass(frozen=True)
class Output:
    """A named result. A name that is also an input is state: the input is overwritten in place."""

    name: str
    value: Value


@dataclass(frozen=True)
class Graph:
    """Typed nodes in order, inputs, constants, outputs."""

    inputs: tuple[Input, ...]
    constants: tuple[Constant, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Output, ...]

    def types(self) -> dict[Value, Type]:
        """The type of every value of this graph (not of nested graphs)."""
        known: dict[Value, Type] = {Value(i.name): i.type for i in self.inputs}
        known |= {Value(c.name): c.type for c in self.constants}
        for node in self.nodes:
            known |= {Value(node.name, k): t for k, t in enumerate(node.outputs)}
        return known

    def sizes(self) -> frozenset[Named]:
        """The numbers that extents in this graph follow: names of 0-dim int64 inputs."""
        kinds = [i.type for i in self.inputs]
        kinds += [kind for node in self.nodes for kind in node.outputs]
        return frozenset[Named]().union(*(kind.sizes for kind in kinds))

    def __str__(self) -> str:
        lines = [f"input  %{i.name}: {i.type}" for i in self.inputs]
        lines += [f"const  %{c.name}: {c.type}" for c in self.constants]
        for node in self.nodes:
            types = ", ".join(map(str, node.outputs))
            shown = [_show(a) for a in node.args] + [f"{k}={_show(v)}" for k, v in node.kwargs]
            where = f"  # {node.line}" if node.line else ""
            lines.append(f"%{node.name}: {types} = {node.op}({', '.join(shown)}){where}")
        lines += [f"output {o.name} = {o.value}" for o in self.outputs]
        return "\n".join(lines)


def _show(arg: Arg) -> str:
    if isinstance(arg, tuple):
        return "(" + ", ".join(map(_show, arg)) + ")"
    if isinstance(arg, Graph):
        return "{\n" + "\n".join("  " + row for row in str(arg).splitlines()) + "\n}"
    if isinstance(arg, str):
        return repr(arg)
    return str(arg)
