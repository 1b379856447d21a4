"""Every optimiser of torch.optim for the CPU, a training step compared with PyTorch; first steps
that are special, and the one optimiser that is refused."""

from functools import partial

import pytest
import torch

import explorable as ex
from explorable.engine import engine
from explorable.figures.build import build, compile_group
from explorable.figures.figure import Figure
from explorable.figures.machine import Machine

torch.manual_seed(1)
INPUTS, TARGETS = torch.randn(20, 3), torch.randn(20, 2)


def fitting(optimizer: partial[torch.optim.Optimizer], record_every: int = 1) -> Figure:
    @ex.simulation(history=16, record_every=record_every)
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        # Muon is for matrices alone.
        net = torch.nn.Linear(3, 2, bias=optimizer.func is not torch.optim.Muon)
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
    build([figure])  # verified after 0, 5 and 20 steps
    compiled = compile_group([figure], lambda _: None)
    node = next(n for n in compiled.program["nodes"] if n["kind"] == "simulation")
    assert list(node["first"]["entries"].values()) == ["first_training"]
    assert any(".state." in slot for slot in node["state"])
    machine = Machine(engine(), compiled.program, compiled.files)
    run = figure.wires.nodes["training"].run(0)
    for _ in range(2):  # a reset makes the special first step again
        machine.restart("training")
        machine.advance("training", 7)
        weights = machine.tensor("state:training.0.weight")
        expected = run.advance(7 - int(run.step)).state[0].weight.detach()
        torch.testing.assert_close(weights, expected, rtol=1e-5, atol=1e-6)
    machine.close()


PLAIN = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Muon",
    "NAdam",
    "RAdam",
    "RMSprop",
    "SGD",
]
OPTIONS = [
    partial(torch.optim.ASGD, lambd=0.1, t0=2.0, weight_decay=0.1),
    partial(torch.optim.Adadelta, maximize=True, weight_decay=0.1),
    partial(torch.optim.Adafactor, beta2_decay=-0.5, weight_decay=0.1),
    partial(torch.optim.Adagrad, lr_decay=0.1, initial_accumulator_value=0.1),
    partial(torch.optim.Adam, amsgrad=True, maximize=True),
    partial(torch.optim.AdamW, amsgrad=True, weight_decay=0.1),
    partial(torch.optim.Muon, nesterov=False, adjust_lr_fn="match_rms_adamw"),
    partial(torch.optim.NAdam, decoupled_weight_decay=True, weight_decay=0.1),
    partial(torch.optim.RAdam, decoupled_weight_decay=True, weight_decay=0.1),
    partial(torch.optim.RMSprop, centered=True, momentum=0.9),
    partial(torch.optim.SGD, momentum=0.9, nesterov=True, weight_decay=0.1),
]


@pytest.mark.parametrize("name", PLAIN)
def test_every_optimizer_steps_as_in_pytorch(name):
    build([fitting(partial(getattr(torch.optim, name)))])


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIONS, ids=lambda optimizer: optimizer.func.__name__)
def test_the_options_of_optimizers(optimizer):
    build([fitting(optimizer)])


def test_no_optimizer_is_forgotten():
    known = {*PLAIN, "Rprop", "LBFGS", "SparseAdam"}
    found = [
        name
        for name, value in vars(torch.optim).items()
        if isinstance(value, type) and issubclass(value, torch.optim.Optimizer)
    ]
    assert known == set(found) - {"Optimizer"}


def embedding_under(net: torch.nn.Module, optimizer: torch.optim.Optimizer) -> Figure:
    @ex.simulation
    def training():
        return net, optimizer

    @training.step
    def once(state):
        net, opt = state
        loss = net(torch.tensor([1, 2, 2])).square().sum()
        opt.zero_grad()
        loss.backward()
        opt.step()

    @ex.figure
    def shown(training=training):
        """Weights."""
        return ex.plot(ex.bars(training.state[0].weight.reshape(-1)))

    return shown


def test_what_cannot_step_in_a_page_says_so():
    net = torch.nn.Embedding(5, 2, sparse=True)
    with pytest.raises(ex.ExplorableError) as sparse:
        build([embedding_under(net, torch.optim.SparseAdam(net.parameters()))])
    assert str(sparse.value).splitlines() == [
        "trace: torch.optim.SparseAdam needs sparse gradients, which have no lowering "
        "(simulation 'training')",
        f"  in tests/test_optimizers.py:{sparse.value.line.number}",
        "     opt.step()",
        "  use torch.optim.Adam, and leave sparse=True out of the embedding",
    ]
