"""Whole programs as authors write them, trained for many steps in V8 and compared with PyTorch.

Each is built as a page is (and so verified at unseen values), then run on: the error of the page
against a float64 run may be as large as that of eager float32, times four, and no larger.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.distributions import Categorical, Normal, kl_divergence
from torch.nn import functional as F

import explorable as ex
from explorable.engine import engine
from explorable.figures.build import build, compile_group
from explorable.figures.figure import Figure
from explorable.figures.machine import Machine
from explorable.figures.simulation import Simulation
from explorable.trace import float64_reference
from explorable.trace.state import state_tensors

AS_FLOAT32 = 4
"""How many times farther from float64 than eager float32 a page may be."""


def trained(figure: Figure, simulation: Simulation, steps: int) -> None:
    """Build ``figure`` and hold the simulation behind it to PyTorch after ``steps`` steps."""
    name = simulation.name
    build([figure])
    compiled = compile_group([figure], lambda _: None)
    machine = Machine(engine(), compiled.program, compiled.files)
    machine.restart(name)
    assert machine.advance(name, steps) == steps
    plain = state_tensors(simulation.run(steps).state)
    with float64_reference():
        exact = state_tensors(simulation.run(steps).state)
    found = dict[str, torch.Tensor]()
    for path in plain:
        slot = f"state:{name}.{path}" if path else f"state:{name}"
        found[path] = machine.tensor(slot).detach()
    machine.close()
    ours, theirs = farthest(found, exact), farthest(plain, exact)
    assert ours <= max(AS_FLOAT32 * theirs, 2e-5), (ours, theirs)


def farthest(some: dict[str, torch.Tensor], exact: dict[str, torch.Tensor]) -> float:
    """The largest distance of a state from the exact one, as a share of each tensor's size."""
    worst = 0.0
    for path, tensor in exact.items():
        if not tensor.is_floating_point():
            assert torch.equal(some[path], tensor), path
            continue
        apart = (some[path].detach().double() - tensor.detach().double()).abs().max()
        assert torch.isfinite(apart), path
        worst = max(worst, float(apart / (tensor.detach().abs().max() + 1e-3)))
    return worst


def curve_of(training: Simulation) -> Figure:
    """A figure of a training's losses."""

    @ex.figure
    def shown(training=training):
        """The loss."""
        return ex.plot(ex.curve(training.history["loss"]))

    return shown


@pytest.mark.slow
def test_batch_norm_keeps_its_statistics():
    x = torch.randn(32, 3, generator=torch.Generator().manual_seed(1)) * 3 + 2
    y = (x[:, 0] > 2).long()

    @ex.simulation
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Linear(3, 8),
            nn.BatchNorm1d(8),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(8, 6),
            nn.BatchNorm1d(6, momentum=None),
            nn.Linear(6, 2),
        )
        return net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

    @training.step
    def once(state, lr=ex.slider(1e-3, 1e-1, value=3e-2, scale="log")):
        net, optimizer = state
        optimizer.param_groups[0]["lr"] = lr
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return ex.record(loss=loss)

    @ex.figure
    def sure(training=training, where=ex.point(1, 2)):
        """How sure the net is, by the statistics gathered so far."""
        net, _ = training.state
        net.eval()
        chance = net(torch.cat([where, where[:1]])[None]).softmax(-1)
        return ex.plot(ex.bars(chance[0]), ex.scatter(where))

    trained(sure, training, 40)


@pytest.mark.slow
def test_a_language_model_of_an_lstm():
    text = "the quick brown fox jumps over the lazy dog and naps. "
    letters = sorted(set(text))
    ids = torch.tensor([letters.index(letter) for letter in text])

    class Model(nn.Module):
        def __init__(self, letters: int, width: int = 12) -> None:
            super().__init__()
            self.embed = nn.Embedding(letters, width)
            self.lstm = nn.LSTM(width, width, num_layers=2, batch_first=True)
            self.head = nn.Linear(width, letters)

        def forward(self, ids, state=None):
            hidden, state = self.lstm(self.embed(ids), state)
            return self.head(hidden), state

    @ex.simulation
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        model = Model(len(letters))
        return model, torch.optim.AdamW(model.parameters(), lr=1e-2)

    @training.step
    def once(state):
        model, optimizer = state
        starts = torch.randint(0, len(ids) - 9, (4,))
        windows = torch.stack([ids[start : start + 9] for start in starts])
        logits, _ = model(windows[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return ex.record(loss=loss)

    trained(curve_of(training), training, 30)


@pytest.mark.slow
def test_a_beta_vae():
    data = torch.rand(24, 10, generator=torch.Generator().manual_seed(2)).round()

    class VAE(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.Sequential(nn.Linear(10, 16), nn.GELU(), nn.Linear(16, 4))
            self.decoder = nn.Sequential(nn.Linear(2, 16), nn.GELU(), nn.Linear(16, 10))

        def forward(self, x):
            mean, log_var = self.encoder(x).chunk(2, dim=-1)
            posterior = Normal(mean, torch.exp(0.5 * log_var))
            return self.decoder(posterior.rsample()), posterior

    @ex.simulation
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        vae = VAE()
        return vae, torch.optim.Adam(vae.parameters(), lr=3e-3)

    @training.step
    def once(state, beta=ex.slider(0.1, 8, value=2)):
        vae, optimizer = state
        logits, posterior = vae(data)
        rebuilt = F.binary_cross_entropy_with_logits(logits, data, reduction="sum") / len(data)
        apart = kl_divergence(posterior, Normal(0.0, 1.0)).sum(-1).mean()
        loss = rebuilt + beta * apart
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return ex.record(loss=loss, apart=apart)

    trained(curve_of(training), training, 40)


def test_info_nce():
    views = torch.randn(2, 16, 6, generator=torch.Generator().manual_seed(3))

    def info_nce(a, b, temperature):
        a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
        logits = a @ b.T / temperature
        labels = torch.arange(a.shape[0], device=a.device)
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2

    @ex.simulation
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        encoder = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
        return encoder, torch.optim.Adam(encoder.parameters(), lr=1e-2)

    @training.step
    def once(state, temperature=ex.slider(0.05, 1, value=0.2)):
        encoder, optimizer = state
        loss = info_nce(encoder(views[0]), encoder(views[0] + 0.1 * views[1]), temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return ex.record(loss=loss)

    trained(curve_of(training), training, 40)


@pytest.mark.slow
def test_a_thousand_steps_of_noise_contrastive_estimation():
    """Learns a Gaussian's mean, width and normaliser by telling data from noise."""

    @ex.simulation(steps=1000, history=100)
    def fitting(seed=ex.seed(0)):
        torch.manual_seed(seed)
        mean, log_width, normaliser = (torch.zeros((), requires_grad=True) for _ in range(3))
        return {"mean": mean, "log_width": log_width, "normaliser": normaliser}

    @fitting.step
    def once(state, lr=ex.slider(1e-3, 1e-1, value=2e-2, scale="log")):
        def log_density(x):
            scaled = (x - state["mean"]) * torch.exp(-state["log_width"])
            return -0.5 * scaled**2 - state["normaliser"]

        noise = Normal(0.0, 3.0)
        data, other = 1.5 + 0.7 * torch.randn(64), noise.sample((64,))
        real = F.logsigmoid(log_density(data) - noise.log_prob(data))
        fake = F.logsigmoid(noise.log_prob(other) - log_density(other))
        loss = -(real.mean() + fake.mean())
        gradients = torch.autograd.grad(loss, list(state.values()))
        with torch.no_grad():
            for parameter, gradient in zip(state.values(), gradients, strict=True):
                parameter -= lr * gradient
        return ex.record(loss=loss)

    trained(curve_of(fitting), fitting, 1000)


@pytest.mark.slow
def test_a_learned_fourier_activation_shared_by_two_layers():
    x = torch.linspace(-2, 2, 40)[:, None]
    y = torch.sign(torch.sin(3 * x))

    class Fourier(nn.Module):
        """a0 + a1 sin x + b1 cos x + a2 sin 2x + b2 cos 2x."""

        def __init__(self) -> None:
            super().__init__()
            self.coefficients = nn.Parameter(torch.tensor([0.0, 1.0, 0.0, 0.1, 0.1]))

        def forward(self, x):
            waves = [torch.ones_like(x)]
            for k in (1, 2):
                waves += [torch.sin(k * x), torch.cos(k * x)]
            return torch.stack(waves, -1) @ self.coefficients

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.activation = Fourier()
            self.layers = nn.ModuleList([nn.Linear(1, 8), nn.Linear(8, 8)])
            self.head = nn.Linear(8, 1)

        def forward(self, x):
            for layer in self.layers:
                x = self.activation(layer(x))
            return self.head(x)

    @ex.simulation
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        net = Net()
        return net, torch.optim.Adam(net.parameters(), lr=5e-3)

    @training.step
    def once(state):
        net, optimizer = state
        loss = F.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return ex.record(loss=loss)

    @ex.figure
    def shown(training=training):
        """The activation, and what the net has learned."""
        net, _ = training.state
        return ex.row(
            ex.plot(ex.curve(x[:, 0], net.activation(x)[:, 0])),
            ex.plot(ex.curve(x[:, 0], net(x)[:, 0]), ex.scatter(x[:, 0], y[:, 0])),
        )

    trained(shown, training, 60)


@pytest.mark.slow
def test_a_transformer_with_hooks_and_an_average_of_its_weights():
    """Attention, masked and causal, its weights read by a hook; weights averaged over steps."""
    ids = torch.randint(0, 7, (6, 9), generator=torch.Generator().manual_seed(4))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(7, 8)
            layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
            self.head = nn.Linear(8, 7)

        def forward(self, ids):
            mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1])
            hidden = self.encoder(self.embed(ids), mask=mask, is_causal=True)
            return self.head(hidden)

    @ex.simulation
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        model = Model()
        slow = [parameter.detach().clone() for parameter in model.parameters()]
        return model, slow, torch.optim.NAdam(model.parameters(), lr=5e-3)

    @training.step
    def once(state, decay=ex.slider(0.5, 0.99, value=0.9)):
        model, slow, optimizer = state
        loss = F.cross_entropy(model(ids[:, :-1]).transpose(1, 2), ids[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for average, parameter in zip(slow, model.parameters(), strict=True):
                average.lerp_(parameter, 1 - decay)
        return ex.record(loss=loss)

    @ex.figure
    def inside(training=training):
        """What the encoder hands to the head."""
        model = training.state[0]
        seen = list[torch.Tensor]()
        handle = model.encoder.register_forward_hook(lambda *given: seen.append(given[-1]))
        model(ids[:1])
        handle.remove()
        return ex.plot(ex.heatmap(seen[0][0]))

    trained(inside, training, 20)


def test_a_policy_gradient():
    """REINFORCE on a bandit with three arms: Categorical's samples and their log probability."""
    pay = torch.tensor([0.2, 0.5, 0.9])

    @ex.simulation
    def playing(seed=ex.seed(0)):
        torch.manual_seed(seed)
        return torch.zeros(3, requires_grad=True), torch.zeros(())

    @playing.step
    def once(state, lr=ex.slider(0.01, 1, value=0.3)):
        logits, baseline = state
        policy = Categorical(logits=logits)
        arms = policy.sample((16,))
        rewards = torch.bernoulli(pay[arms])
        loss = -(policy.log_prob(arms) * (rewards - baseline)).mean() - 0.01 * policy.entropy()
        (gradient,) = torch.autograd.grad(loss, logits)
        mean = rewards.mean()
        next_logits = (logits - lr * gradient).detach().requires_grad_()
        return (next_logits, 0.9 * baseline + 0.1 * mean), ex.record(loss=mean)

    trained(curve_of(playing), playing, 200)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_schedule_written_on_a_step_count(momentum):
    @ex.simulation
    def descent():
        place = torch.tensor([2.0, 1.0], requires_grad=True)
        optimizer = torch.optim.SGD([place], lr=0.1, momentum=momentum)
        return place, optimizer, torch.zeros((), dtype=torch.int64)

    @descent.step
    def once(state, peak=ex.slider(0.01, 0.3, value=0.1)):
        place, optimizer, count = state
        warm = torch.clamp((count + 1) / 5, max=1)
        cosine = 0.5 * (1 + torch.cos(torch.pi * count / 50))
        optimizer.param_groups[0]["lr"] = peak * warm * cosine
        loss = (place[0] - 1) ** 2 + 5 * (place[1] + 0.5) ** 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        count += 1
        return ex.record(loss=loss)

    trained(curve_of(descent), descent, 50)
