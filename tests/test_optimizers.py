"""Optimisers whose first step is special: an entry of its own, compared with PyTorch."""

import json
from functools import partial

import pytest
import torch

import explorable as ex
from explorable.engine import engine
from explorable.figures.build import build
from explorable.figures.figure import Figure
from explorable.figures.machine import Machine

torch.manual_seed(1)
INPUTS, TARGETS = torch.randn(20, 3), torch.randn(20, 2)


def fitting(optimizer: partial[torch.optim.Optimizer], record_every: int) -> Figure:
    @ex.simulation(history=16, record_every=record_every)
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        net = torch.nn.Linear(3, 2)
        return net, optimizer(net.parameters())

    @training.step
    def once(state, lr=ex.slider(1e-3, 1e-1, value=1e-2, scale="log")):
        net, opt = state
        opt.param_groups[0]["lr"] = lr
        loss = (net(INPUTS) - TARGETS).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return ex.record(loss=loss)

    @ex.figure
    def shown(training=training):
        """Weights and loss."""
        weights = training.state[0].weight.reshape(-1)
        return ex.plot(ex.curve(training.history["loss"]), ex.bars(weights, name="weights"))

    return shown


@pytest.mark.parametrize(
    "optimizer",
    [
        partial(torch.optim.Rprop),
        partial(torch.optim.SGD, momentum=0.9, dampening=0.3),
    ],
    ids=["Rprop", "dampening"],
)
@pytest.mark.parametrize("record_every", [1, 3])
def test_a_special_first_step_is_an_entry_of_its_own(optimizer, record_every):
    figure = fitting(optimizer, record_every)
    (bundle,) = build([figure])  # verified after 0, 5 and 20 steps
    program = json.loads(bundle.files[bundle.spec])["program"]
    node = next(n for n in program["nodes"] if n["kind"] == "simulation")
    assert list(node["first"]["entries"].values()) == ["first_training"]
    assert any(".state." in slot for slot in node["state"])
    machine = Machine(engine(), program, bundle.files)
    run = figure.wires.nodes["training"].run(0)
    for _ in range(2):  # a reset makes the special first step again
        machine.restart("training")
        machine.advance("training", 7)
        weights = machine.tensor("state:training.0.weight")
        expected = run.advance(7 - int(run.step)).state[0].weight.detach()
        torch.testing.assert_close(weights, expected, rtol=1e-5, atol=1e-6)
    machine.close()
