"""Pass one from memory: operations on types that were seen before give the graph that torch gives
when it is asked each time."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from explorable.trace import trace
from explorable.trace.rolling.replay import Replays
from interpret import interpret

X = torch.randn(4, 5, generator=torch.Generator().manual_seed(1))
Traced = Callable[[dict[str, Any]], dict[str, torch.Tensor]]


def optimizer(kind: type[torch.optim.Optimizer], **options: Any) -> Traced:
    """Two steps: counts that Python takes out of tensors, numbers that move, writes in place."""

    def steps(v: dict[str, Any]) -> dict[str, torch.Tensor]:
        weights = [torch.nn.Parameter(v["x"][k].clone()) for k in range(4)]
        chosen = kind(weights, lr=0.1, **options)
        for _ in range(2):
            chosen.zero_grad()
            sum(((w - 1) ** 2 * (k + 1)).sum() for k, w in enumerate(weights)).backward()
            chosen.step()
        return {"y": torch.stack([w.detach() for w in weights])}

    steps.__name__ = kind.__name__
    return steps


def numbers_that_move(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    # Each row's own number, though the rows have one type.
    rows = [v["x"][k] * 2 for k in range(4)]
    return {"y": torch.stack([row / row.sum().item() + row.max().item() for row in rows])}


def known_after_a_write(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    total = v["x"] * 0
    for _ in range(3):
        count = torch.tensor(1.0)
        count += 1
        count += 1
        for _ in range(int(count)):
            total = total + v["x"]
    return {"y": total}


def into_itself(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    made = [v["x"] + k for k in range(3)]
    made[1][1:] += made[2][:-1]
    made[2][1:] += made[1][:-1]
    made[0][:, 1:].mul_(made[1][:, :-1])
    return {f"y{k}": value for k, value in enumerate(made)}


def same_numbers_of_other_types(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    whole = (v["x"] * 4).long()
    parts = [whole * 2, whole * 2.0, whole * True, whole / 2, whole // 2]
    counts = torch.zeros(4, dtype=torch.int64)
    for number in (1, 2, 3):
        counts += number
    return {f"y{k}": part for k, part in enumerate([*parts, counts])}


def written_with_a_history(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    x = v["x"].clone().requires_grad_()
    y = x * 1
    for k in range(3):
        y = y * 1
        y += k * x
        y[:, 0].mul_(1.5)
    (slope,) = torch.autograd.grad(y.square().sum(), x)
    return {"y": y.detach(), "slope": slope}


def parts_of_views(v: dict[str, Any]) -> dict[str, torch.Tensor]:
    first = v["x"].clone().requires_grad_()
    second = v["x"] * 2
    out: list[torch.Tensor] = []
    for whole in (first, second, first * 1):
        a, *_, b = whole.unbind(1)
        left, right = whole.split(3, dim=1)
        out += [a * b, left.sum(1) - right.sum(1), whole.detach().sum(1)]
    parts = second[:, :3].unbind(0)
    parts[1].mul_(3)
    second[:, 1:].unbind(0)[2].add_(1)
    (slope,) = torch.autograd.grad(torch.stack(out).prod(0).sum(), first)
    return {"y": torch.stack(out).detach(), "slope": slope, "second": second}


ALL = [
    parts_of_views,
    optimizer(torch.optim.SGD, momentum=0.9),
    optimizer(torch.optim.Adam),
    optimizer(torch.optim.AdamW, amsgrad=True),
    optimizer(torch.optim.RMSprop, centered=True),
    optimizer(torch.optim.NAdam),
    numbers_that_move,
    known_after_a_write,
    into_itself,
    same_numbers_of_other_types,
    written_with_a_history,
]


@pytest.mark.parametrize("fn", ALL, ids=lambda fn: fn.__name__)
def test_the_graph_is_that_of_torch(fn: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = trace(fn, {"x": X})
    given = X.flip(0) * 1.3 + 0.1
    for name, wanted in fn({"x": given}).items():
        torch.testing.assert_close(interpret(quick, {"x": given})[name], wanted)
    monkeypatch.setattr(Replays, "_kind", lambda *_: "")
    asked = trace(fn, {"x": X})
    assert str(quick) == str(asked)
    assert [node.line for node in quick.nodes] == [node.line for node in asked.nodes]


def test_torch_is_asked_once_for_equal_types() -> None:
    torch_asked: list[str] = []

    def fn(v: dict[str, Any]) -> dict[str, torch.Tensor]:
        y = v["x"].clone()
        for k in range(50):
            y.mul_(1 + k)
        return {"y": y}

    original = torch._subclasses.fake_tensor.FakeTensorMode.dispatch  # pyright: ignore

    def dispatch(self: Any, func: Any, *given: Any, **named: Any) -> Any:
        torch_asked.append(str(func))
        return original(self, func, *given, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(torch._subclasses.fake_tensor.FakeTensorMode, "dispatch", dispatch)  # pyright: ignore
        trace(fn, {"x": X})
    assert torch_asked.count("aten.mul_.Tensor") == 1


def test_a_write_that_torch_refuses_is_refused_each_time() -> None:
    def fn(v: dict[str, Any]) -> dict[str, torch.Tensor]:
        whole = v["x"].long()
        whole += 1
        whole += 0.5
        return {"y": whole}

    with pytest.raises(Exception, match="in in-place ops"):
        trace(fn, {"x": X})
