"""Optimisers and modules as state: the traced step against eager torch, three steps at unseen
rates."""

import copy

import pytest
import torch

from explorable.errors import ExplorableError
from explorable.trace import copy_state, python_numbers, state_tensors, substitute, trace
from explorable.trace.state import special_starts
from interpret import interpret

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(
        p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01
    ),
    "adam": lambda p: torch.optim.Adam(p),
    "amsgrad": lambda p: torch.optim.Adam(p, amsgrad=True, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p),
    "rmsprop": lambda p: torch.optim.RMSprop(p, momentum=0.9, centered=True),
    "adagrad": lambda p: torch.optim.Adagrad(p),
    "radam": lambda p: torch.optim.RAdam(p),
    "nadam": lambda p: torch.optim.NAdam(p),
    "adamax": lambda p: torch.optim.Adamax(p),
    "adadelta": lambda p: torch.optim.Adadelta(p, lr=0.5),
}
X, Y = torch.randn(16, 3), torch.randint(0, 4, (16,))


def network() -> torch.nn.Module:
    return torch.nn.Sequential(
        torch.nn.Linear(3, 8, bias=False),
        torch.nn.BatchNorm1d(8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 4),
    )


def step(state, lr):
    net, opt = state
    opt.param_groups[0]["lr"] = lr
    loss = torch.nn.functional.cross_entropy(net(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def traced_step(state, step=step, gradients=False):
    paths = state_tensors(state, gradients=gradients)

    def fn(values):
        tensors = {path: values[path] for path in paths}
        with substitute(state, tensors) as inside:
            loss = step(inside, values["lr"])
            return {**state_tensors(inside, gradients=gradients), "loss": loss}

    return trace(fn, {**paths, "lr": torch.tensor(0.01)})


def close(got, expected, tolerance=2e-5):
    scale = expected.abs().max().item()
    return (got - expected).abs().max().item() <= tolerance * scale + 1e-6


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_steps(name):
    net = network()
    state = (net, OPTIMIZERS[name](net.parameters()))
    before = {k: v.clone() for k, v in net.state_dict().items()}
    graph = traced_step(state)
    assert all(torch.equal(before[k], v) for k, v in net.state_dict().items())
    assert not state[1].state or name == "adagrad"
    assert not any("_." in node.op for node in graph.nodes)

    mine = {k: v.detach().clone() for k, v in state_tensors(state).items()}
    eager = copy_state(state)
    for lr in (0.003, 0.02, 0.05):
        loss = step(eager, torch.tensor(lr))
        mine = interpret(graph, {**mine, "lr": torch.tensor(lr)})
        assert close(mine.pop("loss"), loss.detach())
    for path, value in state_tensors(eager).items():
        assert close(mine[path].float(), value.detach().float(), 1e-4), path


def test_gradients_that_accumulate_are_state():
    def accumulate(state, lr):
        net, opt = state
        loss = net(X).square().mean()
        loss.backward()
        opt.step()
        return loss

    net = torch.nn.Linear(3, 2)
    state = (net, torch.optim.SGD(net.parameters(), lr=0.1))
    graph = traced_step(state, accumulate, gradients=True)
    mine = {k: v.detach().clone() for k, v in state_tensors(state, gradients=True).items()}
    eager = copy_state(state)
    for _ in range(3):
        accumulate(eager, None)
        mine = interpret(graph, {**mine, "lr": torch.tensor(0.0)})
        mine.pop("loss")
    for path, value in state_tensors(eager, gradients=True).items():
        assert close(mine[path], value.detach()), path


def test_init_inside_the_trace_gives_a_whole_state():
    from explorable.trace import random_numbers

    def init(values):
        with random_numbers(values["seed"]):
            net = torch.nn.GRU(3, 4)
            return state_tensors((net, torch.optim.Adam(net.parameters())))

    graph = trace(init, {"seed": 3})
    expected = init({"seed": 11})
    got = interpret(graph, {"seed": 11})
    assert list(got) == list(expected)
    assert all(torch.allclose(got[k], expected[k].detach()) for k in got)


def test_recurrent_weights_are_substituted():
    net = torch.nn.GRU(3, 4)
    original = {k: v.clone() for k, v in net.state_dict().items()}
    with substitute(net, {k: torch.zeros_like(v) for k, v in state_tensors(net).items()}) as inside:
        assert torch.equal(inside(torch.randn(2, 1, 3))[0], torch.zeros(2, 1, 4))
    assert all(torch.equal(original[k], v) for k, v in net.state_dict().items())
    assert net._flat_weights[0] is net.weight_ih_l0


def test_state_is_copied_as_one_object():
    net = network()
    net2, opt2 = copy_state((net, torch.optim.Adam(net.parameters())))
    assert opt2.param_groups[0]["params"][0] is net2[0].weight is not net[0].weight
    moving = (torch.ones(2, requires_grad=True) * 2,)
    assert torch.equal(copy_state(moving)[0], moving[0])


def test_python_numbers_of_a_schedule():
    net = network()
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    state = {"net": net, "opt": opt, "scheduler": torch.optim.lr_scheduler.StepLR(opt, 1)}
    before = python_numbers(state)
    opt.step()
    state["scheduler"].step()
    after = python_numbers(state)
    changed = {k for k in before if before[k] != after[k]}
    assert {"scheduler.last_epoch", "opt.param_groups.0.lr"} <= changed


def test_plain_containers_and_tensors():
    state = {"piece": torch.arange(3), "pair": (torch.zeros(2), [torch.ones(1)])}
    assert list(state_tensors(state)) == ["piece", "pair.0", "pair.1.0"]
    assert list(state_tensors(torch.zeros(2))) == [""]
    with substitute(state, {"pair.1.0": torch.full((1,), 5.0)}) as inside:
        inside["piece"] = torch.zeros(1)
        assert inside["pair"][1][0] == 5
    assert state["pair"][1][0] == 1
    assert state["piece"].shape == (3,)


@pytest.mark.parametrize("option", ["foreach", "capturable"])
def test_options_without_a_trace(option):
    net = network()
    opt = torch.optim.Adam(net.parameters(), **{option: True})
    with pytest.raises(
        ExplorableError, match=rf"torch.optim.Adam\({option}=True\) has no CPU trace"
    ):
        state_tensors((net, opt))


@pytest.mark.parametrize("make", [torch.optim.ASGD, torch.optim.Rprop])
def test_a_special_start_is_told_by_its_place(make):
    net = network()
    state = (net, make(net.parameters()))
    assert not any(".state." in path for path in state_tensors(state))
    assert special_starts(state) == ("1.state.",)
    assert special_starts((net, torch.optim.SGD(net.parameters(), momentum=0.9))) == ()
    taken = copy.deepcopy((net, make(net.parameters())))
    step(taken, 0.01)
    assert any(".state." in path for path in state_tensors(taken))
    assert special_starts(taken) == ()
