"""float16 and bfloat16: a Graph -> a Graph that computes in float32 and rounds after every
operation, as torch does on a CPU. Slots and constants of these dtypes become float32."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import ExplorableError
from ..graphs import Arg, Constant, Graph, Node, Type, Value
from .lazy import Lazy
from .lower import Call, lowering
from .lower_pointwise import pointwise

ROUND = {"float16": "half.float16", "bfloat16": "half.bfloat16"}
EXACT = frozenset(
    "view reshape permute expand squeeze unsqueeze slice select as_strided t transpose unfold "
    "diagonal alias split split_with_sizes unbind flip cat stack where gather index index_select "
    "clone detach abs neg max min amax amin maximum minimum sort relu clamp masked_fill "
    "slice_scatter select_scatter copy sign".split()
)
"""Operations that give numbers they were given, or their opposites: nothing to round."""
BITS = ("aten.nextafter.default", "aten.frexp.Tensor")


ROUNDED_NUMBERS = ("add", "sub", "rsub", "pow")
"""Where torch rounds a Python number as well; it multiplies and divides by the number as it is."""


@dataclass
class _Widening:
    """One graph on its way: what stands for each rounded value."""

    taken: set[str]
    nodes: list[Node] = field(default_factory=list)
    rounded: dict[Value, Value] = field(default_factory=dict)

    def arg(self, value: Arg) -> Arg:
        match value:
            case Value():
                return self.rounded.get(value, value)
            case tuple():
                return tuple(self.arg(part) for part in value)
            case Graph():
                return in_float32(value)
            case "float16" | "bfloat16":
                return "float32"
            case _:
                return value

    def node(self, node: Node) -> None:
        halves = {k: t.dtype for k, t in enumerate(node.outputs) if t.dtype in ROUND}
        if halves and node.op in BITS:
            fact = f"'{node.op}' reads the bits of {halves.popitem()[1]}"
            fix = "the page computes it in float32 and rounds; convert with .float() first"
            raise ExplorableError("compiler", fact, line=node.line, fix=fix)
        outputs = tuple(map(_wide, node.outputs))
        if halves and node.op.split(".")[1] in ROUNDED_NUMBERS:
            node = _with_rounded_numbers(node, halves[0])
        kwargs = tuple((key, self.arg(value)) for key, value in node.kwargs)
        args = tuple(map(self.arg, node.args))
        self.nodes.append(replace(node, args=args, kwargs=kwargs, outputs=outputs))
        if node.op.split(".")[1] in EXACT:
            return
        for k, dtype in halves.items():
            name = f"{node.name}_rounded"
            while name in self.taken:
                name += "_"
            self.taken.add(name)
            given = Value(node.name, k)
            self.nodes.append(Node(name, ROUND[dtype], (given,), (), (outputs[k],), node.line))
            self.rounded[given] = Value(name)


def in_float32(graph: Graph) -> Graph:
    """``graph`` without float16 and bfloat16; the same object where it has none."""
    if not _has_halves(graph):
        return graph
    widening = _Widening({node.name for node in graph.nodes})
    for node in graph.nodes:
        widening.node(node)
    rounded: Mapping[Value, Value] = widening.rounded
    return Graph(
        inputs=tuple(replace(i, type=_wide(i.type)) for i in graph.inputs),
        constants=tuple(map(_wide_constant, graph.constants)),
        nodes=tuple(widening.nodes),
        outputs=tuple(replace(o, value=rounded.get(o.value, o.value)) for o in graph.outputs),
    )


def _with_rounded_numbers(node: Node, dtype: str) -> Node:
    def rounded(arg: Arg) -> Arg:
        if not isinstance(arg, float):
            return arg
        wide = np.float32(arg).reshape(1)
        if dtype == "float16":
            return float(wide.astype(np.float16)[0])
        bits = wide.view(np.uint32)
        even = (bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)
        return float(even.astype(np.uint32).view(np.float32)[0])

    kwargs = tuple((key, rounded(value)) for key, value in node.kwargs)
    return replace(node, args=tuple(map(rounded, node.args)), kwargs=kwargs)


def _has_halves(graph: Graph) -> bool:
    kinds = [i.type for i in (*graph.inputs, *graph.constants)]
    kinds += [kind for node in graph.nodes for kind in node.outputs]
    bodies = [arg for node in graph.nodes for arg in node.args if isinstance(arg, Graph)]
    return any(kind.dtype in ROUND for kind in kinds) or any(map(_has_halves, bodies))


def _wide(kind: Type) -> Type:
    return replace(kind, dtype="float32") if kind.dtype in ROUND else kind


def _wide_constant(constant: Constant) -> Constant:
    if constant.type.dtype == "float16":
        data = np.frombuffer(constant.data, np.float16).astype(np.float32).tobytes()
    elif constant.type.dtype == "bfloat16":
        bits = np.frombuffer(constant.data, np.uint16).astype(np.uint32) << 16
        data = bits.tobytes()
    else:
        return constant
    return replace(constant, type=_wide(constant.type), data=data)


@lowering(*ROUND.values())
def _round(call: Call) -> Lazy:
    name = call.node.op.split(".")[1]
    return pointwise(
        call, [call.tensor(0)], "float32", lambda math, a: (math.op(f"to_{name}", a[0][0]),)
    )
