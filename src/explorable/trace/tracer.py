"""trace(): a PyTorch function -> Graph, in the passes of the study (see README.md in this folder).

Pass one runs the author's function on fake tensors: autograd, torch.func and composite operations
run away. Later passes run the graph of the one before: functional, decomposed, until nothing writes
in place.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any, cast
from unittest import mock

import torch
import torch._dynamo  # pyright: ignore[reportUnusedImport] make_fx would, under our modes
from torch import fx
from torch._dispatch.python import enable_python_dispatcher
from torch._dynamo.source import ConstantSource
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn.attention import SDPBackend, sdpa_kernel

from ..errors import ExplorableError
from ..graph import Graph, Input
from .constants import Capture, Constants, changes_constant
from .convert import LINE, convert, number_type
from .decompose import TABLE
from .hooks import LineInterpreter, author_lines, kept_lines
from .mistakes import explain, moving_input
from .random import random_numbers
from .tensors import DTYPE_OF, tensor_type
from .values import python_values

Number = torch.SymInt | int | float | bool
Traced = Callable[[dict[str, Any]], Mapping[str, torch.Tensor | Number]]  # Any: Tensor | SymInt


class NeedsValue(Exception):  # noqa: N818 a question to the caller, not a failure
    """Python needed the value of the moving ints ``names``: trace once per value of theirs."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        super().__init__(", ".join(sorted(names)))


def trace(fn: Traced, inputs: Mapping[str, torch.Tensor | int], *, where: str = "") -> Graph:
    """The Graph of a function from named tensors and ints to named tensors.

    >>> print(trace(lambda v: {"y": v["x"].sin() * 2}, {"x": torch.zeros(3)}))
    input  %x: float32[3]
    %sin: float32[3] = aten.sin.default(%x)
    %mul: float32[3] = aten.mul.Tensor(%sin, 2)
    output y = %mul

    ``inputs`` are examples: of a tensor only shape and dtype are used; an int is traced as a moving
    int and becomes a 0-dim int64 input. Closed-over tensors become constants. ``fn`` runs once,
    with autograd, ``torch.func`` and optimisers as it pleases. Numbers in its result become 0-dim
    tensors.

    Raises NeedsValue where Python had to know a moving int, ExplorableError where something cannot
    be traced.
    """
    environment = ShapeEnv()
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=environment, static_shapes=True)
    constants = Constants()
    moving: dict[str, str] = {}  # symbol -> input name
    examples: list[Any] = []  # Any: FakeTensor or SymInt
    for name, value in inputs.items():
        if isinstance(value, torch.Tensor):
            with mode:
                fake = torch.empty(value.shape, dtype=value.dtype)
            examples.append(fake.requires_grad_(value.requires_grad))
        else:
            source = ConstantSource(f"input_{name}")
            symbol = environment.create_unspecified_symbol(value, source)
            examples.append(environment.create_symintnode(symbol, hint=value, source=source))
            moving[str(symbol)] = name
    names: list[str] = []

    def flat(*leaves: Any) -> list[torch.Tensor]:
        with python_values(), random_numbers():
            results = fn(dict(zip(inputs, leaves, strict=True)))
            names.extend(results)
            return [_as_tensor(value) for value in results.values()]

    begun: list[fx.Graph] = []
    try:
        with mode, _settings(), author_lines(constants) as begun:
            module = make_fx(flat, tracing_mode="real")(*examples)
        _check_moving(environment, moving)
        captures = _lift_constants(module, constants, mode)
        module = _functional(module, mode, len(examples), captures)
        _check_moving(environment, moving)
        constants.check_unchanged()
        placeholders = module.graph.find_nodes(op="placeholder")
        given: dict[fx.Node, Input] = {}
        for name, value, node in zip(inputs, examples, placeholders, strict=False):
            kind = tensor_type(value) if isinstance(value, torch.Tensor) else number_type(value)
            given[node] = Input(name, kind)
        lifted = dict(zip(placeholders[len(examples) :], captures, strict=True))
        _check_shapes(module, environment, moving)
        return convert(module, given, lifted, lambda k: names[k])
    except NeedsValue:
        raise
    except ExplorableError as error:
        raise error.within(where=where) from error.__cause__
    except Exception as error:
        graph = begun[0] if begun else None
        raise explain(error, moving_input(error, graph, list(inputs))).within(
            where=where
        ) from error
    finally:
        constants.restore_gradients()


def _as_tensor(value: object) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value
    if not isinstance(value, (bool, int, float, torch.SymInt, torch.SymFloat, torch.SymBool)):
        raise ExplorableError("trace", f"a result is no tensor but {type(value).__name__}")
    return torch.scalar_tensor(cast(float, value), dtype=DTYPE_OF[number_type(value).dtype])


@contextmanager
def _settings() -> Generator[None]:
    """Each prevents a silent wrong answer: attention's gradients, stale BatchNorm statistics,
    opaque RNNs."""
    with ExitStack() as stack:
        stack.enter_context(enable_python_dispatcher())
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        # The public flags() also sets TF32, which warns on a CPU.
        stack.callback(torch._C._set_mkldnn_enabled, torch._C._get_mkldnn_enabled())
        torch._C._set_mkldnn_enabled(False)
        fastpath = torch.backends.mha.get_fastpath_enabled()
        stack.callback(torch.backends.mha.set_fastpath_enabled, fastpath)
        torch.backends.mha.set_fastpath_enabled(False)
        stack.enter_context(mock.patch.object(_RADAM_MODULE, "_single_tensor_radam", _radam))
        # torch logs the traceback of an author's mistake; he gets the mistake, as our error.
        stack.enter_context(mock.patch.object(_FAKE_LOG, "disabled", True))
        yield


_FAKE_LOG = logging.getLogger("torch._subclasses.fake_tensor")


_RADAM_MODULE = import_module("torch.optim.radam")  # torch.optim hides it behind the class
_RADAM = _RADAM_MODULE._single_tensor_radam


def _radam(*args: Any, **kwargs: Any) -> None:
    """RAdam branches on its step count; its capturable form selects, but needs float64."""
    *lists, counts = args
    exact = [count.to(torch.float64) for count in counts]
    with mock.patch.object(torch.compiler, "is_compiling", lambda: True):
        _RADAM(*lists, exact, **{**kwargs, "capturable": True})
    for count, done in zip(counts, exact, strict=True):
        count.copy_(done)


def _lift_constants(
    module: fx.GraphModule, constants: Constants, mode: FakeTensorMode
) -> list[Capture]:
    """Makes closed-over tensors trailing placeholders, so that later passes see writes to them."""
    placeholders = module.graph.find_nodes(op="placeholder")
    last = placeholders[-1] if placeholders else None
    captures: list[Capture] = []
    lifted: dict[str, fx.Node] = {}
    for node in list(module.graph.find_nodes(op="get_attr")):
        name = str(node.target)
        if name not in constants.captures:
            continue
        if name not in lifted:
            first = next(iter(module.graph.nodes))
            where = (
                module.graph.inserting_after(last) if last else module.graph.inserting_before(first)
            )
            with where:
                last = lifted[name] = module.graph.placeholder(name)
            capture = constants.captures[name]
            captures.append(capture)
            with mode:
                last.meta["val"] = torch.empty(capture.tensor.shape, dtype=capture.tensor.dtype)
        node.replace_all_uses_with(lifted[name])
        module.graph.erase_node(node)
    module.recompile()
    return captures


def _functional(
    module: fx.GraphModule, mode: FakeTensorMode, inputs: int, captures: list[Capture]
) -> fx.GraphModule:
    """Passes two and three: no writes, decomposed. Writes to constants are errors."""
    values = [node.meta["val"] for node in module.graph.find_nodes(op="placeholder")]
    for attempt in range(4):
        _drop_bookkeeping(module)
        module.graph.eliminate_dead_code()
        module.recompile()
        if attempt and not any(map(_writes, module.graph.nodes)):
            break
        run = LineInterpreter(module).run
        with mode, torch.no_grad(), kept_lines():
            fresh = [v.detach() if isinstance(v, torch.Tensor) else v for v in values]
            module = make_fx(
                torch.func.functionalize(run, remove="mutations"),
                decomposition_table=TABLE,
                tracing_mode="real",
            )(*fresh)
        _drop_writes(module, inputs, captures)
    return module


def _drop_bookkeeping(module: fx.GraphModule) -> None:
    for node in reversed(list(module.graph.nodes)):
        # What torch measures and what it asserts later has no value that a figure could show.
        if str(node.target).startswith(("profiler.", "aten._assert_async", "aten._assert_scalar")):
            module.graph.erase_node(node)


def _writes(node: fx.Node) -> bool:
    return isinstance(node.target, torch._ops.OpOverload) and node.target._schema.is_mutable


def _drop_writes(module: fx.GraphModule, inputs: int, captures: list[Capture]) -> None:
    placeholders = module.graph.find_nodes(op="placeholder")
    position = {node: k for k, node in enumerate(placeholders)}
    written: list[tuple[Capture, fx.Node]] = []
    for node in reversed(list(module.graph.nodes)):
        if node.target is not torch.ops.aten.copy_.default or node.args[0] not in position:
            continue
        k = position[cast(fx.Node, node.args[0])]
        if k >= inputs:
            written.append((captures[k - inputs], cast(fx.Node, node.args[1])))
        node.replace_all_uses_with(cast(fx.Node, node.args[1]))
        module.graph.erase_node(node)
    if written:
        capture, node = written[-1]
        raise changes_constant(capture.label, node.meta.get(LINE) or capture.line)


def _names_of(expressions: Any, moving: Mapping[str, str]) -> frozenset[str]:
    found: set[str] = set()
    for expression in expressions:
        found |= {moving[str(s)] for s in expression.free_symbols if str(s) in moving}
    return frozenset(found)


def _check_moving(environment: ShapeEnv, moving: Mapping[str, str]) -> None:
    """Guards and replacements are what Python asked about the moving ints."""
    asked = [guard.expr for guard in environment.guards]
    replaced = list(environment.replacements)
    names = _names_of(asked + replaced, moving)
    if names:
        raise NeedsValue(names)


def _check_shapes(module: fx.GraphModule, environment: ShapeEnv, moving: Mapping[str, str]) -> None:
    for node in module.graph.nodes:
        value = node.meta.get("val")
        for part in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(part, torch.Tensor):
                sizes = [s.node.expr for s in part.shape if isinstance(s, torch.SymInt)]
                names = _names_of(sizes, moving)
                if names:
                    raise NeedsValue(names)
