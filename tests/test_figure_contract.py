"""The figures of the author's contract, as they are written there: traced, compiled, verified."""

# ruff: noqa: E501, E704, RUF059  the contract writes figures tersely

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch._higher_order_ops.scan import scan

import explorable as ex
from explorable.figures import groups
from explorable.figures.build import check

tau = 2 * math.pi


@ex.figure
def plane(theta=ex.slider(0, tau, value=1.0, label="θ"), z=ex.point(1 + 0.5j)):
    """A complex number, dragged, and the same number turned by e^{iθ}."""
    arc = z * torch.exp(1j * theta * torch.linspace(0, 1, 64))
    return ex.plot(ex.curve(arc), ex.arrow(z), ex.arrow(arc[-1]),
                   x=(-2, 2), y=(-2, 2), aspect="equal", title=f"θ = {theta:.2f}")  # fmt: skip


def two_moons(n):
    t, lower = math.pi * torch.rand(n), torch.rand(n) < 0.5
    x = torch.where(lower, 1 - torch.cos(t), torch.cos(t))
    return torch.stack([x, torch.where(lower, 0.5 - torch.sin(t), torch.sin(t))], -1)


class Flow(nn.Module):
    """Two couplings: as RealNVP, but smaller."""

    def __init__(self, hidden):
        super().__init__()
        self.nets = nn.ModuleList(
            nn.Sequential(nn.Linear(1, hidden), nn.ReLU(), nn.Linear(hidden, 2)) for _ in range(2)
        )

    def forward(self, x):
        total = torch.zeros(x.shape[:-1])
        for net in self.nets:
            kept, moved = x[..., :1], x[..., 1:]
            scale, shift = net(kept).chunk(2, -1)
            scale = torch.tanh(scale)
            x, total = (
                torch.cat([moved * torch.exp(scale) + shift, kept], -1),
                total + scale[..., 0],
            )
        return x, total

    def log_prob(self, x):
        z, total = self(x)
        return total - z.square().sum(-1) / 2 - math.log(tau)


grid = torch.stack(
    torch.meshgrid(torch.linspace(-2, 2, 21), torch.linspace(-2, 2, 21), indexing="ij"), -1
)


@ex.simulation
def training(seed=ex.seed(0)):
    torch.manual_seed(seed)
    flow = Flow(hidden=16)
    return flow, torch.optim.Adam(flow.parameters())


@training.step
def train_once(state, lr=ex.slider(1e-4, 1e-1, value=3e-3, scale="log")):
    flow, opt = state
    opt.param_groups[0]["lr"] = lr
    loss = -flow.log_prob(two_moons(64)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return ex.record(loss=loss)


@ex.figure
def warped(training=training):
    """The grid and two moons as the flow sees them."""
    flow, _ = training.state
    z, _ = flow(grid)
    return ex.row(ex.plot(ex.mesh(z), ex.scatter(flow(two_moons(40))[0]), aspect="equal"),
                  ex.plot(ex.curve(training.history["step"], training.history["loss"])))  # fmt: skip


@ex.figure
def lms(mu=ex.slider(1e-4, 1, value=0.05, scale="log"), seed=ex.seed(0)):
    """An adaptive filter."""
    torch.manual_seed(seed)
    X, h = torch.randn(431).unfold(0, 32, 1), torch.exp(-torch.arange(32) / 6)

    def once(w, x):
        e = x @ (h - w)
        return w + mu * e * x, e

    w, error = scan(once, torch.zeros(32), X)
    return ex.row(
        ex.plot(ex.curve(error.square()), y_scale="log"), ex.plot(ex.bars(w), ex.curve(h))
    )


def bowl(p):
    return p.square().sum(-1)


def saddle(p):
    return p[..., 0].square() - p[..., 1].square() + 0.3 * p[..., 1] ** 4


xy = torch.stack(
    torch.meshgrid(torch.linspace(-2, 2, 31), torch.linspace(-2, 2, 31), indexing="xy"), -1
)


@ex.figure
def descent(surface=ex.choice({"bowl": bowl, "saddle": saddle}), start=ex.point(1.5, 1.0),
            lr=ex.slider(1e-3, 1, value=0.1, scale="log"), momentum=ex.slider(0, 0.99, value=0.0)):  # fmt: skip
    """Descent."""
    p, v, path = start, torch.zeros(2), [start]
    for _ in range(10):
        v = momentum * v - lr * torch.func.grad(surface)(p)
        p = p + v
        path.append(p)
    return ex.plot(ex.contour(surface(xy), x=(-2, 2), y=(-2, 2)), ex.curve(torch.stack(path)), ex.scatter(start),
                   ex.arrow(start, -torch.func.grad(surface)(start)))  # fmt: skip


shift = ex.slider(0, tau, value=1.0, label="φ")
t = torch.linspace(0, 1, 256)


@ex.value
def wave(shift=shift):
    x = torch.sin(tau * 5 * t + shift)
    return {"x": x, "power": x.square().mean()}


@ex.figure
def in_time(wave=wave):
    return ex.curve(t, wave["x"])


@ex.figure
def in_frequency(wave=wave, shift=shift):
    return ex.plot(ex.bars(torch.fft.rfft(wave["x"]).abs()[:20]))


k, seconds = torch.arange(1, 7.0), torch.arange(2205) / 44100


@ex.figure
def harmonics(
    pitch=ex.slider(110, 880, value=220, scale="log", unit="Hz"),
    amplitude=ex.tensor([1, 0.5, 0.3, 0, 0, 0.0], 0, 1),
):
    """Six harmonics of a tone, their sum and its spectrum."""
    x = (amplitude[:, None] * torch.sin(tau * pitch * k[:, None] * seconds)).sum(0)
    return ex.column(
        ex.bars(amplitude), ex.curve(x[:800]), ex.plot(ex.curve(torch.fft.rfft(x).abs()[:400]))
    )


embedding = nn.Embedding(96, 8).requires_grad_(False)
qkv = nn.Linear(8, 48, bias=False).requires_grad_(False)


@ex.figure
def attention(text=ex.text("the cat", max=8), mask=ex.tensor(torch.ones(8, 8).tril().bool()),
              temperature=ex.slider(0.1, 4, value=1.0)):  # fmt: skip
    """Who looks at whom."""
    n = text.ids.shape[0]
    q, k, v = qkv(embedding(text.ids)).view(n, 3, 2, 8).permute(1, 2, 0, 3)
    a = (q @ k.mT / temperature).masked_fill(~mask[:n, :n], -torch.inf).softmax(-1)
    return ex.row(ex.plot(ex.heatmap(mask[:n, :n], rows=text, columns=text)),
                  *[ex.plot(ex.heatmap(head, rows=text, columns=text)) for head in a])  # fmt: skip


X = torch.randn(60, 16, generator=torch.Generator().manual_seed(1))
Y = (X[:, 0] > 0).long()


@ex.simulation(record_every=4)
def learn(seed=ex.seed(0)):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2))
    return net, torch.optim.SGD(net.parameters(), momentum=0.9)


@learn.step
def learn_once(state, lr=ex.slider(1e-3, 1, value=0.1, scale="log")):
    net, opt = state
    opt.param_groups[0]["lr"] = lr
    i = torch.randint(0, len(X), (8,))
    loss = F.cross_entropy(net(X[i]), Y[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return ex.record(train=(net(X).argmax(1) == Y).float().mean())


@ex.figure
def digits(learn=learn, ink=ex.tensor(torch.zeros(4, 4), 0, 1)):
    """A classifier, its confusions, and what it makes of a painting."""
    net, _ = learn.state
    net.eval()
    table = torch.zeros(2, 2).index_put((Y, net(X).argmax(1)), torch.ones(()), accumulate=True)
    return ex.row(
        ex.plot(ex.heatmap(ink)),
        ex.plot(ex.bars(net(ink.reshape(1, 16)).softmax(1)[0])),
        ex.plot(ex.heatmap(table)),
    )


FIGURES = [plane, warped, lms, descent, in_time, in_frequency, harmonics, attention, digits]


@pytest.mark.parametrize("group", groups(FIGURES), ids=lambda group: group[0].name)
def test_a_figure_of_the_contract_equals_pytorch_everywhere(group):
    (checked,) = check(group)
    assert checked.ill == 0
    assert checked.settings > 8
    assert checked.worst < 1e-3
