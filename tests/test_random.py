"""Draws: Philox's own numbers, the same eagerly and in a trace, torch's generator untouched."""

import math

import pytest
import torch
import torch.nn.functional as F

from explorable.errors import ExplorableError
from explorable.trace import float64_reference, random_numbers, trace
from explorable.trace.draws.random import philox_bits
from interpret import interpret


def test_known_answers():
    # The published test vectors of Philox4x32-10.
    assert [hex(w) for w in philox_bits(0, 0, 0, [4]).tolist()] == [
        "0x6627e8d5",
        "0xe169c58d",
        "0xbc57ac4c",
        "0x9b00dbd8",
    ]


def test_element_ordinal_step_and_seed_are_the_key():
    base = philox_bits(1, 2, 3, [10])
    assert philox_bits(1, 2, 3, [2, 5]).flatten().equal(base)
    assert philox_bits(1, 2, 3, [6]).equal(base[:6])
    for other in (
        (2, 2, 3),
        (1, 3, 3),
        (1, 2, 4),
        (1 + 2**32, 2, 3),
        (1, 2 + 2**32, 3),
        (-1, 2, 3),
    ):
        assert not philox_bits(*other, [10]).equal(base)


def every_draw() -> dict[str, torch.Tensor]:
    weights = torch.tensor([0.1, 0.2, 0.7])
    return {
        "rand": torch.rand(5),
        "rand64": torch.rand(3, dtype=torch.float64),
        "randn": torch.randn(2, 3),
        "randn complex": torch.randn(2, dtype=torch.complex64),
        "like": torch.randn_like(weights) + torch.rand_like(weights),
        "randint": torch.randint(0, 10, (4,)),
        "randint low": torch.randint(-3, 10, (4,), dtype=torch.int32),
        "randint like": torch.randint_like(weights, 7),
        "randperm": torch.randperm(7),
        "normal": torch.normal(weights, 2.0),
        "normal size": torch.normal(1.0, 2.0, (3,)),
        "normal_": torch.empty(3).normal_(1, 2),
        "uniform_": torch.empty(3).uniform_(-1, 1),
        "random_": torch.empty(3).random_(5),
        "bernoulli": torch.bernoulli(weights),
        "bernoulli_": torch.empty(4).bernoulli_(0.3),
        "exponential_": torch.empty(4).exponential_(2.0),
        "geometric_": torch.empty(4).geometric_(0.3),
        "cauchy_": torch.empty(2).cauchy_(),
        "log_normal_": torch.empty(2).log_normal_(),
        "multinomial": torch.multinomial(weights, 2),
        "multinomial again": torch.multinomial(weights.expand(4, 3), 5, replacement=True),
        "dropout": F.dropout(torch.ones(6), 0.3),
        "alpha dropout": F.alpha_dropout(torch.ones(6), 0.3),
        "dropout2d": F.dropout2d(torch.ones(1, 4, 2, 2), 0.5),
        "rrelu": F.rrelu(-torch.ones(3), training=True),
        "gumbel": F.gumbel_softmax(weights),
        "linear": torch.nn.Linear(2, 3).weight.detach(),
        "xavier": torch.nn.init.xavier_normal_(torch.empty(2, 3)),
        "truncated": torch.nn.init.trunc_normal_(torch.empty(3)),
    }


@pytest.mark.parametrize("example", [3, torch.tensor(3)])
def test_trace_draws_what_eager_draws(example):
    def fn(values):
        with random_numbers() as stream:
            torch.manual_seed(values["seed"])
            drawn = every_draw()
            return {**drawn, "seed": torch.as_tensor(stream.seed)}

    graph = trace(fn, {"seed": example})
    for seed in (3, 11, -5):
        expected = fn({"seed": seed if isinstance(example, int) else torch.tensor(seed)})
        got = interpret(graph, {"seed": seed})
        for name, value in expected.items():
            assert torch.allclose(got[name], value, rtol=1e-5, atol=1e-6), name


def test_step_moves():
    def fn(values):
        with random_numbers(7, values["step"]):
            return {"x": torch.randn(4)}

    graph = trace(fn, {"step": torch.tensor(0)})
    first, second = (interpret(graph, {"step": k})["x"] for k in (1, 2))
    assert not first.equal(second)
    with random_numbers(7, 2):
        assert torch.allclose(torch.randn(4), second)


def test_manual_seed_restarts_and_torch_is_left_alone():
    before = torch.random.get_rng_state()
    with random_numbers(5) as stream:
        first = torch.rand(3)
        torch.manual_seed(5)
        assert torch.rand(3).equal(first)
        assert stream.seed == 5
    assert torch.random.get_rng_state().equal(before)
    torch.manual_seed(1)
    plain = torch.rand(2)
    torch.manual_seed(1)
    with random_numbers():
        torch.rand(2)
    assert torch.rand(2).equal(plain)


def test_distributions():
    count = 200_000
    with random_numbers(2):
        u, z = torch.rand(count), torch.randn(count)
        assert abs(u.mean() - 0.5) < 0.003 and 0 <= u.min() and u.max() < 1
        assert abs(u.var() - 1 / 12) < 0.001
        assert abs(z.mean()) < 0.01 and abs(z.var() - 1) < 0.02 and z.isfinite().all()
        assert abs((z.abs() < 1).float().mean() - math.erf(math.sqrt(0.5))) < 0.005
        assert abs((z[1:] * z[:-1]).mean()) < 0.01
        counts = torch.randint(0, 7, (count,)).bincount().float()
        assert ((counts / count - 1 / 7).abs() < 0.004).all()
        assert torch.randperm(100).sort()[0].equal(torch.arange(100))
        assert abs(torch.empty(count).exponential_(2).mean() - 0.5) < 0.01
        assert abs(torch.empty(count).geometric_(0.25).mean() - 4) < 0.05
        weights = torch.tensor([0.1, 0.2, 0.7])
        picked = torch.multinomial(weights.expand(count // 10, 3), 1).flatten().bincount()
        assert ((picked / picked.sum() - weights).abs() < 0.02).all()
        pairs = torch.multinomial(weights.expand(100, 3), 2)
        assert (pairs[:, 0] != pairs[:, 1]).all()


def test_the_reference_sees_the_same_numbers():
    def fn():
        with random_numbers(3):
            return every_draw()

    plain = fn()
    with float64_reference():
        exact = fn()
    for name, value in plain.items():
        assert torch.allclose(value.to(exact[name].dtype), exact[name], rtol=1e-5, atol=1e-5), name
    assert exact["randn"].dtype == torch.float64


def test_what_is_not_offered_says_so():
    with random_numbers():
        with pytest.raises(ExplorableError, match="'_fused_dropout' draws in a way"):
            torch._fused_dropout(torch.ones(2), 0.5)
        with pytest.raises(ExplorableError, match=r"a torch.Generator is not carried"):
            torch.rand(2, generator=torch.Generator())
        with pytest.raises(ExplorableError, match="randint from 3 to 3"):
            torch.randint(3, 3, (1,))
