"""torch's scan, cond and while_loop: eagerly as plain Python, traced as one node, equal to each
other."""

import pytest
import torch
from torch._higher_order_ops.map import map as torch_map
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop

from explorable.errors import ExplorableError
from explorable.trace import random_numbers, trace
from interpret import interpret

H = torch.exp(-torch.arange(32) / 6)


def check(fn, inputs, *unseen):
    graph = trace(fn, inputs)
    for values in unseen:
        with random_numbers():
            expected = fn(values)
        got = interpret(graph, values)
        for name, value in expected.items():
            assert torch.allclose(got[name], torch.as_tensor(value).detach(), atol=1e-5), name
    return graph


def test_lms_filter():
    def lms(v):
        with random_numbers():
            torch.manual_seed(v["seed"])
            X = torch.randn(131).unfold(0, 32, 1)

            def once(w, x):
                e = x @ (H - w)
                return w + v["mu"] * e * x, e

            w, error = scan(once, torch.zeros(32), X)
            return {"w": w, "error": error}

    graph = check(
        lms,
        {"mu": torch.tensor(0.05), "seed": 0},
        {"mu": torch.tensor(0.02), "seed": 7},
    )
    (node,) = [node for node in graph.nodes if node.op == "control.scan"]
    body = node.args[3]
    assert len(body.nodes) < 10
    assert {n.line.function for n in body.nodes} == {"once"}
    assert [i.type.shape for i in body.inputs] == [(32,), (32,), (32,), ()]


def test_draws_in_the_body_have_the_ordinals_of_the_written_out_loop():
    def fn(v):
        with random_numbers(v["seed"], v["step"]):
            before = torch.randn(2)

            def body(c, x):
                return c + torch.randn(2) * v["a"] + torch.rand(2), {
                    "a": c * x,
                    "b": x + torch.rand(1),
                }

            carry, rows = scan(body, before, torch.arange(5.0))
            return {"c": carry, **rows, "after": torch.rand(2)}

    def written_out(v):
        with random_numbers(v["seed"], v["step"]):
            c = torch.randn(2)
            for _ in range(5):
                c = c + torch.randn(2) * v["a"] + torch.rand(2)
                torch.rand(1)
            return c, torch.rand(2)

    unseen = {"a": torch.tensor(0.3), "seed": 4, "step": torch.tensor(9)}
    graph = check(fn, {"a": torch.tensor(1.0), "seed": 0, "step": torch.tensor(0)}, unseen)
    got = interpret(graph, unseen)
    c, after = written_out(unseen)
    assert torch.allclose(got["c"], c, atol=1e-5) and torch.allclose(got["after"], after)


def test_gradient_through_scan():
    def fn(v):
        a = v["a"].detach().requires_grad_()
        carry, rows = scan(lambda c, x: (c * a + x, c.sin() * H[0]), torch.ones(2), v["x"])
        return {"g": torch.autograd.grad(carry.sum() + (rows**2).sum(), a)[0]}

    check(
        fn,
        {"a": torch.zeros(2), "x": torch.zeros(6, 2)},
        {"a": torch.randn(2), "x": torch.randn(6, 2)},
    )


def test_gradient_inside_scan_and_scan_inside_scan():
    def fn(v):
        def descend(p, _):
            return p - v["rate"] * torch.func.grad(lambda q: (q**2).sum() * H[1])(p), p

        def outer(c, row):
            inner, _ = scan(lambda d, t: (d + t * v["rate"], d), c.sum(), row)
            return c * 0.5 + inner, c

        p, path = scan(descend, torch.ones(2), torch.zeros(5), dim=0)
        n, _ = scan(outer, torch.zeros(2), v["m"], reverse=True)
        return {"p": p, "path": path, "n": n}

    check(
        fn,
        {"rate": torch.tensor(0.1), "m": torch.zeros(4, 3)},
        {"rate": torch.tensor(0.4), "m": torch.randn(4, 3)},
    )


def test_branches_and_loops_that_depend_on_values():
    def fn(v):
        x = v["x"]
        y = torch.cond(x.sum() > 0, lambda t: t * H[1] + x, lambda t: t.sin(), (x,))
        count, z = while_loop(
            lambda i, z: (z.sum() < 50) & (i < 100),
            lambda i, z: (i + 1, z * 1.5 + H[0]),
            (torch.tensor(0), x.abs()),
        )
        _, w = while_loop(lambda i, z: i < 5, lambda i, z: (i + 1, z + x), (0, x))
        return {"y": y, "count": count, "z": z, "w": w}

    graph = check(fn, {"x": torch.zeros(3)}, {"x": torch.ones(3)}, {"x": -torch.rand(3)})
    kinds = [node.op for node in graph.nodes if node.op.startswith("control.")]
    assert kinds == ["control.cond", "control.while_loop", "control.while_loop"]


def test_under_transforms_scan_is_written_out():
    def last(a, xs):
        return scan(lambda c, x: (c * a + x, c.clone()), a, xs)[0]

    def fn(v):
        return {
            "grad": torch.func.grad(last)(v["a"], v["x"]),
            "vmap": torch.vmap(last, (0, None))(v["x"], v["x"]),
            "map": torch_map(lambda x, a: {"y": x["p"] * a}, {"p": v["x"]}, v["a"])["y"],
        }

    example = {"a": torch.tensor(1.0), "x": torch.zeros(4)}
    check(fn, example, {"a": torch.tensor(0.5), "x": torch.randn(4)})


def test_gradient_through_a_branch():
    def fn(v):
        x = v["x"].detach().requires_grad_()
        y = torch.cond(x.sum() > 0, torch.sin, lambda t: t * H[1], (x,))
        return {"g": torch.autograd.grad(y.sum(), x)[0]}

    check(fn, {"x": torch.zeros(3)}, {"x": torch.ones(3)}, {"x": -torch.ones(3)})


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (
            lambda x: scan(lambda c, t: (c[:2], t), x, x),
            "the carry of scan changes: number 0 is float32",
        ),
        (
            lambda x: torch.cond(x.sum() > 0, lambda t: t, lambda t: t[:1], (x,)),
            "the branches of cond give different",
        ),
        (
            lambda x: torch.cond(x.sum() > 0, torch.rand_like, lambda t: t, (x,)),
            "random numbers are drawn in the body of cond",
        ),
        (
            lambda x: scan(lambda c, t: (c * torch.manual_seed(0).initial_seed(), t), x, x),
            "torch.manual_seed in the body of scan",
        ),
    ],
)
def test_mistakes(fn, message):
    with pytest.raises(ExplorableError, match=message) as caught:
        trace(lambda v: {"y": fn(v["x"])[0]}, {"x": torch.zeros(3)})
    assert caught.value.line is not None
