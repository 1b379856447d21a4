"""trace() alone: the Graph, interpreted in torch at values unseen while tracing, against eager."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explorable.errors import ExplorableError
from explorable.trace import NeedsValue, random_numbers, tensor_bytes, tensor_from_bytes, trace
from interpret import interpret

TABLE = torch.randn(6, 4)


def ops(graph):
    return [node.op for node in graph.nodes]


def check(fn, inputs, unseen, tolerance=1e-5):
    """Traces ``fn`` and compares the Graph with eager at ``unseen``."""
    graph = trace(fn, inputs)
    with random_numbers():
        expected = {name: torch.as_tensor(value) for name, value in fn(unseen).items()}
    got = interpret(graph, unseen)
    assert list(got) == list(expected)
    for name, value in expected.items():
        assert torch.allclose(got[name], value.detach(), rtol=tolerance, atol=tolerance), name
    return graph


def test_prints_as_it_reads():
    graph = trace(lambda v: {"y": v["x"].sin() * 2}, {"x": torch.zeros(3)})
    text = "\n".join(row.split("  #")[0] for row in str(graph).splitlines())
    assert text == (
        "input  %x: float32[3]\n"
        "%sin: float32[3] = aten.sin.default(%x)\n"
        "%mul: float32[3] = aten.mul.Tensor(%sin, 2)\n"
        "output y = %mul"
    )


def test_values_of_examples_do_not_matter():
    def fn(v):
        return {"y": v["x"] * v["x"].sum() + TABLE[0, 0]}

    assert trace(fn, {"x": torch.zeros(3)}) == trace(fn, {"x": torch.full((3,), torch.nan)})


def test_the_plane():
    def plane(v):
        arc = v["z"] * torch.exp(1j * v["theta"] * torch.linspace(0, 1, 64))
        return {"arc": arc, "end": arc[-1], "z": v["z"], "again": v["z"]}

    unseen = {"theta": torch.tensor(2.5), "z": torch.tensor(-0.3 + 1j)}
    graph = check(plane, {"theta": torch.tensor(1.0), "z": torch.tensor(1 + 0.5j)}, unseen)
    assert graph.outputs[2].value == graph.outputs[3].value
    assert not graph.constants


def test_nothing_to_read():
    assert interpret(trace(lambda v: {"y": torch.ones(2)}, {}), {})["y"].tolist() == [1, 1]
    assert interpret(trace(lambda v: {"t": TABLE}, {}), {})["t"].equal(TABLE)


def test_constants_are_named_and_shared():
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    graph = check(
        lambda v: {"a": net(v["x"]), "b": net[0].weight.sum() * v["x"]},
        {"x": torch.zeros(3, 4)},
        {"x": torch.randn(3, 4)},
    )
    labels = {constant.label for constant in graph.constants}
    assert labels == {"net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias"}
    (weight,) = [c for c in graph.constants if c.label == "net.0.weight"]
    assert tensor_from_bytes(weight.type, weight.data).equal(net[0].weight)


def test_bytes_there_and_back():
    for tensor in (
        torch.randn(2, 3).T,
        torch.randn(3, dtype=torch.complex64).conj(),
        torch.tensor(True),
        torch.zeros(0, 2),
        torch.arange(5)[::2],
        torch.tensor(7, dtype=torch.uint8),
        torch.zeros(()).expand(1),
    ):
        kind, data = tensor_bytes(tensor)
        assert len(data) == kind.nbytes
        assert tensor_from_bytes(kind, data).equal(tensor)


def test_lines_of_forward_and_backward():
    def fn(v):
        x = v["x"]
        y = torch.func.grad(
            lambda a: F.layer_norm(a, (4,)).softmax(-1)[0, 0]  # forward
        )(x)
        return {"y": y + TABLE}

    graph = trace(fn, {"x": torch.zeros(6, 4)})
    assert all(
        node.line is not None and node.line.file.endswith("test_trace.py") for node in graph.nodes
    )
    texts = [node.line.text for node in graph.nodes]
    assert sum("forward" in text for text in texts) > 20
    assert texts[-1].startswith("return")
    assert {node.line.function for node in graph.nodes} == {"<lambda>", "fn"}


@pytest.mark.parametrize(
    "write",
    [
        lambda x, table: table.add_(x),
        lambda x, table: table[0].mul_(x),
        lambda x, table: table.__setitem__((1, 2), x),
    ],
)
def test_writing_to_a_constant(write):
    table = torch.ones(3, 4)

    def fn(v):
        write(v["x"], table)
        return {"y": table * 2}

    with pytest.raises(ExplorableError, match="figure changes the constant 'table'") as caught:
        trace(fn, {"x": torch.tensor(2.0)})
    assert "write(v" in caught.value.line.text or "lambda x, table" in caught.value.line.text
    assert table.equal(torch.ones(3, 4))


def test_batch_norm_in_training_is_a_write():
    bn = nn.BatchNorm1d(4)
    before = copy.deepcopy(bn.state_dict())
    message = r"changes the constant 'bn.running_mean' \(figure 'f'\)(.|\n)*call bn.eval\(\)"
    with pytest.raises(ExplorableError, match=message):
        trace(lambda v: {"y": bn(v["x"])}, {"x": torch.zeros(3, 4)}, where="figure 'f'")
    assert all(value.equal(before[name]) for name, value in bn.state_dict().items())
    bn.eval()
    check(lambda v: {"y": bn(v["x"])}, {"x": torch.zeros(3, 4)}, {"x": torch.randn(3, 4)})


def test_backward_through_a_constant_leaves_it_alone():
    net = nn.Linear(4, 1)

    def fn(v):
        net(v["x"]).square().mean().backward()
        gradient = net.weight.grad.clone()
        net.zero_grad()
        return {"g": gradient}

    check(fn, {"x": torch.zeros(3, 4)}, {"x": torch.randn(3, 4)})
    assert net.weight.grad is None
    assert net.weight.requires_grad


def test_an_input_may_be_changed_in_place():
    def fn(v):
        x = v["x"].clone()
        x[1] = 5
        x[:, 2] += v["x"][:, 0]
        x.T[3].mul_(2)
        return {"y": x, "x": v["x"].add(1)}

    graph = check(fn, {"x": torch.zeros(3, 4)}, {"x": torch.randn(3, 4)})
    assert not any(op.split(".")[1].endswith("_") for op in ops(graph))
    changed = trace(lambda v: {"y": v["x"].add_(1)}, {"x": torch.zeros(2)})
    assert interpret(changed, {"x": torch.ones(2)})["y"].tolist() == [2, 2]


def test_attention_and_its_gradient():
    def fn(v):
        q, k, w = (v[name].detach().requires_grad_() for name in "qkw")
        y = F.scaled_dot_product_attention(q, k, w, is_causal=True)
        gradients = torch.autograd.grad(y.sin().sum(), (q, k, w))
        return {"y": y, "q": gradients[0], "k": gradients[1], "w": gradients[2]}

    shapes = dict.fromkeys("qkw", torch.zeros(1, 2, 5, 8))
    check(fn, shapes, {name: torch.randn(1, 2, 5, 8) for name in "qkw"})


def test_dropout_draws_what_eager_draws():
    def fn(v):
        x = v["x"].detach().requires_grad_()
        y = F.dropout(x, 0.3).square()
        return {"y": y, "g": torch.autograd.grad(y.sum(), x)[0]}

    check(fn, {"x": torch.zeros(40)}, {"x": torch.randn(40)})


def test_recurrent_networks_are_unrolled():
    for kind in (nn.LSTM, nn.GRU, nn.RNN):
        net = kind(3, 4)
        graph = check(
            lambda v, net=net: {"y": net(v["x"])[0]},
            {"x": torch.zeros(5, 2, 3)},
            {"x": torch.randn(5, 2, 3)},
        )
        assert not any("mkldnn" in op for op in ops(graph))


def test_a_list_of_moving_numbers_is_a_tensor():
    def fn(v):
        t, n = v["t"], v["n"]
        turn = torch.tensor([[torch.cos(t), -torch.sin(t)], [torch.sin(t), torch.cos(t)]])
        return {"turn": turn, "mixed": torch.tensor([t, 1, n]), "ints": torch.as_tensor([n, 2])}

    check(fn, {"t": torch.tensor(1.0), "n": 3}, {"t": torch.tensor(0.3), "n": 8})


def test_moving_ints():
    x = torch.randn(10)

    def fn(v):
        n = v["n"]
        return {
            "times": n * x,
            "power": x.abs() ** n,
            "fraction": torch.sin(n * x) / n,
            "mask": torch.where(torch.arange(10) < n, x, 0.0),
            "float mask": x < n / 7,
            "half": n // 2,
            "rolled": x.roll(n),
            "number": torch.tensor(n),
            "n": n,
        }

    graph = check(fn, {"n": 3}, {"n": 5})
    assert {"aten.floor_divide.number", "aten.div.number"} <= set(ops(graph))
    assert graph.inputs[0].type.dtype == "int64"
    check(fn, {"n": 3}, {"n": 0 + 1})


@pytest.mark.parametrize(
    "fn",
    [
        lambda n: torch.ones(2) * sum(range(n)),
        lambda n: torch.ones(n).sum(),
        lambda n: torch.arange(5)[:n].sum(),
        lambda n: torch.linspace(0, 1, n).sum(),
        lambda n: torch.ones(2) if n > 3 else torch.zeros(2),
        lambda n: TABLE[:n].sum(),
        lambda n: [torch.ones(1), torch.zeros(1)][n - 3],
    ],
)
def test_python_asks_for_a_moving_int(fn):
    with pytest.raises(NeedsValue) as caught:
        trace(lambda v: {"y": fn(v["n"]) * v["m"]}, {"n": 3, "m": 2})
    assert caught.value.names == {"n"}


def test_a_moving_index():
    def fn(v):
        n, k = v["n"], v["k"]
        changed = torch.zeros(4, 6)
        changed[k] = 1.5
        changed[1:, n] = v["x"][:3]
        changed[..., -1, k] = n
        return {
            "row": TABLE[n],
            "number": TABLE[k, n],
            "column": TABLE[:, k],
            "new": TABLE[None, k, 1:3],
            "last": TABLE.reshape(2, 3, 4)[..., n],
            "changed": changed,
            "gradient": torch.func.grad(lambda x: (x[k] * x[n]).sum())(v["x"]),
        }

    example = {"n": 1, "k": torch.tensor(1), "x": torch.zeros(4)}
    check(fn, example, {"n": 3, "k": torch.tensor(-2), "x": torch.randn(4)})
    check(fn, example, {"n": 0, "k": torch.tensor(2), "x": torch.randn(4)})


def test_known_tensors_have_values():
    data = torch.randn(20)

    def fn(v):
        total = v["x"] * float(((data - data.mean()) ** 2).mean().sqrt())
        for angle in torch.linspace(0, 1, 5):
            if angle > 0.4:
                total = total + angle.item() * v["x"]
        mean = data.mean()
        mean += v["x"]
        return {"total": total, "mean": mean, "chosen": data[data > 0] * v["x"]}

    check(fn, {"x": torch.tensor(1.0)}, {"x": torch.tensor(3.0)})


def test_functions_of_functions():
    def f(a):
        return (a.sin() * a.flip(0)).sum()

    def fn(v):
        x = v["x"]
        return {
            "grad": torch.func.grad(f)(x),
            "hessian": torch.func.hessian(f)(x),
            "jacobian": torch.func.jacrev(torch.cumsum)(x, 0),
            "vmap": torch.vmap(torch.func.grad(f))(x.expand(3, 4)),
            "jvp": torch.func.jvp(f, (x,), (x,))[1],
        }

    check(fn, {"x": torch.zeros(4)}, {"x": torch.randn(4)})


def test_checkpoint_and_custom_functions():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            return grad * 3 * ctx.saved_tensors[0] ** 2

    def fn(v):
        x = v["x"].detach().requires_grad_()
        y = torch.utils.checkpoint.checkpoint(lambda a: Cube.apply(a).sin(), x, use_reentrant=False)
        return {"y": y, "g": torch.autograd.grad(y.sum(), x)[0]}

    check(fn, {"x": torch.zeros(4)}, {"x": torch.randn(4)})


def test_nothing_is_left_of_torch_afterwards():
    state = torch.random.get_rng_state()
    default = torch.get_default_dtype()
    fast = torch.backends.mha.get_fastpath_enabled()
    mkldnn = torch.backends.mkldnn.enabled
    with pytest.raises(ExplorableError, match="ValueError: mine"):
        trace(lambda v: (_ for _ in ()).throw(ValueError("mine")), {"x": torch.zeros(1)})
    trace(lambda v: {"y": torch.randn(3)}, {})
    assert torch.random.get_rng_state().equal(state)
    assert torch.get_default_dtype() == default
    assert torch.backends.mha.get_fastpath_enabled() == fast
    assert torch.backends.mkldnn.enabled == mkldnn
    assert type(torch.ones(1) + 1) is torch.Tensor
