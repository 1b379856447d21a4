"""Modules of torch.nn in training and evaluation, forward and backward: those that look at values,
keep state, draw numbers or are one opaque operation on other roads. `python -m conformance` runs
every module."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, parametrize

import explorable as ex
from together import agree, gradients

Tensor = torch.Tensor


def stepped(module: nn.Module, *, train: bool = True) -> Callable[..., Any]:
    """Results, gradients of input and parameters, and the buffers left behind, of a copy."""

    def step(x: Tensor, *more: Any) -> Any:
        net = copy.deepcopy(module).train(train)
        x = x.detach().requires_grad_()
        results = net(x, *more)
        parts = results if isinstance(results, tuple) else (results,)
        flat = [t for part in parts for t in (part if isinstance(part, tuple) else (part,))]
        sum((t * torch.arange(t.numel()).reshape(t.shape).cos()).sum() for t in flat).backward()
        slopes = [p.grad for p in net.parameters() if p.grad is not None]
        return results, x.grad, slopes, list(net.buffers())

    return step


def symmetric() -> nn.Module:
    class Symmetric(nn.Module):
        def forward(self, weight: Tensor) -> Tensor:
            return weight.triu() + weight.triu(1).T

    layer = nn.Linear(4, 4)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    return layer


def test_statistics_of_batches():
    torch.manual_seed(1)
    plain, mean = nn.BatchNorm1d(4), nn.BatchNorm1d(4, momentum=None)
    bare = nn.BatchNorm1d(4, affine=False, track_running_stats=False)

    def twice(x: Tensor) -> Any:
        net = copy.deepcopy(nn.Sequential(plain, nn.Dropout(0.3), mean)).train()
        first, second = net(x), net(2 * x + 1)
        return first, second, net.eval()(x), list(net.buffers())

    agree(
        {
            "plain": stepped(plain),
            "evaluated": stepped(plain, train=False),
            "without momentum": stepped(mean),
            "bare": stepped(bare),
            "twice": twice,
        },
        torch.randn(6, 4),
    )


def test_weights_made_of_others():
    torch.manual_seed(2)
    agree(
        {
            "weight norm": stepped(parametrizations.weight_norm(nn.Linear(4, 3))),
            "spectral norm": stepped(parametrizations.spectral_norm(nn.Linear(4, 3))),
            "evaluated": stepped(parametrizations.spectral_norm(nn.Linear(4, 3)), train=False),
            "symmetric": stepped(symmetric()),
        },
        torch.randn(5, 4),
    )


def test_losses_that_look_at_their_targets():
    torch.manual_seed(3)
    clusters = nn.AdaptiveLogSoftmaxWithLoss(4, 10, [2, 5], div_value=2.0)
    lengths = torch.tensor([6, 5]), torch.tensor([3, 2])
    labels = torch.tensor([[1, 2, 2], [3, 1, 0]])

    def ctc(x: Tensor, **options: Any) -> Tensor:
        scores = x.reshape(6, 2, 2).repeat(1, 1, 2).log_softmax(-1)
        return F.ctc_loss(scores, labels, *lengths, **options)

    agree(
        {
            "gaussian": gradients(lambda x, k: nn.GaussianNLLLoss()(x, x.sin(), x.exp())),
            "clusters": gradients(lambda x, k: clusters(x, k)),
            "log_prob": lambda x, k: (clusters.log_prob(x), clusters.predict(x)),
            "ctc": gradients(lambda x, k: ctc(x)),
            "ctc of one row": gradients(
                lambda x, k: F.ctc_loss(
                    x.log_softmax(-1), labels[0], torch.tensor(6), torch.tensor(3), reduction="sum"
                )
            ),
            "ctc of one row behind another": gradients(
                lambda x, k: F.ctc_loss(
                    x.reshape(6, 2, 2).repeat(1, 1, 2).log_softmax(-1),
                    labels.reshape(-1)[:5],
                    torch.tensor([6, 5]),
                    (k[:2] > 2) + 2,
                    reduction="none",
                )
            ),
            "impossible": lambda x, k: F.ctc_loss(
                x.log_softmax(-1), labels[0], (4,), (3,), reduction="none", zero_infinity=True
            ),
        },
        torch.randn(6, 4),
        torch.tensor([1, 3, 7, 9, 0, 4]),
    )


def test_recurrent_nets():
    torch.manual_seed(4)
    agree(
        {
            "LSTM": stepped(nn.LSTM(2, 3, batch_first=True)),
            "GRU, both ways": stepped(nn.GRU(2, 2, bidirectional=True)),
            # torch's decomposition forgets the dropout between layers.
            "RNN, dropout": stepped(nn.RNN(2, 3, num_layers=2, dropout=0.5)),
        },
        torch.randn(2, 3, 2),
    )


@pytest.mark.slow
def test_recurrent_nets_of_many_layers():
    torch.manual_seed(5)
    options = {"num_layers": 2, "dropout": 0.5, "bidirectional": True}
    agree(
        {
            "LSTM": stepped(nn.LSTM(3, 4, **options)),
            "GRU": stepped(nn.GRU(3, 4, **options)),
            "RNN": stepped(nn.RNN(3, 4, nonlinearity="relu", **options)),
            "evaluated": stepped(nn.LSTM(3, 4, **options), train=False),
        },
        torch.randn(3, 2, 3),
    )


@pytest.mark.slow
@pytest.mark.parametrize("train", [True, False])
def test_transformers(train):
    torch.manual_seed(6)
    options = {"dropout": 0.1, "batch_first": True}
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(8, 2, 12, **options), 2, enable_nested_tensor=False
    )
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12, **options), 1)
    early = nn.TransformerEncoderLayer(8, 2, 12, activation="gelu", norm_first=True, **options)
    causal = nn.Transformer.generate_square_subsequent_mask(4)
    hidden = torch.tensor([[False, False, False, True], [False] * 4])
    agree(
        {
            "padded": stepped(_Called(encoder, src_key_padding_mask=hidden), train=train),
            "causal": stepped(_Called(encoder, mask=causal, is_causal=True), train=train),
            "early norm": stepped(early, train=train),
            "decoder": stepped(_Called(decoder, tgt_mask=causal, twice=True), train=train),
        },
        torch.randn(2, 4, 8),
    )


class _Called(nn.Module):
    """A module with the same further arguments each time."""

    def __init__(self, module: nn.Module, *, twice: bool = False, **more: Any) -> None:
        super().__init__()
        self.module, self.twice, self.more = module, twice, more

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x, 2 * x, **self.more) if self.twice else self.module(x, **self.more)


def test_a_module_made_by_torch_compile_is_traced_as_it_was_written():
    torch.manual_seed(7)
    net = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
    whole = torch.compile(net, fullgraph=True)

    @torch.compile
    def doubled(x):
        return 2 * x.sin()

    agree({"net": lambda x: whole(x), "function": lambda x: doubled(x)}, torch.randn(2, 4))


def test_what_only_warns_or_raises_is_passed_by():
    """Checks of torch's own go; a branch that decides anything else stays an error."""
    from torch.distributions import Normal, Wishart

    checked = ex.compile(
        lambda x: Normal(x, x.exp(), validate_args=True).log_prob(x), torch.ones(2)
    )
    assert torch.isfinite(checked(torch.zeros(2))).all()
    with pytest.raises(ex.ExplorableError, match="python cannot branch on a value"):
        ex.compile(lambda x: Wishart(4.0, x @ x.T + torch.eye(3)).sample(), torch.randn(3, 3))


def test_gradients_gathered_before_are_named():
    net = nn.Linear(3, 2)
    net(torch.ones(1, 3)).sum().backward()

    def trained(x: Tensor) -> Any:
        net(x).sum().backward()
        return net.weight.grad

    with pytest.raises(ex.ExplorableError) as found:
        ex.compile(trained, torch.randn(4, 3))
    assert "figure changes the constant 'net.bias.grad'" in str(found.value)
    assert "call net.zero_grad() first, or return net from a simulation's init" in str(found.value)
    net.zero_grad()
    assert torch.equal(
        ex.compile(trained, torch.randn(4, 3))(torch.ones(4, 3)), 4 * torch.ones(2, 3)
    )
    assert net.weight.grad is None
