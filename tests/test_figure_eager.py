"""Figures, values and simulations in plain PyTorch: what calls give, and what they refuse."""

import pytest
import torch
from torch import nn

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures import groups

shift = ex.slider(0, 6, value=1.0)
t = torch.linspace(0, 1, 32)


@ex.value
def wave(shift=shift):
    x = torch.sin(t + shift)
    return {"x": x, "power": x.square().mean()}


@ex.figure
def in_time(wave=wave):
    """A wave.

    More words."""
    return ex.curve(t, wave["x"], name="x")


@ex.figure
def both(wave=wave, shift=shift):
    return ex.curve(t, wave["x"] + shift, name="sum")


@ex.figure
def alone(theta=ex.slider(0, 6, value=1.0), z=ex.point(1 + 0.5j), n=3):
    arc = z * torch.exp(1j * theta * torch.linspace(0, 1, 8)) * n
    return ex.plot(ex.curve(arc, name="arc"), ex.arrow(z, name="z"), title=f"θ = {theta:.2f}")


@ex.simulation(history=4)
def training(seed=ex.seed(0)):
    torch.manual_seed(seed)
    net = nn.Linear(2, 1)
    return net, torch.optim.Adam(net.parameters())


@training.step
def once(state, lr=ex.slider(1e-4, 1e-1, scale="log")):
    net, opt = state
    opt.param_groups[0]["lr"] = lr
    loss = net(torch.randn(16, 2)).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return ex.record(loss=loss)


@ex.figure
def trained(training=training):
    net, _ = training.state
    return ex.row(
        ex.bars(net.weight[0], name="weight"),
        ex.curve(training.history["step"], training.history["loss"], name="loss"),
    )


def test_a_call_draws_what_the_function_computes():
    outputs = alone(theta=0.3, z=2 - 1j, n=2).outputs
    expected = (2 - 1j) * torch.exp(0.3j * torch.linspace(0, 1, 8)) * 2
    assert torch.allclose(outputs["arc"], torch.view_as_real(expected))
    assert outputs["z"].tolist() == [[[0, 0], [2, -1]]]


def test_a_shared_control_reaches_values_too():
    expected = torch.sin(t + 0.25) + 0.25
    assert torch.allclose(both(shift=0.25).outputs["sum"][:, 1], expected)


def test_a_value_can_be_given():
    given = {"x": torch.ones(32), "power": torch.ones(())}
    assert in_time(wave=given).outputs["x"][:, 1].tolist() == [1] * 32
    assert torch.allclose(wave(shift=2.0)["x"], torch.sin(t + 2))


def test_the_docstrings_first_paragraph_is_the_alternative():
    assert in_time.alt == "A wave."


@pytest.mark.parametrize(
    ("call", "fact"),
    [
        (lambda: alone(theta=7), "'theta' is between 0 and 6, got 7"),
        (lambda: alone(thet=1), "did you mean 'theta'"),
        (lambda: alone(z="a"), "complex number"),
        (lambda: trained(training=3), "'training' is a run"),
    ],
)
def test_a_wrong_call_is_refused_as_in_the_page(call, fact):
    with pytest.raises(ExplorableError, match=fact):
        call()


def test_a_run_repeats_and_seeds_differ():
    weights = [training.run(3, seed=s).state[0].weight for s in (0, 0, 1)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_steps_draw_other_numbers_than_init_and_each_other():
    @ex.simulation
    def walk(seed=ex.seed(3)):
        torch.manual_seed(seed)
        return {"now": torch.randn(4), "before": torch.zeros(4)}

    @walk.step
    def go(state):
        return {"now": torch.randn(4), "before": state["now"]}

    state = walk.run(2).state
    assert not torch.equal(state["now"], state["before"])
    assert not torch.equal(walk.run(0).state["now"], walk.run(1).state["now"])


def test_torchs_own_generator_is_not_moved():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    training.run(2)
    assert torch.equal(torch.rand(3), expected)


def test_history_is_padded_then_thinned():
    history = training.run(3).history
    assert history["step"][:3].tolist() == [1, 2, 3]
    assert history["step"][3:].isnan().all()
    assert training.run(6).history["step"][:3].tolist() == [2, 4, 6]
    assert training.run(0).history["loss"].isnan().all()
    assert trained(training=training.run(2)).outputs["loss"].shape == (4, 2)


def test_the_authors_objects_never_change():
    net = nn.Linear(1, 1)

    @ex.simulation
    def held():
        return net

    @held.step
    def change(net):
        with torch.no_grad():
            net.weight += 1

    before = net.weight.clone()
    run = held.run(3)
    assert torch.equal(net.weight, before)
    assert torch.allclose(run.state.weight, before + 3)


def test_groups_are_joined_by_values_and_simulations_only():
    assert groups([in_time, alone, both, trained]) == [[in_time, both], [alone], [trained]]


def test_a_parameter_without_wire_is_an_error():
    with pytest.raises(ExplorableError, match="parameter 'a' of 'f' has no default"):

        @ex.figure
        def f(a):
            return ex.curve(a)


@pytest.mark.parametrize(
    ("result", "fact"),
    [
        (torch.zeros(64), "a figure returns marks or plots, got Tensor \\(64,\\)"),
        (None, "got None"),
    ],
)
def test_a_figure_returns_marks_only(result, fact):
    @ex.figure
    def f():
        return result

    with pytest.raises(ExplorableError, match=fact):
        f()


def test_a_figure_leaves_the_run_as_it_was():
    @ex.figure
    def looks(training=training):
        net, _ = training.state
        net.eval()
        return ex.bars(net.weight[0])

    run = training.run(1)
    looks(training=run)
    assert run.state[0].training
