"""What the tracer is told while torch builds an fx graph: the author's line of every node, and
every closed-over tensor the moment it is first met. Tried with torch 2.13; patches
``PythonKeyTracer`` for the time of one trace, because make_fx offers no hook on node creation."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar, cast

import torch
from torch import fx
from torch.fx.experimental.proxy_tensor import PythonKeyTracer
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

from ...errors import ExplorableError, Line
from ..constants import Constants
from ..convert import LINE
from ..extents import NeedsValue
from ..lines import author_line, current_line
from .hidden import nothing_hidden
from .leftovers import nothing_left
from .mistakes import explain
from .outside import page_alone
from .words import python_texts

NOT_OURS = (ExplorableError, NeedsValue, GuardOnDataDependentSymNode)
"""Errors that already say all, or that the tracer explains by its whole graph."""


@contextmanager
def author_lines(
    constants: Constants, author: Callable[..., Any] | None = None
) -> Generator[list[fx.Graph]]:
    """Pass one: a node's line is the author's innermost frame; a node that autograd runs has the
    line of the forward operation it belongs to; Python's texts and what lies outside a page are
    watched. Yields the graphs that are begun, the whole function's first."""
    forward: dict[int, Line] = {}

    def line_now() -> Line | None:
        if LineInterpreter.current is not None:
            return LineInterpreter.current
        running = cast("torch.autograd.graph.Node | None", torch._C._current_autograd_node())
        if running is not None:
            line = forward.get(running._sequence_nr())
            if line is not None:
                return line if line.inside else replace(line, inside=running.name())
        line = current_line()
        if line is not None and running is None:
            # Keep the first: a later operation that records nothing sees the same number.
            forward.setdefault(torch.autograd._get_sequence_nr() - 1, line)  # pyright: ignore
        return line

    begun: list[fx.Graph] = []

    def line_of(tracer: PythonKeyTracer) -> Line | None:
        if tracer.graph not in begun:
            begun.append(tracer.graph)
        return line_now()

    with (
        _node_hook(line_of, constants),
        python_texts(),
        page_alone(),
        nothing_hidden(),
        nothing_left(author),
    ):
        try:
            yield begun
        except SystemExit as error:
            fact = "the function ends the program with sys.exit"
            raise ExplorableError("trace", fact, line=author_line(error)) from error


class LineInterpreter(fx.Interpreter):
    """Runs a graph, in later passes or as a loop's body; nodes made meanwhile take the line of
    the node that is running."""

    current: ClassVar[Line | None] = None

    def run(self, *args: Any, **kwargs: Any) -> Any:  # Any: fx gives whatever the graph computes
        before = LineInterpreter.current
        try:
            return super().run(*args, **kwargs)
        finally:
            LineInterpreter.current = before

    def run_node(self, n: fx.Node) -> Any:  # Any: fx gives whatever the node computes
        if n.op == "call_function":
            LineInterpreter.current = n.meta.get(LINE)
        try:
            return super().run_node(n)
        except NOT_OURS:
            raise
        except Exception as error:
            # No frame of the author's is on the stack any more.
            raise explain(error).within(line=n.meta.get(LINE)) from error

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:  # Any: fx's
        try:
            return super().call_function(target, args, kwargs)
        except (RuntimeError, ValueError):
            # A Graph has no strides: what took an operation's place may lie otherwise in memory.
            if target is not torch.ops.aten.view.default:
                raise
            return torch.reshape(*args)

    def fetch_attr(self, target: str) -> Any:  # Any: fx gives whatever the attribute is
        found = super().fetch_attr(target)
        # The body of a loop keeps its own lines.
        return LineInterpreter(found).run if isinstance(found, fx.GraphModule) else found


@contextmanager
def at_line(line: Line | None) -> Generator[None]:
    """What we compute on the author's behalf, such as the places of a mark, has his line."""
    before = LineInterpreter.current
    LineInterpreter.current = line or before
    try:
        yield
    except NOT_OURS:
        raise
    except Exception as error:
        raise explain(error).within(line=line) from error
    finally:
        LineInterpreter.current = before


@contextmanager
def kept_lines() -> Generator[None]:
    """Nodes created inside take ``LineInterpreter.current``."""
    with _node_hook(lambda tracer: LineInterpreter.current, None):
        yield


@contextmanager
def _node_hook(
    line_now: Callable[[PythonKeyTracer], Line | None], constants: Constants | None
) -> Generator[None]:
    original_node = PythonKeyTracer.create_node
    original_arg = PythonKeyTracer.create_arg

    def create_node(self: PythonKeyTracer, kind: str, *args: Any, **kwargs: Any) -> fx.Node:
        if kind != "call_function":
            return original_node(self, kind, *args, **kwargs)
        # The tracer's own notes, such as the module that runs, nobody reads.
        node = self.graph.create_node(kind, *args, **kwargs)
        node.meta[LINE] = line_now(self)
        return node

    def create_arg(self: PythonKeyTracer, a: Any) -> Any:
        if constants is not None and isinstance(a, torch.Tensor):
            return constants.node(self, a)
        return original_arg(self, a)

    PythonKeyTracer.create_node = create_node  # pyright: ignore
    PythonKeyTracer.create_arg = create_arg  # pyright: ignore
    try:
        yield
    finally:
        PythonKeyTracer.create_node = original_node
        PythonKeyTracer.create_arg = original_arg
