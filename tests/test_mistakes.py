"""The table of common mistakes: each is an error with the author's line, the fact and what to write
instead."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures import groups
from explorable.figures.group import trace_group

net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))


@ex.figure
def branches(theta=ex.slider(-1, 1)):
    x = torch.linspace(0, 1, 4)
    if theta > 0:
        x = -x
    return ex.curve(x)


@ex.figure
def leaves_the_graph(theta=ex.slider(-1, 1)):
    return ex.curve(torch.linspace(0, 1, 4) * math.sin(theta))


@ex.figure
def becomes_a_float(theta=ex.slider(-1, 1)):
    return ex.curve(torch.linspace(0, 1, 4) * float(theta))


@ex.figure
def counts_too_far(n=ex.integer(1, 500)):
    x = torch.zeros(4)
    for k in range(n):
        x = x + k
    return ex.curve(x)


@ex.figure
def formats_in_vain(theta=ex.slider(-1, 1)):
    name = f"{theta:.2f}"
    return ex.curve(torch.linspace(0, 1, 4) * theta * len(name))


@ex.simulation
def growing():
    return {"w": torch.zeros(3), "losses": []}


@growing.step
def grow(state):
    state["losses"].append(state["w"].sum())


@ex.figure
def grown(growing=growing):
    return ex.curve(growing.state["w"])


@ex.simulation
def scheduled():
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    return {"model": model, "optimizer": optimizer, "scheduler": scheduler}


@scheduled.step
def schedule(state):
    loss = state["model"](torch.ones(4, 2)).square().mean()
    state["optimizer"].zero_grad()
    loss.backward()
    state["optimizer"].step()
    state["scheduler"].step()


@ex.figure
def schedules(scheduled=scheduled):
    return ex.bars(scheduled.state["model"].weight[0])


@ex.figure
def normalises(x=ex.slider(0, 1)):
    return ex.curve(net(torch.ones(4, 2) * x)[:, 0])


@ex.simulation
def fused():
    model = nn.Linear(2, 1)
    return model, torch.optim.Adam(model.parameters(), fused=True)


@fused.step
def fuse(state):
    model, optimizer = state
    F.mse_loss(model(torch.ones(4, 2)), torch.zeros(4, 1)).backward()
    optimizer.step()


@ex.figure
def fuses(fused=fused):
    return ex.bars(fused.state[0].weight[0])


@ex.figure
def returns_a_tensor(x=ex.slider(0, 1)):
    return torch.zeros(64) * x


@ex.figure
def returns_nothing(x=ex.slider(0, 1)):
    ex.curve(torch.zeros(64) * x)


@ex.figure
def forgets_the_seed(seed=ex.seed(0)):
    return ex.curve(torch.randn(4))


@ex.figure
def draws_no_point(p=ex.point(0, 1)):
    return ex.curve(torch.linspace(0, 1, 4) * p[0])


@ex.simulation
def stepless():
    return torch.zeros(3)


@ex.figure
def stands(stepless=stepless):
    return ex.curve(stepless.state)


@ex.simulation
def widening():
    return torch.zeros(3)


@widening.step
def widen(state):
    return state.double()


@ex.figure
def widened(widening=widening):
    return ex.curve(widening.state)


@ex.figure
def reads_no_record(growing=growing):
    return ex.curve(growing.history["loss"])


@ex.figure
def wrong_shape(x=ex.slider(0, 1)):
    return ex.curve(torch.zeros(3, 5) * x)


@ex.figure
def raises(x=ex.slider(0, 1)):
    return ex.curve(torch.zeros(3) @ torch.zeros(4))


@ex.figure(controls=["thet"])
def hides(theta=ex.slider(0, 1)):
    return ex.curve(torch.zeros(3) * theta)


MISTAKES = [
    (
        branches,
        "python cannot branch on a value the reader moves ('theta')",
        "if theta > 0:",
        "use torch.where(theta > 0, a, b), or make it an ex.toggle or ex.choice",
    ),
    (
        leaves_the_graph,
        "math.sin takes the number out of the graph",
        "math.sin(theta)",
        "use torch.sin",
    ),
    (becomes_a_float, "float takes the number out of the graph", "float(theta)", "tensor itself"),
    (
        counts_too_far,
        "python needs the value of 'n': 500 entry points (limit 64)",
        "",
        "use torch.arange(n) and masks, or a smaller range",
    ),
    (
        formats_in_vain,
        "a live number was formatted into a text that is not drawn",
        'name = f"{theta:.2f}"',
        "a title, a label or a readout",
    ),
    (
        grown,
        "step changed the state's structure: 'losses' had 0 items, has 1",
        "def grow(state):",
        "use ex.record(loss=loss)",
    ),
    (
        schedules,
        "step changed the python number 'scheduler.last_epoch' (0 to 1), "
        "the page would keep it at 0",
        "def schedule(state):",
        "compute lr from a step count held as a tensor",
    ),
    (
        normalises,
        "figure changes the constant 'net.1.running_mean'",
        "net(torch.ones(4, 2) * x)",
        "call net.eval(), or return net from a simulation's init",
    ),
    (
        fuses,
        "torch.optim.Adam(fused=True) has no CPU trace",
        "",
        "leave these three options at None",
    ),
    (
        returns_a_tensor,
        "a figure returns marks or plots, got Tensor (64,)",
        "def returns_a_tensor(",
        "ex.curve(...) draws it",
    ),
    (returns_nothing, "a figure returns marks or plots, got None", "def returns_nothing(", ""),
    (
        forgets_the_seed,
        "'seed' has no effect",
        "seed=ex.seed(0)",
        "call torch.manual_seed(seed) in the same function",
    ),
    (
        draws_no_point,
        "no mark draws 'p', so the reader cannot change it",
        "p=ex.point(0, 1)",
        "ex.scatter(p)",
    ),
    (stands, "the simulation 'stepless' has no step", "def stepless():", "@stepless.step"),
    (
        widened,
        "step changed 'state' from float32 (3,) to float64 (3,)",
        "def widen(state):",
        "shapes and dtypes of the state stay",
    ),
    (reads_no_record, "", "", ""),
    (
        wrong_shape,
        "curve: positions are complex (...), real (..., 2) or two tensors (x, y), "
        "got float32 (3, 5)",
        "ex.curve(torch.zeros(3, 5) * x)",
        "",
    ),
    (raises, "", "torch.zeros(3) @ torch.zeros(4)", ""),
]


@pytest.mark.parametrize(
    ("figure", "fact", "text", "fix"), MISTAKES, ids=[figure.name for figure, *_ in MISTAKES]
)
def test_a_mistake_is_told_with_its_line(figure, fact, text, fix):
    with pytest.raises(ExplorableError) as caught:
        for group in groups([figure]):
            trace_group(group)
    error = caught.value
    assert fact in error.fact
    assert fix in error.fix
    assert error.line is not None
    assert error.line.file.endswith("test_mistakes.py")
    assert text in error.line.text
    assert str(error).splitlines()[1].startswith("  in ")


def test_the_authors_module_is_unchanged_after_a_mistake():
    before = net[1].running_mean.clone()
    with pytest.raises(ExplorableError):
        trace_group([normalises])
    assert torch.equal(net[1].running_mean, before)


def test_controls_that_are_not_there_are_named():
    from explorable.figures.spec import shown_controls

    group = trace_group([hides])
    with pytest.raises(ExplorableError, match=r"unknown control 'thet'; one of: .*theta"):
        shown_controls(group, group.drawings[0])
