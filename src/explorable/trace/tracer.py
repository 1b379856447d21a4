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
from typing import Any, cast
from unittest import mock

import torch
import torch._dynamo  # pyright: ignore[reportUnusedImport] make_fx would, under our modes
from torch import fx
from torch._dispatch.python import enable_python_dispatcher
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx._lazy_graph_module import _use_lazy_graph_module
from torch.nn.attention import SDPBackend, sdpa_kernel

from ..errors import ExplorableError
from ..graphs import Graph, Input, Type
from .constants import Capture, Constants, changes_constant
from .conversion import new_parameters
from .convert import LINE, convert, number_type, writes
from .draws.random import random_numbers
from .extents import Moving, NeedsValue, Symbols, sizes_move
from .forms.libraries import library_forms
from .forms.optimizers import moving_optimizers
from .rolling.pure import without_writes, written_alone
from .rolling.reroll import reroll
from .selections import whole_selections
from .table.decompose import TABLE
from .table.expand import expanded
from .tensors import DTYPE_OF
from .torch_tracer import make_fx
from .values import python_values
from .watches.hooks import LineInterpreter, author_lines, kept_lines
from .watches.mistakes import counted_before, explain, moving_input

Number = torch.SymInt | int | float | bool
Traced = Callable[[dict[str, Any]], Mapping[str, torch.Tensor | Number]]  # Any: Tensor | SymInt


def trace(
    fn: Traced,
    inputs: Mapping[str, torch.Tensor | Type | Moving | int],
    *,
    where: str = "",
    author: Callable[..., Any] | None = None,  # Any: his arguments are pytrees
) -> Graph:
    """The Graph of a function from named tensors and ints to named tensors.

    >>> print(trace(lambda v: {"y": v["x"].sin() * 2}, {"x": torch.zeros(3)}))
    input  %x: float32[3]
    %sin: float32[3] = aten.sin.default(%x)
    %mul: float32[3] = aten.mul.Tensor(%sin, 2)
    output y = %mul

    ``inputs`` are examples: of a tensor only shape and dtype are used, so its Type will do; an int
    is traced as a moving int and becomes a 0-dim int64 input. Only a `Moving` one may be a size; it
    stands before the Types whose extents follow it. Closed-over tensors become constants. ``fn``
    runs once, with autograd, ``torch.func`` and optimisers as it pleases. Numbers in its result
    become 0-dim tensors.

    Raises NeedsValue where Python had to know a moving int, ExplorableError where something cannot
    be traced.
    """
    symbols = Symbols()
    mode = FakeTensorMode(
        allow_non_fake_inputs=True, shape_env=symbols.environment, static_shapes=True
    )
    constants = Constants()
    examples: list[Any] = []  # Any: FakeTensor or SymInt
    for name, value in inputs.items():
        if isinstance(value, torch.Tensor):
            with mode:
                fake = torch.empty(value.shape, dtype=value.dtype)
            examples.append(fake.requires_grad_(value.requires_grad))
        elif isinstance(value, Type):
            examples.append(symbols.tensor(value, mode))
        else:
            examples.append(symbols.integer(name, value))
    # Before fn runs: an unsqueeze_ in it changes the shape of the example itself.
    kinds = [symbols.type(v) if isinstance(v, torch.Tensor) else number_type(v) for v in examples]
    names: list[str] = []

    def flat(*leaves: Any) -> list[torch.Tensor]:
        with python_values(), random_numbers():
            results = fn(dict(zip(inputs, leaves, strict=True)))
            names.extend(results)
            return [_as_tensor(value) for value in results.values()]

    begun: list[fx.Graph] = []
    try:
        moving = any(isinstance(value, Moving) for value in inputs.values())
        # Sizes that move are new symbols in each trace: nothing would be found, and an entry costs
        # as much as its operation.
        mode.cache_enabled = mode.cache_enabled and not moving
        with mode, _settings(moving), author_lines(constants, author) as begun:
            module = make_fx(flat)(*examples)
        symbols.check()
        captures = _lift_constants(module, constants, mode)
        with sizes_move(moving), _use_lazy_graph_module(True):
            written_alone(module)
            module = whole_selections(module, mode)
            module = _functional(module, mode, symbols, len(examples), captures)
        symbols.check()
        constants.check_unchanged()
        placeholders = module.graph.find_nodes(op="placeholder")
        given: dict[fx.Node, Input] = {}
        for name, kind, node in zip(inputs, kinds, placeholders, strict=False):
            given[node] = Input(name, kind)
        lifted = dict(zip(placeholders[len(examples) :], captures, strict=True))
        return convert(module, given, lifted, lambda k: names[k], symbols.type)
    except NeedsValue:
        raise
    except ExplorableError as error:
        raise error.within(where=where) from error.__cause__
    except Exception as error:
        graph = begun[0] if begun else None
        told = counted_before(error, graph) or explain(
            error, moving_input(error, graph, list(inputs))
        )
        raise told.within(where=where) from error
    finally:
        constants.restore_gradients()


def _as_tensor(value: object) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value
    if not isinstance(value, (bool, int, float, torch.SymInt, torch.SymFloat, torch.SymBool)):
        raise ExplorableError("trace", f"a result is no tensor but {type(value).__name__}")
    return torch.scalar_tensor(cast(float, value), dtype=DTYPE_OF[number_type(value).dtype])


@contextmanager
def _settings(moving: bool) -> Generator[None]:
    """Each prevents a silent wrong answer: attention's gradients, stale BatchNorm statistics,
    opaque RNNs."""
    with ExitStack() as stack:
        stack.enter_context(sizes_move(moving))
        # The Python text of a graph is never run, and takes as long to write as the trace.
        stack.enter_context(_use_lazy_graph_module(True))
        stack.enter_context(enable_python_dispatcher())
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        # The public flags() also sets TF32, which warns on a CPU.
        stack.callback(torch._C._set_mkldnn_enabled, torch._C._get_mkldnn_enabled())
        torch._C._set_mkldnn_enabled(False)
        fastpath = torch.backends.mha.get_fastpath_enabled()
        stack.callback(torch.backends.mha.set_fastpath_enabled, fastpath)
        torch.backends.mha.set_fastpath_enabled(False)
        stack.enter_context(new_parameters())
        stack.enter_context(moving_optimizers())
        stack.enter_context(library_forms())
        # torch logs the traceback of an author's mistake; he gets the mistake, as our error.
        stack.enter_context(mock.patch.object(_FAKE_LOG, "disabled", True))
        yield


_FAKE_LOG = logging.getLogger("torch._subclasses.fake_tensor")


def _lift_constants(
    module: fx.GraphModule, constants: Constants, mode: FakeTensorMode
) -> list[Capture]:
    """Makes closed-over tensors trailing placeholders, so that later passes see writes to them."""
    placeholders = module.graph.find_nodes(op="placeholder")
    last = placeholders[-1] if placeholders else None
    captures: list[Capture] = []
    lifted: dict[str, fx.Node] = {}
    alike: dict[object, str] = {}
    for node in list(module.graph.find_nodes(op="get_attr")):
        name = str(node.target)
        if name not in constants.captures:
            continue
        name = alike.setdefault(_literal(constants.captures[name]) or name, name)
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
    return captures


def _literal(capture: Capture) -> object:
    """What equal literals share, as each iteration of a loop makes its own; None for a tensor that
    the author has a name for."""
    if capture.label or capture.tensor.numel() > 1:
        return None
    return (capture.tensor.dtype, tuple(capture.tensor.shape), capture.data)


def _functional(
    module: fx.GraphModule,
    mode: FakeTensorMode,
    symbols: Symbols,
    inputs: int,
    captures: list[Capture],
) -> fx.GraphModule:
    """Passes two and three: no writes, decomposed. Writes to constants are errors."""
    values = [node.meta["val"] for node in module.graph.find_nodes(op="placeholder")]
    for attempt in range(4):
        _drop_bookkeeping(module)
        module.graph.eliminate_dead_code()
        rolled = reroll(without_writes(module, mode), mode)
        if attempt and rolled is module and not any(map(writes, module.graph.nodes)):
            break
        module = expanded(rolled, mode, symbols) or _by_torch(rolled, mode, values)
        _drop_writes(module, inputs, captures)
    return module


def _by_torch(module: fx.GraphModule, mode: FakeTensorMode, values: list[Any]) -> fx.GraphModule:
    """Functional and decomposed, by running all of the graph again."""
    run = LineInterpreter(module).run
    with mode, torch.no_grad(), kept_lines():
        fresh = [v.detach() if isinstance(v, torch.Tensor) else v for v in values]
        return make_fx(
            torch.func.functionalize(run, remove="mutations"),
            decomposition_table=TABLE,
        )(*fresh)


_RESHAPES = torch.ops.aten.as_strided_.default


def _drop_bookkeeping(module: fx.GraphModule) -> None:
    for node in reversed(list(module.graph.nodes)):
        # What torch measures and what it asserts later has no value that a figure could show.
        if str(node.target).startswith(("profiler.", "aten._assert_async", "aten._assert_scalar")):
            module.graph.erase_node(node)


def _drop_writes(module: fx.GraphModule, inputs: int, captures: list[Capture]) -> None:
    placeholders = module.graph.find_nodes(op="placeholder")
    position = {node: k for k, node in enumerate(placeholders)}
    written: list[tuple[Capture, fx.Node]] = []
    for node in module.graph.find_nodes(op="call_function", target=_RESHAPES):
        # What t_() or unsqueeze_() made of an argument, told to it once all is done.
        if node.args[0] in position:
            node.replace_all_uses_with(node.args[0])
            module.graph.erase_node(node)
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
