"""Pass two in short: a graph without writes gives what torch's own functionalisation gives."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch._higher_order_ops import cond
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop
from torch.nn import functional as F

from explorable.errors import ExplorableError
from explorable.graphs import Graph, Node
from explorable.trace import trace, tracer
from explorable.trace.table import expand

torch.manual_seed(0)
NET = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 3))
X = torch.randn(5, 4)
Traced = Callable[[dict[str, Any]], dict[str, torch.Tensor]]


def gradient(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    x = v["x"].requires_grad_()
    loss = F.cross_entropy(NET(x), torch.tensor([0, 1, 2, 0, 1]))
    (found,) = torch.autograd.grad(loss, x)
    return {"loss": loss, "gradient": found}


def twice(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    # The same operation on other types, on other numbers, and on one tensor twice.
    x = v["x"]
    parts = [torch.addcmul(x, x, x, value=k) for k in (1, 2, 2.0)]
    halves = torch.addcmul(x[:, :2], x[:, :2], x[:, 2:])
    return {"y": torch.stack(parts).softmax(0), "z": halves.lerp(x[:, 2:], 0.25)}


def parts(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    first, second = v["x"].unbind(1)[:2]
    return {"y": first.t() + second, "z": v["x"].detach()}


def written(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    out = torch.zeros(5, 4)
    out[1] = v["x"][0]
    return {"y": F.layer_norm(out, (4,))}


def conjugate(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    z = torch.complex(v["x"], v["x"].flip(0))
    return {"y": (z.conj() @ z.mT).real, "z": F.layer_norm(z.mH.imag, (5,))}


def looped(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    def once(c: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        c = torch.addcmul(c, x, x) / (c * c + 1).mean()
        return c, F.layer_norm(c, (4,))

    carry, rows = scan(once, v["x"][0], v["x"])
    return {"carry": carry, "rows": rows.softmax(0)}


def rolled(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    # A loop written out, which reads a row and a number of its own in each iteration.
    x, path = v["x"][0], [v["x"][1]]
    for k in range(60):
        slope = torch.func.grad(lambda p: (F.softplus(p) * p).std() * 2)(x)
        x = torch.addcmul(x, slope, slope, value=0.1) * 0.99**k + v["x"][k % 5].lerp(x, 0.5) * 0
        path.append(x)
    return {"x": x, "path": torch.stack(path, 1)}


def branches(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    total = v["x"].sum()
    other = cond(total > 0, lambda x: F.gelu(x), lambda x: x.std(0).expand(5, 4) * 2, (v["x"],))
    _, x = while_loop(
        lambda k, x: k < 3,
        lambda k, x: (k + 1, torch.addcmul(x, x, x, value=0.1)),
        (torch.zeros((), dtype=torch.int64), v["x"]),
    )
    return {"y": other, "z": x}


LOOPS = (looped, rolled, branches)
ALL = (gradient, twice, parts, written, conjugate, *LOOPS)


def shape(graph: Graph) -> list[tuple[str, Any]]:
    """Operations in their order with the types of what they give, and their author's lines."""

    def told(node: Node) -> tuple[str, Any]:
        bodies = [shape(arg) for arg in node.args if isinstance(arg, Graph)]
        return node.op, (tuple(map(str, node.outputs)), node.line and node.line.number, bodies)

    return [told(node) for node in graph.nodes]


@pytest.mark.parametrize("fn", ALL)
def test_the_graph_is_that_of_torch(fn: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = trace(fn, {"x": X})
    monkeypatch.setattr(tracer, "expanded", lambda *_: None)
    assert shape(quick) == shape(trace(fn, {"x": X}))


@pytest.mark.parametrize(
    ("fn", "taken"),
    [(gradient, True), (twice, True), (written, False), (conjugate, False)]
    + [(loop, True) for loop in LOOPS],
)
def test_what_is_left_to_torch(fn: Traced, taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[bool] = []

    def watched(*given: Any) -> Any:
        made = expand.expanded(*given)
        found.append(made is not None)
        return made

    monkeypatch.setattr(tracer, "expanded", watched)
    trace(fn, {"x": X})
    assert found[0] is taken


def test_an_operation_is_taken_apart_once_for_equal_types(taken_apart: list[str]) -> None:
    def steps(count: int) -> Traced:
        return lambda v: {"y": sum(torch.addcmul(v["x"], v["x"], v["x"]) for _ in range(count))}

    graphs = [trace(steps(count), {"x": X}) for count in (20, 20, 5)]
    assert len(taken_apart) == 1
    assert str(graphs[0]) == str(graphs[1])
    trace(steps(2), {"x": X[:2].contiguous()})
    assert len(taken_apart) == 2


def test_only_so_many_parts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: dict[object, object] = {}
    monkeypatch.setattr(expand, "_PARTS", parts)
    monkeypatch.setattr(expand, "KEPT", 3)
    for size in range(1, 9):
        x = torch.zeros(size)
        trace(lambda v: {"y": torch.addcmul(v["x"], v["x"], v["x"])}, {"x": x})
    assert len(parts) == 3


def test_where_a_view_lies_is_known_in_every_trace() -> None:
    """A second trace, which finds the view's parts, took the second row for the first."""

    def first_two(v: dict[str, Any]) -> dict[str, torch.Tensor]:
        row = v["x"].unbind(0)[1]
        return {"y": torch.as_strided(row, (2,), (1,), 0)}

    for _ in range(2):
        with pytest.raises(ExplorableError, match="memory that the view does not show"):
            trace(first_two, {"x": X})
