"""Pass two in short where sizes move: in a second trace, whose symbols are others, what was taken
apart in the first serves; the graph is that of torch, and a doubt about a size is kept with it."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch

from explorable.graphs import Graph, Node, Type
from explorable.sizes import Named, Size
from explorable.trace import Moving, NeedsValue, random_numbers, trace, tracer
from explorable.trace.table import expand
from sized import dtype_of, listed
from test_sizes import FORWARD

BOTH = Named("n", 0, 9), Named("m", 0, 7)


def traced(function: Any, shapes: Mapping[str, tuple[int | str, ...]], *, m: bool = False) -> Graph:
    """``function`` of one or two sizes and of tensors whose shapes follow them."""
    sizes = {named.name: named for named in BOTH[: 2 if m else 1]}
    inputs: dict[str, Type | Moving] = {n: Moving(s.low, s.high) for n, s in sizes.items()}
    for name, shape in shapes.items():
        extents = tuple(Size(sizes[e]) if isinstance(e, str) else e for e in shape)
        inputs[name] = Type(extents, dtype_of(name))

    def run(values: Mapping[str, Any]) -> dict[str, Any]:
        with random_numbers(0, 0):
            return {f"y{k}": y for k, y in enumerate(listed(function(**values)))}

    return trace(run, inputs)


def told(graph: Graph) -> list[Any]:
    """Operations in their order with the types of what they give."""

    def of(node: Node) -> Any:
        bodies = [told(arg) for arg in node.args if isinstance(arg, Graph)]
        return node.op, tuple(map(str, node.outputs)), bodies

    return [of(node) for node in graph.nodes]


# Padding run again by torch asks for the value of the size.
@pytest.mark.parametrize("name", [name for name in FORWARD if name != "padded"])
def test_the_graph_is_that_of_torch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, shapes = FORWARD[name]
    first, second = traced(function, shapes), traced(function, shapes)
    monkeypatch.setattr(tracer, "expanded", lambda *_: None)
    want = told(traced(function, shapes))
    assert told(first) == want
    assert told(second) == want


def rows(n: int, m: int, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The same operations on either size, on both, and on what follows from them."""
    pairs = torch.cat([x.softmax(0).t(), y.softmax(0).t()], 1)
    grid = x.softmax(1) @ y.t()
    return pairs.softmax(1), grid.unbind(0)[0] if isinstance(n, int) else grid.softmax(0)


def test_two_sizes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: dict[str, tuple[int | str, ...]] = {"x": ("n", 3), "y": ("m", 3)}
    turned: dict[str, tuple[int | str, ...]] = {"x": ("m", 3), "y": ("n", 3)}
    found = [traced(rows, given, m=True) for given in (shapes, turned, shapes)]
    monkeypatch.setattr(tracer, "expanded", lambda *_: None)
    want = [traced(rows, given, m=True) for given in (shapes, turned, shapes)]
    assert list(map(told, found)) == list(map(told, want))
    assert told(found[0]) != told(found[1])


def test_a_row_that_lies_where_a_size_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def last(v: dict[str, Any]) -> dict[str, torch.Tensor]:
        return {"y": v["x"][-1].softmax(0), "z": v["x"][-1].unbind(0)[1]}

    n = Named("n", 1, 9)
    inputs = {"n": Moving(1, 9), "x": Type((Size(n), 3), "float32")}
    found = told(trace(last, inputs))
    monkeypatch.setattr(tracer, "expanded", lambda *_: None)
    assert found == told(trace(last, inputs))


def test_what_is_taken_apart_serves_the_next_trace(taken_apart: list[str]) -> None:
    function, shapes = FORWARD["softmax"]
    traced(function, shapes)
    assert taken_apart
    taken_apart.clear()
    traced(function, shapes)
    assert not taken_apart


def test_what_was_taken_for_true_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that holds for some sizes alone must not serve a trace of others without a word."""

    def by_size(x: torch.Tensor) -> torch.Tensor:
        return x * 2 if x.shape[0] > 5 else x * 3

    monkeypatch.setitem(expand.TABLE, torch.ops.aten.sinh.default, by_size)
    monkeypatch.setattr(expand, "_PARTS", {})

    def trace_from(low: int) -> Graph:
        n = Named("n", low, 9)
        inputs = {"n": Moving(low, 9), "x": Type((Size(n), 3), "float32")}
        return trace(lambda v: {"y": v["x"].sinh()}, inputs)

    for _ in range(2):
        with pytest.raises(NeedsValue):
            trace_from(0)
        assert [node.op for node in trace_from(6).nodes] == ["aten.mul.Tensor"]
