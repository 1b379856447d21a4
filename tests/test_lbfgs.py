"""torch.optim.LBFGS in a page: the form without branches against torch's own, and a figure that
trains with it."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

import explorable as ex
from explorable.figures.build import build
from explorable.figures.figure import Figure
from explorable.trace.forms import lbfgs
from explorable.trace.state import copy_state, state_tensors

torch.manual_seed(3)
INPUTS = torch.randn(40, 3, dtype=torch.float64)
TARGETS = (INPUTS @ torch.tensor([[1.0], [-2.0], [0.5]], dtype=torch.float64) > 0).double()


def rosenbrock(p: torch.Tensor) -> torch.Tensor:
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def valley() -> tuple[list[torch.nn.Parameter], object]:
    place = torch.nn.Parameter(torch.tensor([-1.2, 1.0], dtype=torch.float64))
    return [place], lambda: rosenbrock(place)


def network() -> tuple[list[torch.nn.Parameter], object]:
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    net.double()
    return list(net.parameters()), lambda: (net(INPUTS) - TARGETS).square().mean()


def phases() -> tuple[list[torch.nn.Parameter], object]:
    z = torch.nn.Parameter(torch.tensor([1 + 2j, -1j], dtype=torch.complex128))
    return [z], lambda: (z.abs() - 1).square().sum() + (z.real - 0.5).pow(4).sum()


def course(begin, steps: int, take, **options) -> list[torch.Tensor]:
    """The parameters after each of ``steps`` steps."""
    parameters, loss = begin()
    optimizer = torch.optim.LBFGS(parameters, **options)

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    places = []
    for _ in range(steps):
        take(optimizer, closure)
        places.append(torch.cat([p.detach().reshape(-1) for p in parameters]))
    return places


@pytest.mark.parametrize(
    "options",
    [
        {"lr": 0.1, "max_iter": 4, "history_size": 3},
        {"lr": 0.1, "max_eval": 7},
        {"lr": 0.1, "max_iter": 1},
        {"line_search_fn": "strong_wolfe"},
        {"line_search_fn": "strong_wolfe", "max_eval": 5, "lr": 0.3},
        {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 1},
        {"line_search_fn": "strong_wolfe", "tolerance_grad": 1e-2, "tolerance_change": 1e-4},
    ],
    ids=lambda options: " ".join(f"{k}={v}" for k, v in options.items()),
)
@pytest.mark.parametrize("begin", [valley, network, phases])
def test_the_form_without_branches_goes_where_torch_goes(begin, options):
    if begin is valley and "line_search_fn" not in options:
        options = options | {"lr": 1e-3}
    theirs = course(begin, 4, torch.optim.LBFGS.step, **options)
    ours = course(begin, 4, lbfgs.step, **options)
    for expected, got in zip(theirs, ours, strict=True):
        # Eighty iterations keep the rounding of each, which is another on each processor.
        torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-7)


def test_a_run_copies_the_optimizer_and_its_state_has_one_shape():
    parameters, loss = network()
    optimizer = torch.optim.LBFGS(parameters, history_size=4, max_iter=3)
    before = state_tensors((parameters, optimizer))

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)
    _, again = copy_state((parameters, optimizer))
    after = state_tensors((parameters, again))
    assert {k: v.shape for k, v in before.items()} == {k: v.shape for k, v in after.items()}
    steps, slopes = after["1.state.0.old_stps"], after["1.state.0.old_dirs"]
    torch.testing.assert_close(
        steps[-1], torch.stack([*optimizer.state[parameters[0]]["old_stps"]])[-1]
    )
    torch.testing.assert_close(after["1.state.0.products"], steps @ slopes.T)


def classifier(dtype: torch.dtype, **options) -> Figure:
    @ex.simulation(history=16)
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        net = torch.nn.Linear(3, 1, dtype=dtype)
        return net, torch.optim.LBFGS(net.parameters(), **options)

    @training.step
    def once(state, lr=ex.slider(0.1, 1, value=0.5)):
        net, opt = state
        opt.param_groups[0]["lr"] = lr

        def closure():
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(INPUTS.to(dtype)), TARGETS.to(dtype))
            loss = loss + 0.1 * net.weight.square().sum()
            loss.backward()
            return loss

        return ex.record(loss=opt.step(closure))

    @ex.figure
    def shown(training=training):
        """Weights and loss."""
        weights = training.state[0].weight.reshape(-1)
        return ex.plot(ex.curve(training.history["loss"]), ex.bars(weights, name="weights"))

    return shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dtype", "options"),
    [
        (torch.float32, {"max_iter": 4}),
        (torch.float64, {"line_search_fn": "strong_wolfe", "history_size": 5, "max_eval": 9}),
    ],
    ids=["fixed steps", "line search"],
)
def test_a_figure_trains_with_it(dtype, options):
    build([classifier(dtype, **options)])  # verified after 0, 5 and 20 steps
