"""torch's scan, cond and while_loop inside figures. Their public wrappers compile with dynamo,
which survives neither our modes nor autograd; here the same functions run as plain Python eagerly,
and as one node in a trace: the body is traced once, and what it closes over becomes additional
inputs.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast
from unittest import mock

import torch
from torch import fx
from torch._C import _functorch  # pyright: ignore[reportAttributeAccessIssue] compiled, unlisted
from torch._higher_order_ops import utils as higher_order
from torch._higher_order_ops.cond import cond_op
from torch._higher_order_ops.scan import scan_op
from torch._higher_order_ops.while_loop import while_loop_op
from torch.fx.experimental import proxy_tensor
from torch.utils import _pytree as pytree

from ..errors import ExplorableError
from ..graphs import MOST_ITERATIONS
from .lines import current_line
from .tensors import tensor_type
from .watches.hooks import LineInterpreter

Flat = Sequence[torch.Tensor]
Function = Callable[..., Any]  # Any: pytrees of the author's


class Draws(Protocol):
    """What a loop needs of the random stream: see ``random.Stream``."""

    restarts: int
    ordinal: int
    start: torch.Tensor | None


@contextmanager
def own_loops(current_stream: Callable[[], Draws | None]) -> Generator[None]:
    """Inside, torch's control flow needs no dynamo."""

    def run(fn: Function, args: tuple[Any, ...], kwargs: object = None) -> Any:
        traced = proxy_tensor._CURRENT_MAKE_FX_TRACER is not None
        if fn.__name__ == "run_flattened_scan":
            combine, initial, xs = args
            if traced and not _transformed():
                return _traced_scan(combine, initial, xs, current_stream())
            return _eager_scan(combine, initial, xs)
        if fn.__name__ == "_cond_op_wrapper":
            chosen, yes, no, operands = args
            if traced and not _transformed("cond"):
                return _traced_cond(chosen, yes, no, operands, current_stream())
            return yes(*operands) if bool(chosen) else no(*operands)
        if fn.__name__ == "_while_loop_op_wrapper":
            condition, body, carried, _ = args
            if traced and not _transformed("while_loop"):
                return _traced_while(condition, body, carried, current_stream())
            return _eager_while(condition, body, carried)
        if fn.__name__ == "run_flattened_map":
            function, xs, others = args
            zero = [torch.zeros(())]
            combine = _mapping(fn, function, others)
            if traced and not _transformed():
                return _traced_scan(combine, zero, xs, current_stream())[1]
            return _eager_scan(combine, zero, xs)[1]
        # associative_scan is plain torch code underneath.
        return fn(*args)

    with mock.patch.object(higher_order, "_hop_compile_and_call", run):
        yield


def _transformed(name: str = "") -> bool:
    """Inside torch.func.grad or vmap, which no loop of torch's supports: scan is written out
    there, and what depends on values is an error."""
    inside = _functorch.peek_interpreter_stack() is not None
    if inside and name:
        raise ExplorableError(
            "trace",
            f"{name} inside torch.func.grad or torch.vmap",
            line=current_line(),
            fix=f"use torch.autograd.grad around {name}, or torch.where",
        )
    return inside


def _mapping(fn: Function, function: Function, others: Flat) -> Function:
    """map as a scan whose carry says nothing; torch's closure knows the structures."""
    structures = inspect.getclosurevars(fn).nonlocals
    more = pytree.tree_unflatten(list(others), structures["args_spec"])

    def combine(carry: torch.Tensor, *leaves: torch.Tensor) -> Any:
        return [carry], function(pytree.tree_unflatten(list(leaves), structures["xs_spec"]), *more)

    return combine


def _eager_scan(combine: Function, initial: Flat, xs: Flat) -> tuple[Any, Any]:
    carry: Any = None
    leaves, rows, spec = list(initial), [], None
    for k in range(xs[0].shape[0]):
        carry, row = combine(*leaves, *(x[k] for x in xs))
        leaves = pytree.tree_leaves(carry)
        flat, spec = pytree.tree_flatten(row)
        rows.append(flat)
    stacked = [torch.stack(column) for column in zip(*rows, strict=True)]
    assert spec is not None  # torch refuses a scan over nothing
    return carry, pytree.tree_unflatten(stacked, spec)


def _eager_while(condition: Function, body: Function, carried: Flat) -> Any:
    values: Any = tuple(carried)
    for _ in range(MOST_ITERATIONS + 1):
        if not bool(condition(*pytree.tree_leaves(values))):
            return values
        values = body(*pytree.tree_leaves(values))
    raise ExplorableError(
        "trace",
        f"a while_loop has not ended after {MOST_ITERATIONS:,} iterations",
        line=current_line(),
        fix="count the steps in a carry, and ask for fewer in the condition",
    )


def _like(tensor: torch.Tensor) -> torch.Tensor:
    return torch.empty(tensor.shape, dtype=tensor.dtype)


def _body(function: Function, samples: Flat) -> tuple[fx.GraphModule, list[torch.Tensor], Any]:
    """The function's graph on ``samples``, the outer tensors it closes over as further
    placeholders, and the structure of its result."""
    tracer = proxy_tensor._CURRENT_MAKE_FX_TRACER
    assert tracer is not None
    spec: list[Any] = []

    def flat(*leaves: torch.Tensor) -> tuple[torch.Tensor, ...]:
        values, structure = pytree.tree_flatten(function(*leaves))
        spec.append(structure)
        # A result that is also an input or another result would share their memory.
        return tuple(torch.as_tensor(value).clone() for value in values)

    with proxy_tensor.disable_proxy_modes_tracing():
        module = tracer.trace_subgraph(flat, *map(_like, samples))
    graph, outer = module.graph, list[torch.Tensor]()
    last = graph.find_nodes(op="placeholder")[-1]
    lifted: dict[int, fx.Node] = {}
    for node in list(graph.find_nodes(op="get_attr")):
        tensor = getattr(module, str(node.target))
        if not isinstance(tensor, torch.Tensor):
            continue
        if id(tensor) not in lifted:
            with graph.inserting_after(last):
                last = lifted[id(tensor)] = graph.placeholder(f"outer_{len(outer)}")
            outer.append(tensor)
        node.replace_all_uses_with(lifted[id(tensor)])
        graph.erase_node(node)
    module.recompile()
    return module, outer, spec[-1]


def _apart(tensors: Flat) -> list[torch.Tensor]:
    """Copies: torch refuses a loop two of whose inputs share memory. A Graph knows no copies."""
    return [tensor.clone() for tensor in tensors]


def _first_of(xs: Flat) -> list[torch.Tensor]:
    with proxy_tensor.disable_proxy_modes_tracing():
        return [torch.empty(x.shape[1:], dtype=x.dtype) for x in xs]


def _traced_scan(
    combine: Function, initial: Flat, xs: Flat, stream: Draws | None
) -> tuple[Any, Any]:
    count = xs[0].shape[0]
    with proxy_tensor.disable_proxy_modes_tracing():
        start = torch.empty((), dtype=torch.int64)

    def with_draws(*leaves: torch.Tensor) -> Any:
        if stream is not None:
            stream.start, stream.ordinal = leaves[-1], 0
        return combine(*leaves[:-1])

    before = (stream.restarts, stream.start, stream.ordinal) if stream is not None else None
    module, outer, spec = _body(with_draws, [*initial, *_first_of(xs), start])
    drawn = 0
    if stream is not None and before is not None:
        drawn = stream.ordinal
        if stream.restarts != before[0]:
            raise _seeds_again("scan")
        stream.start, stream.ordinal = before[1], before[2]
    if drawn and stream is not None:
        # Draw k of iteration i has the ordinal that the loop written out would have.
        first = stream.ordinal if stream.start is None else stream.start + stream.ordinal
        xs = [*xs, first + drawn * torch.arange(count)]
        stream.ordinal += drawn * count
    else:
        placeholders = module.graph.find_nodes(op="placeholder")
        module.graph.erase_node(placeholders[len(initial) + len(xs)])
        module.recompile()
    _check_carry("scan", initial, module)
    results = scan_op(
        LineInterpreter(module).run, _apart(initial), _apart(xs), tuple(_apart(outer))
    )
    carry_spec, row_spec = spec.children()
    size = len(initial)
    carry = pytree.tree_unflatten(list(results[:size]), carry_spec)
    return carry, pytree.tree_unflatten(list(results[size:]), row_spec)


def _check_carry(name: str, initial: Flat, module: fx.GraphModule) -> None:
    (results,) = next(iter(module.graph.find_nodes(op="output"))).args
    for k, (tensor, node) in enumerate(zip(initial, results, strict=False)):
        then = tensor_type(node.meta["val"])
        if then != tensor_type(tensor):
            raise ExplorableError(
                "trace",
                f"the carry of {name} changes: number {k} is {tensor_type(tensor)}, then {then}",
                line=current_line(),
                fix="give the first carry the shape and dtype that the body returns",
            )


def _seeds_again(name: str) -> ExplorableError:
    return ExplorableError(
        "trace",
        f"torch.manual_seed in the body of {name}",
        line=current_line(),
        fix=f"call it before {name}",
    )


def _drawless(
    name: str, stream: Draws | None, function: Function, samples: Flat
) -> tuple[fx.GraphModule, list[torch.Tensor], Any]:
    before = (stream.restarts, stream.ordinal) if stream is not None else None
    traced = _body(function, samples)
    if stream is not None and before is not None and stream.restarts != before[0]:
        raise _seeds_again(name)
    if stream is not None and before is not None and stream.ordinal != before[1]:
        # How many numbers were drawn would depend on what the reader does.
        raise ExplorableError(
            "trace",
            f"random numbers are drawn in the body of {name}",
            line=current_line(),
            fix=f"draw them before {name}, or use scan",
        )
    return traced


def _merged(
    first: tuple[fx.GraphModule, list[torch.Tensor]],
    second: tuple[fx.GraphModule, list[torch.Tensor]],
    own: int,
) -> list[torch.Tensor]:
    """Gives two bodies one list of outer tensors."""
    outer = list({id(tensor): tensor for tensor in [*first[1], *second[1]]}.values())
    for module, closed in (first, second):
        placeholders = module.graph.find_nodes(op="placeholder")
        old = dict(zip(map(id, closed), placeholders[own:], strict=True))
        last = placeholders[own - 1] if own else None
        for k, tensor in enumerate(outer):
            head = next(iter(module.graph.nodes))
            where = (
                module.graph.inserting_after(last) if last else module.graph.inserting_before(head)
            )
            with where:
                last = module.graph.placeholder(f"shared_{k}")
            if id(tensor) in old:
                last.meta.update(old[id(tensor)].meta)
                old[id(tensor)].replace_all_uses_with(last)
                module.graph.erase_node(old[id(tensor)])
        module.recompile()
    return outer


def _traced_cond(
    chosen: Any, yes: Function, no: Function, operands: Any, stream: Draws | None
) -> Any:  # Any: Tensor or SymBool, pytrees
    leaves, spec = pytree.tree_flatten(operands)

    def flat(function: Function) -> Function:
        return lambda *given: function(*pytree.tree_unflatten(list(given[:-1]), spec))

    if not isinstance(chosen, torch.Tensor):
        chosen = torch.scalar_tensor(chosen, dtype=torch.bool)
    # An unused first sample, so that a branch without operands has a placeholder too.
    samples = [*leaves, chosen]
    first, outer_yes, result = _drawless("cond", stream, flat(yes), samples)
    second, outer_no, other = _drawless("cond", stream, flat(no), samples)
    if result != other or _types(first) != _types(second):
        raise ExplorableError(
            "trace",
            "the branches of cond give different structures, shapes or dtypes",
            line=current_line(),
            fix="make both branches give tensors of the same shape and dtype",
        )
    outer = _merged((first, outer_yes), (second, outer_no), len(samples))
    results = cond_op(
        chosen,
        LineInterpreter(first).run,
        LineInterpreter(second).run,
        tuple(_apart([*samples, *outer])),
    )
    return pytree.tree_unflatten(list(results), result)


def _types(module: fx.GraphModule) -> list[object]:
    (results,) = next(iter(module.graph.find_nodes(op="output"))).args
    return [tensor_type(node.meta["val"]) for node in results]


def _traced_while(
    condition: Function, body: Function, carried: Sequence[Any], stream: Draws | None
) -> Any:  # Any: tensors or ints
    initial = [
        value if isinstance(value, torch.Tensor) else torch.scalar_tensor(value, dtype=torch.int64)
        for value in carried
    ]
    first, outer_test, _ = _drawless("while_loop", stream, condition, initial)
    second, outer_body, spec = _drawless("while_loop", stream, body, initial)
    _check_carry("while_loop", initial, second)
    outer = _merged((first, outer_test), (second, outer_body), len(initial))
    (test,) = next(iter(first.graph.find_nodes(op="output"))).args
    # torch wants the condition bare, not as a list of one.
    next(iter(first.graph.find_nodes(op="output"))).args = (test[0],)
    first.recompile()
    results = while_loop_op(
        LineInterpreter(first).run,
        LineInterpreter(second).run,
        cast("tuple[Any, ...]", tuple(_apart(initial))),  # torch's annotation names one number
        tuple(_apart(outer)),
    )
    return pytree.tree_unflatten(list(results), spec)
