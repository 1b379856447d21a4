"""A small Graph interpreter in torch: the oracle for the trace alone, without the compiler."""

from __future__ import annotations

import operator
from collections.abc import Mapping

import torch

from explorable.graphs import Arg, Graph, Node, Value
from explorable.trace import tensor_from_bytes
from explorable.trace.draws.random import philox_bits
from explorable.trace.tensors import DTYPE_OF

NUMBERS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floor_divide": operator.floordiv,
    "div": operator.truediv,
    "remainder": operator.mod,
    "pow": operator.pow,
    "neg": operator.neg,
    "maximum": max,
    "minimum": min,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "sqrt": lambda x: x**0.5,
}


def interpret(graph: Graph, inputs: Mapping[str, torch.Tensor | int]) -> dict[str, torch.Tensor]:
    """Runs ``graph`` node by node with torch's own operations and checks every type on the way."""
    known: dict[Value, object] = {}
    for given in graph.inputs:
        value = torch.as_tensor(inputs[given.name])
        assert (
            tuple(value.shape) == given.type.shape and value.dtype == DTYPE_OF[given.type.dtype]
        ), given
        known[Value(given.name)] = value.detach()
    for constant in graph.constants:
        known[Value(constant.name)] = tensor_from_bytes(constant.type, constant.data)
    for node in graph.nodes:
        results = _run(node, known)
        for k, (kind, result) in enumerate(zip(node.outputs, results, strict=True)):
            if isinstance(result, torch.Tensor):
                shown = (tuple(result.shape), result.dtype)
                assert shown == (kind.shape, DTYPE_OF[kind.dtype]), f"{node.op} {shown} {kind}"
            known[Value(node.name, k)] = result
    return {output.name: torch.as_tensor(known[output.value]) for output in graph.outputs}


def _python(value: object) -> object:
    return value.item() if isinstance(value, torch.Tensor) else value


def _run(node: Node, known: Mapping[Value, object]) -> tuple[object, ...]:
    def arg(value: Arg) -> object:
        if isinstance(value, Value):
            return known[value]
        if isinstance(value, tuple):
            return [arg(part) for part in value]
        return value

    args = [arg(a) for a in node.args]
    kind, name = node.op.split(".")[:2]
    if node.op.endswith(".number"):
        if name == "_to_copy":
            number = float if node.outputs[0].dtype == "float64" else int
            return (number(_python(args[0])),)
        return (NUMBERS[name](*map(_python, args)),)
    if node.op == "random.bits":
        seed, step, ordinal, size = args
        return (philox_bits(int(_python(seed)), int(_python(step)), int(_python(ordinal)), size),)
    if kind == "control":
        return _control(name, node, args)
    overload = getattr(getattr(torch.ops.aten, name), node.op.split(".")[2])
    kwargs: dict[str, object] = {}
    for key, value in node.kwargs:
        kwargs[key] = DTYPE_OF[value] if key == "dtype" else arg(value)
    for k, schema in enumerate(overload._schema.arguments[: len(args)]):
        if str(schema.type) == "number" or "Optional[number]" in str(schema.type):
            args[k] = _python(args[k])
        elif schema.name == "dtype" and isinstance(args[k], str):
            args[k] = DTYPE_OF[args[k]]
    if name in ("view", "_unsafe_view"):  # a Graph knows values, not memory
        overload = torch.reshape
    result = overload(*args, **kwargs)
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def _body(body: Graph, values: list[object]) -> list[torch.Tensor]:
    outputs = interpret(body, {given.name: v for given, v in zip(body.inputs, values, strict=True)})
    return [outputs[f"out{k}"] for k in range(len(outputs))]


def _control(name: str, node: Node, args: list) -> tuple[object, ...]:
    if name == "cond":
        chosen, other, yes, no = args[0], args[3], args[1], args[2]
        return tuple(_body(yes if bool(chosen) else no, other))
    if name == "while_loop":
        condition, body, carried, additional = args
        while bool(_body(condition, [*carried, *additional])[0]):
            carried = _body(body, [*carried, *additional])
        return tuple(carried)
    carry, xs, additional, body = args
    rows: list[list[torch.Tensor]] = []
    for k in range(xs[0].shape[0]):
        outputs = _body(body, [*carry, *[x[k] for x in xs], *additional])
        carry = outputs[: len(carry)]
        rows.append(outputs[len(carry) :])
    stacked = [torch.stack(column) for column in zip(*rows, strict=True)]
    return (*carry, *stacked)
