"""The float64 reference computes what the float32 function computes, more exactly."""

import torch
import torch.nn.functional as F
from torch import nn

from explorable.trace import (
    copy_state,
    float64_reference,
    random_numbers,
    state_tensors,
    substitute,
)


def train():
    with random_numbers(4):
        net = nn.Sequential(
            nn.Linear(3, 16), nn.Dropout(0.2), nn.BatchNorm1d(16), nn.GELU(), nn.Linear(16, 2)
        )
        opt = torch.optim.Adam(net.parameters())
        for _ in range(3):
            x = torch.randn(32, 3)
            loss = F.mse_loss(net(x), x[:, :2] * torch.linspace(0, 1, 32)[:, None])
            opt.zero_grad()
            loss.backward()
            opt.step()
        return loss.detach()


def test_training_in_float64():
    plain = train()
    with float64_reference():
        exact = train()
    assert (plain.dtype, exact.dtype) == (torch.float32, torch.float64)
    assert 0 < abs(plain - exact) < 1e-6


def test_everything_is_wider_inside():
    weight = torch.randn(3, requires_grad=True)
    with float64_reference():
        for value in (
            weight * 2,
            torch.tensor(0.1),
            torch.zeros(2, dtype=torch.float32),
            torch.arange(3).to(torch.float32),
            torch.linspace(0, 1, 5),
            F.linear(torch.ones(2, 3), weight[None]),
            torch.full((), 0.1) + weight[0],
        ):
            assert value.dtype == torch.float64
        assert torch.fft.rfft(weight).dtype == torch.complex128
        assert torch.arange(3).dtype == torch.int64
        (weight * torch.tensor(0.1)).sin().sum().backward()
    assert weight.grad.dtype == torch.float32
    assert (weight + 1).dtype == torch.float32
    assert torch.zeros(1).dtype == torch.float32


def test_a_state_stays_exact_when_substituted():
    net = nn.Linear(3, 1)
    state = copy_state((net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)))
    wide = {
        path: value.double() if value.is_floating_point() else value
        for path, value in state_tensors(state).items()
    }
    x = torch.randn(8, 3)
    for _ in range(2):
        with float64_reference(), substitute(state, wide) as (model, opt):
            loss = model(x).square().mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            wide = {path: v.detach() for path, v in state_tensors((model, opt)).items()}
    assert {value.dtype for value in wide.values()} == {torch.float64}
    assert state[0].weight.dtype == torch.float32
    assert state[0].weight.equal(net.weight)
