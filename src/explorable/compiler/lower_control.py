"""Loops and branches: scan, while_loop and cond become C control flow around the kernels of their
bodies. Carries live in one buffer each, copied at the end of an iteration."""

from __future__ import annotations

from ..errors import ExplorableError
from ..graphs import MOST_ITERATIONS, Arg, Graph
from . import index as ix
from .index import Aff, Var
from .lazy import Index, Lazy
from .lower import Call, Lowering, lowering
from .program import Branch, Buffer, Kernel, Repeat


def _graph(arg: Arg) -> Graph:
    if not isinstance(arg, Graph):
        raise ExplorableError("compiler", "the body of a loop is missing")
    return arg


def _lazies(call: Call, arg: Arg) -> list[Lazy]:
    """The tensors of a tuple argument, stored, so that a body never stores one of the caller's."""
    found: list[Lazy] = []
    for item in arg if isinstance(arg, tuple) else ():
        lazy = call.resolve(item)
        if lazy is None:
            raise ExplorableError("compiler", "a loop over None")
        cost, heavy = lazy.probe()
        if heavy or cost > 1:
            call.lowering.realise(lazy)
        found.append(_fenced(call, lazy))
    return found


def _fenced(call: Call, lazy: Lazy) -> Lazy:
    """The same tensor without its history: what a body stores of it is the body's own."""
    return Lazy(call.exprs, lazy.shape, lazy.dtype, lambda i: lazy.at(i), number=lazy.number)


def _body(call: Call, graph: Graph, inputs: list[Lazy]) -> tuple[Lowering, list[Lazy]]:
    """Lower a body beside the caller's kernels: its kernels and its outputs."""
    inner = call.lowering.child()
    known = inner.lower(graph, inputs)
    inner.note = call.lowering.note
    return inner, [known[o.value] for o in graph.outputs]


def _carries(call: Call, initial: list[Lazy]) -> list[Buffer]:
    """One buffer per carry, holding its first value."""
    buffers: list[Buffer] = []
    for lazy in initial:
        buffer = call.lowering.temp(lazy.size * lazy.planes, lazy.item)
        call.lowering.write(lazy, buffer)
        buffers.append(buffer)
    return buffers


def _advance(inner: Lowering, carries: list[Buffer], results: list[Lazy]) -> None:
    """All new carries are computed before the first old one is overwritten."""
    held: list[tuple[Lazy, Buffer]] = []
    for carry, lazy in zip(carries, results, strict=True):
        if lazy.storage is carry:
            continue
        if lazy.storage is not None and lazy.storage not in carries:
            held.append((lazy, carry))
            continue
        fresh = inner.temp(lazy.size * lazy.planes, lazy.item)
        inner.write(lazy, fresh)
        held.append((inner.stored(fresh, lazy.type), carry))
    for lazy, carry in held:
        inner.write(lazy, carry)


@lowering("control.scan")
def _scan(call: Call) -> tuple[Lazy, ...]:
    initial, stacked = _lazies(call, call.arg(0)), _lazies(call, call.arg(1))
    more, graph = _lazies(call, call.arg(2)), _graph(call.arg(3))
    outputs = call.node.outputs
    carries = _carries(call, initial)
    count = stacked[0].shape[0] if stacked else outputs[-1].shape[0]
    step = call.exprs.var(count)
    inputs = [call.lowering.stored(c, x.type) for c, x in zip(carries, initial, strict=True)]
    inputs += [_slice(call, x, step) for x in stacked]
    inner, results = _body(call, graph, [*inputs, *more])
    ys: list[Lazy] = []
    for lazy, kind in zip(results[len(carries) :], outputs[len(carries) :], strict=True):
        buffer = call.lowering.temp(kind.size * lazy.planes, lazy.item)

        def at(i: Index, shape: tuple[int, ...] = kind.shape) -> Aff:
            return ix.flatten((ix.of(step), *i), shape)

        inner.write(lazy, buffer, at)
        ys.append(call.lowering.stored(buffer, kind))
    _advance(inner, carries, results[: len(carries)])
    call.lowering.kernels.append(
        Repeat(step, tuple(inner.kernels), "scan", line=call.lowering.line)
    )
    kinds = zip(carries, outputs, strict=False)
    return (*(call.lowering.stored(c, kind) for c, kind in kinds), *ys)


def _slice(call: Call, x: Lazy, step: Var) -> Lazy:
    return Lazy(call.exprs, x.shape[1:], x.dtype, lambda i: x.at((ix.of(step), *i)))


@lowering("control.while_loop")
def _while_loop(call: Call) -> tuple[Lazy, ...]:
    test, body = _graph(call.arg(0)), _graph(call.arg(1))
    initial, more = _lazies(call, call.arg(2)), _lazies(call, call.arg(3, default=()))
    carries = _carries(call, initial)
    inputs = [call.lowering.stored(c, x.type) for c, x in zip(carries, initial, strict=True)]
    inner_test, (going,) = _body(call, test, [*inputs, *more])
    condition = call.lowering.temp(1, "bool")
    inner_test.write(going, condition)
    inner, results = _body(call, body, [*inputs, *more])
    _advance(inner, carries, results)
    call.lowering.kernels.append(
        Repeat(
            call.exprs.var(MOST_ITERATIONS),
            tuple(inner.kernels),
            "while_loop",
            tuple(inner_test.kernels),
            condition,
            call.lowering.line,
        )
    )
    return tuple(
        call.lowering.stored(c, kind) for c, kind in zip(carries, call.node.outputs, strict=True)
    )


@lowering("control.cond")
def _cond(call: Call) -> tuple[Lazy, ...]:
    choice = call.tensor(0)
    condition = call.lowering.temp(1, "bool")
    call.lowering.write(choice, condition)
    operands = call.arg(3, default=())
    results = [
        call.lowering.temp(k.size * (2 if k.dtype.startswith("complex") else 1), _item(call, n))
        for n, k in enumerate(call.node.outputs)
    ]
    arms: list[tuple[Kernel, ...]] = []
    for position in (1, 2):
        inner, outputs = _body(call, _graph(call.arg(position)), _lazies(call, operands))
        for lazy, buffer in zip(outputs, results, strict=True):
            inner.write(lazy, buffer)
        arms.append(tuple(inner.kernels))
    call.lowering.kernels.append(Branch(condition, arms[0], arms[1], "cond", call.lowering.line))
    return tuple(
        call.lowering.stored(b, k) for b, k in zip(results, call.node.outputs, strict=True)
    )


def _item(call: Call, output: int) -> str:
    return call.lowering.lazy(call.node.outputs[output], lambda i: ()).item
