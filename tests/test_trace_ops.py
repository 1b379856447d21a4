"""Operations through the trace alone, forward and backward, at values unseen while tracing; and
that none is left that `decompose.TABLE` promises to take apart."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explorable.trace import trace
from explorable.trace.table.decompose import FROM_TORCH, OURS
from interpret import interpret

TAKEN_APART = {str(op) for op in OURS} | {
    str(getattr(packet, name)) for packet in FROM_TORCH for name in packet.overloads()
}

SEQUENCE = torch.Size([3, 5, 8])
IMAGE = torch.Size([2, 6, 8, 8])
CLASSES = torch.tensor([1, 0, 3])


def pick(t):
    return t.gather(-1, torch.zeros(3, 5, 2, dtype=torch.int64))


SEQUENCES = {
    "gelu": F.gelu,
    "gelu tanh": lambda t: F.gelu(t, approximate="tanh"),
    "elu": F.elu,
    "celu": F.celu,
    "silu": F.silu,
    "mish": F.mish,
    "softplus": F.softplus,
    "hardtanh": F.hardtanh,
    "hardswish": F.hardswish,
    "leaky_relu": F.leaky_relu,
    "logsigmoid": F.logsigmoid,
    "softmax": lambda t: F.softmax(t, -1),
    "log_softmax": lambda t: F.log_softmax(t, 1),
    "logsumexp": lambda t: t.logsumexp(-1),
    "var": lambda t: t.var(0),
    "std": lambda t: t.std(-1, correction=0),
    "var_mean": lambda t: torch.var_mean(t, 1),
    "norm": lambda t: t.norm(dim=-1),
    "norm 1": lambda t: t.norm(p=1),
    "norm inf": lambda t: t.norm(p=float("inf"), dim=0),
    "cosine": lambda t: F.cosine_similarity(t, t.flip(0), -1),
    "roll": lambda t: t.roll((2, -1), (-1, 0)),
    "sort": lambda t: t.sort(-1),
    "topk": lambda t: t.topk(2),
    "median": lambda t: t.median(),
    "median dim": lambda t: t.median(1),
    "quantile": lambda t: t.quantile(0.3),
    "clamp": lambda t: t.clamp(-0.5, 0.5),
    "lerp": lambda t: torch.lerp(t, t.flip(0), 0.3),
    "lerp far": lambda t: torch.lerp(t, t.flip(0), 0.8),
    "addcmul": lambda t: torch.addcmul(t, t, t, value=2),
    "addcdiv": lambda t: torch.addcdiv(t, t, t.abs() + 1),
    "rfft": lambda t: torch.fft.rfft(t).abs(),
    "irfft": lambda t: torch.fft.irfft(torch.fft.rfft(t)),
    "complex": lambda t: torch.complex(t, t).exp().real,
    "polar": lambda t: torch.polar(t.abs() + 1, t).imag,
    "einsum": lambda t: torch.einsum("bij,bkj->bik", t, t),
    "cdist": lambda t: torch.cdist(t, t.flip(1) + 2),
    "cdist 1": lambda t: torch.cdist(t, t.flip(1), p=1.0),
    "bilinear": lambda t: F.bilinear(t, t, torch.ones(2, 8, 8)),
    "addbmm": lambda t: torch.addbmm(torch.ones(5, 5), t, t.mT, beta=0.5),
    "baddbmm": lambda t: torch.baddbmm(torch.ones(3, 5, 5), t, t.mT, alpha=2),
    "addmv": lambda t: torch.addmv(t[0, :, 0], t[0], t[0, 0]),
    "hypot": lambda t: torch.hypot(t, t + 1),
    "masked_fill": lambda t: t.masked_fill(t > 0, -1.0),
    "reflect": lambda t: F.pad(t, (1, 2), mode="reflect"),
    "circular": lambda t: F.pad(t, (1, 2), mode="circular"),
    "unfold": lambda t: t.unfold(-1, 3, 2),
    "gather": pick,
    "scatter_add": lambda t: t.scatter_add(-1, torch.ones(3, 5, 8, dtype=torch.int64), t),
    "index_add": lambda t: t.index_add(0, torch.tensor([0, 2]), t[:2]),
    "index": lambda t: t[:, [0, 3, 1]],
    "cumprod": lambda t: t.cumprod(-1),
    "diff": lambda t: t.diff(),
    "huber": lambda t: F.huber_loss(t, t.flip(0)),
    "smooth_l1": lambda t: F.smooth_l1_loss(t, t.flip(0)),
    "cross entropy": lambda t: F.cross_entropy(t[:, 0], CLASSES, label_smoothing=0.1),
    "bce": lambda t: F.binary_cross_entropy_with_logits(t, t.flip(0).sigmoid().detach()),
    "layer norm": nn.LayerNorm(8),
    "rms norm": nn.RMSNorm(8),
    "transformer": nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True),
    "lstm": nn.LSTM(8, 4),
    "gru": nn.GRU(8, 4, bidirectional=True),
    "average pool 1d": nn.AvgPool1d(2),
}
IMAGES = {
    "conv": nn.Conv2d(6, 4, 3, padding=1),
    "conv groups": nn.Conv2d(6, 6, 3, groups=6, stride=2),
    "conv transposed": nn.ConvTranspose2d(6, 4, 3, stride=2),
    "max pool": nn.MaxPool2d(2),
    "average pool": nn.AvgPool2d(2),
    "average pool ceil": nn.AvgPool2d(3, 2, 1, ceil_mode=True),
    "average pool own": nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
    "adaptive pool": nn.AdaptiveAvgPool2d(3),
    "group norm": nn.GroupNorm(2, 6),
    "instance norm": nn.InstanceNorm2d(6),
    "batch norm": nn.BatchNorm2d(6).eval(),
    "nearest": nn.Upsample(scale_factor=2),
    "bilinear": nn.Upsample(scale_factor=2, mode="bilinear"),
}
INTEGERS = {
    "arithmetic": lambda i: [i // 2, i % 3, i**2, i << 1, i >> 1, i & 3, ~i, i.sum(), i.cumsum(0)],
    "buckets": lambda i: torch.bucketize(i, torch.arange(0, 9, 2), right=True),
    "searchsorted": lambda i: torch.searchsorted(torch.arange(0, 9, 2), i),
    "one hot": lambda i: F.one_hot(i, 7),
    "embedding": lambda i: F.embedding(i, torch.eye(7)),
    "mean": lambda i: [i.float().mean(), i.bool().any(), i.clamp(1, 3), i.median(), i.max()],
    "histogram": lambda i: torch.histc(i.float(), 5),
}


def compare(function, example, unseen):
    graph = trace(lambda v: named(function(v["x"])), {"x": example})
    assert not TAKEN_APART & {node.op for node in graph.nodes}
    assert all(node.line is not None for node in graph.nodes)
    got = interpret(graph, {"x": unseen})
    for name, value in named(function(unseen)).items():
        assert torch.allclose(got[name], value.detach(), rtol=1e-4, atol=1e-5), name


def named(result):
    return {f"y{k}": t for k, t in enumerate(torch.utils._pytree.tree_leaves(result))}


def with_gradient(function):
    def both(x):
        x = x.detach().requires_grad_()
        results = torch.utils._pytree.tree_leaves(function(x))
        moving = [t for t in results if t.requires_grad]
        return [*results, torch.autograd.grad(sum((t * t).sum() for t in moving), x)[0]]

    return both


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequence(name):
    compare(with_gradient(SEQUENCES[name]), torch.ones(SEQUENCE), torch.randn(SEQUENCE))


@pytest.mark.parametrize("name", IMAGES)
def test_image(name):
    compare(with_gradient(IMAGES[name]), torch.ones(IMAGE), torch.randn(IMAGE))


@pytest.mark.parametrize("name", INTEGERS)
def test_integers(name):
    compare(INTEGERS[name], torch.zeros(3, 4, dtype=torch.int64), torch.randint(0, 7, (3, 4)))
