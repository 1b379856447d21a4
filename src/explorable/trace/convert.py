"""torch.fx graph -> Graph: the last step of a trace. Drops bookkeeping, types what remains."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import fx
from torch.fx.experimental.symbolic_shapes import free_unbacked_symbols

from ..errors import ExplorableError, Line
from ..graphs import Arg, Constant, Graph, Input, Node, Output, Type, Value
from .constants import Capture
from .tensors import dtype_name, tensor_bytes, tensor_type
from .watches.mistakes import counted

LINE = "explorable_line"
"""Key of a node's Line in ``fx.Node.meta``."""

SAME_VALUE = {
    "aten.alias.default",
    "aten.clone.default",
    "aten.detach.default",
    "aten.detach_.default",
    "aten.detach_copy.default",
    "aten.lift_fresh_copy.default",
    "aten.lift_fresh.default",
    "prims.copy_strided.default",
}
"""Operations that only matter where memory is shared; after functionalisation they are their
argument."""

DROPPED_KEYWORDS = {"device", "layout", "pin_memory", "memory_format", "generator", "non_blocking"}

SCALAR_NAMES: dict[Any, str] = {  # Any: operators and torch's sym functions share no type
    operator.floordiv: "floor_divide",
    operator.truediv: "div",
    operator.mod: "remainder",
    operator.and_: "bitwise_and",
    operator.or_: "bitwise_or",
    operator.xor: "bitwise_xor",
    operator.lshift: "bitwise_left_shift",
    operator.rshift: "bitwise_right_shift",
    operator.not_: "logical_not",
    round: "round",
    torch.sym_float: "_to_copy",
    torch.sym_int: "_to_copy",
    torch.sym_max: "maximum",
    torch.sym_min: "minimum",
    torch.sym_not: "logical_not",
    torch.sym_ite: "where",
}

COMPARISONS = {f"aten.{name}.Scalar" for name in ("eq", "ne", "lt", "le", "gt", "ge")}


def number_type(value: object) -> Type:
    """The type of a Python number that moves."""
    if isinstance(value, (torch.SymBool, bool)):
        return Type((), "bool")
    return Type((), "float64" if isinstance(value, (torch.SymFloat, float)) else "int64")


TypeOf = Callable[[torch.Tensor], Type]


def value_types(
    value: object, name: str, line: Line | None, type_of: TypeOf = tensor_type
) -> tuple[Type, ...]:
    """Types of a node's outputs from its ``meta['val']``; a missing output has no elements."""
    if isinstance(value, torch.Tensor):
        for extent in value.shape:
            # A moving extent is a SymInt, whatever torch's types say.
            if not isinstance(extent, int) and free_unbacked_symbols(extent):  # pyright: ignore
                raise counted(name, line)
        if value.layout is not torch.strided:
            fix = "use an ordinary tensor with zeros in it (to_dense, before the figure)"
            raise ExplorableError("trace", f"'{name}' gives a sparse tensor", line=line, fix=fix)
        return (type_of(value),)
    if isinstance(value, (tuple, list)):
        several: list[Type] = []
        for part in cast(Sequence[object], value):
            several += value_types(part, name, line, type_of)
        return tuple(several)
    if value is None:
        return (Type((0,), "float32"),)
    return (number_type(value),)


def _is_plain(tensor: object) -> bool:
    """Whether an fx value lies in memory as its values do in a Graph: contiguous from the start."""
    value = tensor.meta["val"] if isinstance(tensor, fx.Node) else tensor
    return isinstance(value, torch.Tensor) and value.is_contiguous() and not value.storage_offset()


def _shows_all(strided: fx.Node) -> bool:
    """Whether all that an ``as_strided`` reads is in the tensor that it is asked of, where a Graph
    has it."""
    given = strided.args[0]
    if not _is_plain(given):
        return False
    size, stride, *rest = cast("tuple[Any, ...]", strided.args[1:])
    if 0 in size:
        return True
    last = sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    return bool(
        last + (rest[0] if rest and rest[0] else 0) < cast(fx.Node, given).meta["val"].numel()
    )


def scalar_name(target: object) -> str | None:
    """The operation on tensors that does what Python does with numbers that move; None: there is
    none."""
    if target in SCALAR_NAMES:
        return SCALAR_NAMES[target]
    module = getattr(target, "__module__", "")
    if module in ("_operator", "operator", "math", "torch") and callable(target):
        return str(getattr(target, "__name__", "")).removeprefix("_sym_").removeprefix("sym_")
    return None


def writes(node: fx.Node) -> bool:
    """Whether an operation changes one of its arguments."""
    return isinstance(node.target, torch._ops.OpOverload) and node.target._schema.is_mutable


class Converter:
    """Turns one fx graph into a Graph; nested bodies get a Converter of their own."""

    def __init__(self, module: fx.GraphModule, type_of: TypeOf) -> None:
        self.module, self.type_of = module, type_of
        self.values: dict[fx.Node, Arg] = {}
        self.nodes: list[Node] = []
        self.counts: dict[str, int] = {}

    def fresh(self, wanted: str) -> str:
        """A name not used before in this graph."""
        count = self.counts.get(wanted, 0)
        self.counts[wanted] = count + 1
        name = f"{wanted}_{count}" if count else wanted
        return self.fresh(wanted) if count and name in self.counts else name

    def arg(self, value: object) -> Arg:
        """An argument of an fx node as an Arg."""
        if isinstance(value, fx.Node):
            return self.values[value]
        if isinstance(value, (tuple, list)):
            return tuple(self.arg(part) for part in cast(Sequence[object], value))
        if isinstance(value, torch.dtype):
            return dtype_name(value)
        if isinstance(value, (torch.device, torch.layout, torch.memory_format)):
            return None
        if value is None or isinstance(value, (bool, int, float, complex, str)):
            return value
        if isinstance(value, torch.SymInt):
            return int(value)
        if isinstance(value, torch.SymFloat):
            return float(value)
        raise ExplorableError("trace", f"an argument of type {type(value).__name__} in the graph")

    def emit(
        self,
        op: str,
        args: Sequence[Arg],
        outputs: tuple[Type, ...],
        line: Line | None,
        kwargs: tuple[tuple[str, Arg], ...] = (),
    ) -> Value:
        """Appends a node and gives its first output."""
        name = self.fresh(op.split(".")[1])
        self.nodes.append(Node(name, op, tuple(args), kwargs, outputs, line))
        return Value(name)

    def call(self, node: fx.Node) -> None:
        """One ``call_function`` node."""
        target, line = node.target, cast("Line | None", node.meta.get(LINE))
        if target is operator.getitem:
            source, index = node.args
            of = self.values[cast(fx.Node, source)]
            if isinstance(of, tuple):
                self.values[node] = of[cast(int, index)]
            else:
                self.values[node] = Value(cast(Value, of).name, cast(int, index))
            return
        op = str(target)
        if isinstance(target, torch._ops.HigherOrderOperator):
            self.control(node, target.name(), line)
            return
        if isinstance(target, torch._ops.OpOverload):
            if op in SAME_VALUE:
                self.values[node] = self.arg(node.args[0])
                return
            if op.startswith("explorable.bits."):
                op = "random.bits"
            if op.startswith("aten.as_strided") and not _shows_all(node):
                raise ExplorableError(
                    "trace",
                    "as_strided of a view reads memory that the view does not show",
                    line=line,
                    fix="call .clone() on the view first, or index with slices and unfold",
                )
        else:
            name = scalar_name(target)
            if name is None or (target is round and node.args[1:] not in ((), (None,))):
                called = getattr(target, "__name__", str(target)).removeprefix("sym_")
                fact = f"python's {called} of a number that moves has no form in the page"
                fix = f"use torch.{called} of a tensor, without .item(); torch.tensor(n) makes one"
                raise ExplorableError("trace", fact, line=line, fix=fix)
            op = f"aten.{name}.number"
        args = [self.arg(value) for value in (node.args[:1] if target is round else node.args)]
        if op in COMPARISONS:
            args[1] = self.comparable(node, args[1], line)
        kwargs = tuple(
            (key, self.arg(value))
            for key, value in node.kwargs.items()
            if key not in DROPPED_KEYWORDS and value is not None
        )
        outputs = value_types(node.meta.get("val"), op, line, self.type_of)
        self.values[node] = self.emit(op, args, outputs, line, kwargs)

    def comparable(self, node: fx.Node, scalar: Arg, line: Line | None) -> Arg:
        """A Python number compared with a tensor takes the tensor's dtype (torch's weak promotion),
        which a 0-dim tensor of float64 would not."""
        tensor, number = cast(fx.Node, node.args[0]), node.args[1]
        if not isinstance(scalar, Value) or not isinstance(number, fx.Node):
            return scalar
        moving = number.meta.get("val")
        example = 1.0 if isinstance(moving, torch.SymFloat) else 1
        wanted = Type((), dtype_name(torch.result_type(tensor.meta["val"], example)))
        if wanted == number_type(moving):
            return scalar
        return self.emit(
            "aten._to_copy.default", (scalar,), (wanted,), line, (("dtype", wanted.dtype),)
        )

    def control(self, node: fx.Node, name: str, line: Line | None) -> None:
        """A loop or a branch: its bodies become Graphs."""
        args: list[Arg] = []
        for value in node.args:
            if isinstance(value, fx.Node) and value.op == "get_attr":
                body = getattr(self.module, str(value.target))
                args.append(convert_body(cast(fx.GraphModule, body), self.type_of))
            else:
                args.append(self.arg(value))
        outputs = value_types(node.meta.get("val"), name, line, self.type_of)
        if name == "scan":
            body, init, xs, additional = args
            emitted = self.emit("control.scan", (init, xs, additional, body), outputs, line)
        elif name in ("cond", "while_loop"):
            emitted = self.emit(f"control.{name}", args, outputs, line)
        else:
            raise ExplorableError("trace", f"'{name}' in the graph", line=line)
        self.values[node] = emitted


def convert_body(module: fx.GraphModule, type_of: TypeOf = tensor_type) -> Graph:
    """The body of a loop or branch: inputs ``in0``..., outputs ``out0``... in order."""
    names = iter(f"in{k}" for k in range(10_000))
    inputs: dict[fx.Node, Input] = {}
    for node in module.graph.find_nodes(op="placeholder"):
        (kind,) = value_types(node.meta["val"], node.name, None, type_of)
        inputs[node] = Input(next(names), kind)
    return convert(module, inputs, {}, lambda k: f"out{k}", type_of)


def convert(
    module: fx.GraphModule,
    inputs: dict[fx.Node, Input],
    constants: dict[fx.Node, Capture],
    output_name: Callable[[int], str],
    type_of: TypeOf = tensor_type,
) -> Graph:
    """The Graph of ``module``, whose placeholders are all in ``inputs`` or ``constants``."""
    converter = Converter(module, type_of)
    for node, given in inputs.items():
        converter.counts[given.name] = 1
        converter.values[node] = Value(given.name)
    made: list[Constant] = []
    for node, captured in constants.items():
        name = converter.fresh("constant")
        kind, data = tensor_bytes(captured.tensor)
        made.append(Constant(name, kind, data, captured.label))
        converter.values[node] = Value(name)
    outputs: list[Output] = []
    for node in module.graph.nodes:
        if node.op == "call_function":
            converter.call(node)
        elif node.op == "get_attr" and isinstance(getattr(module, node.target), torch.Tensor):
            # A literal inside a decomposition of torch's.
            name = converter.fresh("constant")
            made.append(Constant(name, *tensor_bytes(getattr(module, node.target))))
            converter.values[node] = Value(name)
        elif node.op == "output":
            returned = node.args[0]
            results = cast(
                Sequence[object], returned if isinstance(returned, (tuple, list)) else (returned,)
            )
            for k, result in enumerate(results):
                value = converter.arg(result)
                if not isinstance(value, Value):
                    raise ExplorableError("trace", f"output {k} is no tensor")
                outputs.append(Output(output_name(k), value))
    used = _used(converter.nodes, outputs)
    return Graph(
        inputs=tuple(inputs.values()),
        constants=tuple(constant for constant in made if constant.name in used),
        nodes=tuple(converter.nodes),
        outputs=tuple(outputs),
    )


def _used(nodes: list[Node], outputs: list[Output]) -> set[str]:
    found = {output.value.name for output in outputs}

    def visit(arg: Arg) -> None:
        if isinstance(arg, Value):
            found.add(arg.name)
        elif isinstance(arg, tuple):
            for part in arg:
                visit(part)

    for node in nodes:
        visit(node.args)
        visit(tuple(value for _, value in node.kwargs))
    return found
