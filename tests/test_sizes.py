"""Sizes that move: one wasm, right at every size from the lower bound to the upper one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional as F

from explorable.compiler import lower_matmul
from explorable.errors import ExplorableError
from explorable.graphs import Type
from explorable.sizes import Combined, Named, Size, bounds, evaluate, now, plus, show, times
from explorable.trace import Moving, NeedsValue, trace
from sized import check, sized

N = Named("n", 0, 9)
TABLE = torch.randn(30, 16, generator=torch.Generator().manual_seed(1))
WEIGHT = torch.randn(16, 48, generator=torch.Generator().manual_seed(2))
MASK = torch.ones(9, 9).tril().bool()


def attention(n: int, i: torch.Tensor) -> torch.Tensor:
    size = i.shape[0]
    q, k, v = (TABLE[i] @ WEIGHT).view(size, 3, 2, 8).permute(1, 2, 0, 3)
    weights = (q @ k.mT / 3).masked_fill(~MASK[:size, :size], -torch.inf).softmax(-1)
    return (weights @ v).permute(1, 0, 2).reshape(size, 16)


def series(n: int) -> torch.Tensor:
    t = torch.linspace(0, 1, 50)
    k = torch.arange(n)
    return (torch.sin((2 * k[:, None] + 1) * t) / (2 * k[:, None] + 1)).sum(0)


def _gradient(function: Any) -> Any:
    def run(n: int, x: torch.Tensor) -> torch.Tensor:
        return torch.func.grad(lambda v: function(v).square().sum())(x)

    return run


X: dict[str, tuple[int | str, ...]] = {"x": ("n", 3)}
FORWARD: dict[str, tuple[Any, dict[str, tuple[int | str, ...]]]] = {
    "elementwise": (lambda n, x: x.sin() * n, X),
    "mean": (lambda n, x: (x.mean(0), x.mean(), x.sum(1)), X),
    "variance": (lambda n, x: (x.var(0), x.std(), x.std(0, correction=0)), X),
    "arange": (lambda n: torch.arange(n) / (n + 1), {}),
    "linspace": (lambda n: torch.linspace(-1, 2, n), {}),
    "series": (series, {}),
    "normal": (lambda n: torch.randn(n), {}),
    "draws in columns": (lambda n: (torch.rand(3, n), torch.randint(0, 5, (n, 2))), {}),
    "draws multiplied": (lambda n: torch.randn(n, 4) @ torch.ones(4, 3), {}),
    "moving rows": (lambda n, x: x @ WEIGHT[:3], X),
    "moving depth": (lambda n, x: x.T @ x, X),
    "moving columns": (lambda n, x: x @ x.T, X),
    "outer": (lambda n, x: (x[:, None] - x[None]).norm(dim=-1), X),
    "softmax": (lambda n, x: (x.softmax(0), x.T.softmax(-1)), X),
    "attention": (attention, {"i": ("n",)}),
    "attention of torch": (
        lambda n, x: F.scaled_dot_product_attention(x[None], x[None], x[None]),
        X,
    ),
    "cat": (lambda n, x: (torch.cat([x, x + 1]), torch.cat([x, x[:2], x.exp()])), X),
    "cat of columns": (lambda n, x: torch.cat([x.T, x.T[:, :1], x.T * 2], 1), X),
    "stack": (lambda n, x: (torch.stack([x, -x], 1), torch.stack([x.sum(1), x[:, 0]])), X),
    "running": (lambda n, x: (x.cumsum(0), x.T.cumsum(1), x.cummax(0).values), X),
    "slices": (lambda n, x: (x[:3], x[: n // 2], x[1:] - x[:-1], x[-2:], x[::2]), X),
    "slice of a constant": (lambda n: (WEIGHT[:n, 0], WEIGHT[0, n:], WEIGHT[-n - 1 :, 1]), {}),
    "flattened": (lambda n, x: (x.reshape(-1), x.T.reshape(-1), x.T.reshape(-1).view(3, n)), X),
    "regrouped": (
        lambda n, x: (x[None, :, :, None] * torch.ones(2, 1, 1, 4)).reshape(2, n, 12),
        X,
    ),
    "matrix of rows": (lambda n, x: (x @ x.T).reshape(n * n), X),
    "flipped": (lambda n, x: (x.flip(0), x.T.flip(1)), X),
    "repeated": (lambda n, x: (x.repeat(2, 1), x.T.repeat(1, 2)), X),
    "gathered": (
        lambda n, x: (x[torch.arange(n).flip(0)], x.gather(0, torch.arange(n)[:, None] // 2)),
        X,
    ),
    "embedding": (lambda n, i: F.embedding(i, TABLE), {"i": ("n",)}),
    "one hot": (lambda n, i: F.one_hot(i, 5), {"i": ("n",)}),
    "cross entropy": (lambda n, x, i: F.cross_entropy(x, i), X | {"i": ("n",)}),
    "layer norm": (lambda n, x: F.layer_norm(x, (3,)), X),
    "triangle": (lambda n: (torch.eye(n), torch.ones(n, n).tril()), {}),
    "padded": (lambda n, x: F.pad(x, (1, 2, 2, 1)), X),
    "polynomial": (lambda n, x: (x[:, :1] ** torch.arange(n)).sum(1), X),
    "sorted": (
        lambda n, x: (*x.sort(0), x.sort(1).values, x[:, 0].argsort(descending=True)),
        X,
    ),
    "shuffled": (lambda n: torch.randperm(n), {}),
    "complex": (lambda n: torch.exp(1j * torch.arange(n)).sum(), {}),
    "mask": (lambda n: torch.where(torch.arange(12) < n, 1.0, 0.0), {}),
    "shape as a number": (lambda n, x: x * x.shape[0] + x.numel(), X),
}
BACKWARD: dict[str, Any] = {
    "differences": lambda x: x[1:] - x[:-1],
    "product": lambda x: x @ x.T,
    "softmax": lambda x: x.softmax(0),
    "cat": lambda x: torch.cat([x.sin(), x[:2]]),
    "running": lambda x: x.cumsum(0),
    "mean": lambda x: x - x.mean(0),
    "gathered": lambda x: x[torch.arange(x.shape[0]) // 2],
    "flattened": lambda x: x.T.reshape(-1).cos(),
    "attention": lambda x: F.scaled_dot_product_attention(x[None], x[None], x[None]),
    "linear": lambda x: F.linear(x, WEIGHT[:, :3]).tanh(),
}


@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0")
@pytest.mark.parametrize("name", FORWARD)
def test_every_size_agrees_with_torch(name: str) -> None:
    function, shapes = FORWARD[name]

    check(function, 0, 9, **shapes)


@pytest.mark.parametrize("name", BACKWARD)
def test_gradients_agree_at_every_size(name: str) -> None:
    check(_gradient(BACKWARD[name]), 0, 9, **X)


def test_columns_abreast_agree() -> None:
    def sums(n: int, x: torch.Tensor, w: torch.Tensor) -> list[torch.Tensor]:
        return [x.sum(0), (x * w[:, None]).sum(0) / n, x.mT.contiguous().sum(1), x.mT.sum(0)]

    check(sums, 14, 50, x=(6, "n"), w=(6,))


@pytest.mark.parametrize("name", ["mean", "moving depth", "draws in columns", "running"])
def test_long_tensors_agree(name: str) -> None:
    """Long enough for vectors with several accumulators, and what is left of them."""
    function, shapes = FORWARD[name]

    check(function, 60, 150, **shapes)


def heads(n: int, x: torch.Tensor) -> torch.Tensor:
    q = x.view(n, 2, 20).permute(1, 0, 2)
    return (q @ q.mT).softmax(-1) @ q


PRODUCTS: dict[str, tuple[Any, dict[str, tuple[int | str, ...]]]] = {
    "rows": (lambda n, a, b: (a @ b).relu(), {"a": ("n", 20), "b": (20, 17)}),
    "columns": (lambda n, a, b: a @ b + 1, {"a": (9, 20), "b": (20, "n")}),
    "columns across": (lambda n, a, b: a @ b.T, {"a": (9, 20), "b": ("n", 20)}),
    "depth": (lambda n, a, b: a.T @ b, {"a": ("n", 13), "b": ("n", 17)}),
    "all": (lambda n, a: a @ a.T @ a, {"a": ("n", "n")}),
    "constant": (lambda n, a: (a @ WEIGHT, WEIGHT[:, :n] @ a[:, :9]), {"a": ("n", 16)}),
    "heads": (heads, {"x": ("n", 40)}),
    "batches": (lambda n, a, b: a @ b, {"a": ("n", 9, 20), "b": ("n", 20, 6)}),
    "layer": (lambda n, a, b: F.linear(a, b).tanh() * 2, {"a": (2, "n", 20), "b": (30, 20)}),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_agree_at_every_size(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, shapes = PRODUCTS[name]
    monkeypatch.setattr(lower_matmul, "MOVING_WORK", 0)

    compiled = check(function, 0, 30, **shapes)

    assert "matmul [" in compiled.module.program


def test_extremes_of_what_is_there() -> None:
    check(lambda n, x: (x.amax(0), x.argmax(), x.max(0).indices, x[-1]), 1, 9, **X)


def test_classes_that_move() -> None:
    def hot(n: int, i: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.one_hot(i % n, n).float().T @ x

    check(hot, 1, 7, i=(12,), x=(12, 2))


def test_turns_of_what_is_there() -> None:
    check(
        lambda n, x: (x.roll(-1), x.roll(3), torch.roll(x[:, None], (2, 0), (0, 1))), 0, 9, x=("n",)
    )


def test_distances_and_the_middle_at_every_size() -> None:
    """torch itself asks how many points there are, for the sake of speed."""
    check(lambda n, x: (torch.cdist(x, x * 2), torch.cov(x.T)), 2, 40, **X)
    check(lambda n, x: x.median(), 0, 40, **X)


def test_a_size_outside_its_bounds_is_moved_inside() -> None:
    compiled = sized(lambda n: torch.arange(n), 2, 9)

    assert [len(r) for r in compiled(9)] == [9]
    compiled(10_000)
    assert compiled.instance.read("y0")[:8] == bytes(8)


def test_memory_is_that_of_the_upper_bound() -> None:
    compiled = sized(lambda n: torch.randn(n).cumsum(0), 1, 500)

    assert compiled.module.slot("y0").type.nbytes == 2000
    assert str(compiled.module.slot("y0").type) == "float32[n<=500]"


@pytest.mark.parametrize(
    "function",
    [
        lambda v: v["x"] * len(v["x"]),
        lambda v: v["x"] + 1 if v["n"] > 3 else v["x"],
        lambda v: sum(v["x"][k] for k in range(v["n"])),
    ],
    ids=["len", "if", "range"],
)
def test_what_python_must_know_is_asked_for(function: Any) -> None:
    inputs: dict[str, Any] = {"n": Moving(0, 9), "x": Type((Size(N),), "float32")}
    with pytest.raises(NeedsValue) as caught:
        trace(lambda v: {"y": function(v)}, inputs)

    assert caught.value.names == {"n"}


def test_an_answer_that_holds_at_every_size_is_no_question() -> None:
    check(lambda n, x: x + 1 if n > 3 else x, 4, 9, **X)


def test_an_operation_that_needs_the_number_says_so() -> None:
    fact = r"'aten.median.dim' cannot take a size that moves"
    with pytest.raises(ExplorableError, match=fact):
        sized(lambda n, x: x.median(0).values, 0, 9, **X)


def test_sizes_are_equal_by_their_values() -> None:
    small = Combined("max", (0, Combined("add", (N, -1))))
    same = Combined(
        "max", (0, Combined("add", (N, Combined("mul", (-1, Combined("min", (1, N)))))))
    )

    assert Size(small) == Size(same) and hash(Size(small)) == hash(Size(same))
    assert Size(N) != Size(small) and Size(N) != 9 and 9 != Size(N)
    assert int(Size(N)) == 9 and Size(N) + 1 == 10


def test_formulas_have_bounds_and_values() -> None:
    wide = Named("m", 0, 5000)
    area = Combined("mul", (N, wide))

    assert bounds(area) == (0, 45000)
    assert evaluate(Combined("floordiv", (N, 2)), {"n": 7}) == 3
    assert now((Size(N), 4), {"n": 2}) == (2, 4)
    assert show(Combined("add", (Combined("mul", (2, N)), 1))) == "(2*n + 1)"
    assert times(Size(N), 3) == Size(Combined("mul", (3, N)))
    assert plus(2, 3) == 5 and times(2, 3) == 6
