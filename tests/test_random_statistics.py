"""The draws as authors see them, by statistics: distributions, moments, independence of streams,
and the same bits again. Seeds are fixed, so a test that passes once passes always; limits are set
as if they were not (one false alarm in 10,000)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, permutations

import numpy as np
import pytest
import torch
from scipy import stats

from explorable.compiler import Entry, compile_module
from explorable.engine import engine
from explorable.trace import random_numbers, tensor_bytes, tensor_from_bytes, trace
from explorable.trace.draws.random import philox_bits

COUNT = 20_000
CHANCE = 1e-4
SIGMAS = 4.5
"""Of thousands of standard normal numbers none is beyond this."""
Sample = Callable[[], torch.Tensor]

CONTINUOUS: dict[str, tuple[Sample, stats.rv_continuous]] = {
    "rand": (lambda: torch.rand(COUNT), stats.uniform()),
    "rand64": (lambda: torch.rand(COUNT, dtype=torch.float64), stats.uniform()),
    "randn": (lambda: torch.randn(COUNT), stats.norm()),
    "randn64": (lambda: torch.randn(COUNT, dtype=torch.float64), stats.norm()),
    "complex": (lambda: torch.randn(COUNT, dtype=torch.complex64).imag, stats.norm(0, 0.5**0.5)),
    "rand_like": (lambda: torch.rand_like(torch.ones(COUNT)), stats.uniform()),
    "uniform_": (lambda: torch.empty(COUNT).uniform_(-1, 3), stats.uniform(-1, 4)),
    "normal": (lambda: torch.normal(2.0, 3.0, (COUNT,)), stats.norm(2, 3)),
    "exponential_": (lambda: torch.empty(COUNT).exponential_(2.0), stats.expon(scale=0.5)),
    "cauchy_": (lambda: torch.empty(COUNT).cauchy_(1.0, 2.0), stats.cauchy(1, 2)),
    "log_normal_": (lambda: torch.empty(COUNT).log_normal_(), stats.lognorm(2.0, scale=np.e)),
    "gumbel": (
        lambda: torch.distributions.Gumbel(0.0, 1.0).sample((COUNT,)),
        stats.gumbel_r(),
    ),
    "laplace": (
        lambda: torch.distributions.Laplace(0.0, 2.0).sample((COUNT,)),
        stats.laplace(0, 2),
    ),
}
DISCRETE: dict[str, tuple[Sample, Sequence[float]]] = {
    "randint": (lambda: torch.randint(0, 7, (COUNT,)), [1 / 7] * 7),
    "randint_like": (lambda: torch.randint_like(torch.ones(COUNT), 5), [1 / 5] * 5),
    "random_": (lambda: torch.empty(COUNT).random_(4), [1 / 4] * 4),
    "bernoulli": (lambda: torch.bernoulli(torch.full((COUNT,), 0.3)), [0.7, 0.3]),
    "geometric_": (
        lambda: torch.empty(COUNT).geometric_(0.4).clamp(max=6) - 1,
        [*(0.4 * 0.6**k for k in range(5)), 0.6**5],
    ),
    "multinomial": (
        lambda: torch.multinomial(torch.tensor([1.0, 2.0, 7.0]), COUNT, replacement=True),
        [0.1, 0.2, 0.7],
    ),
    "dropout": (lambda: torch.nn.functional.dropout(torch.ones(COUNT), 0.2) / 1.25, [0.2, 0.8]),
}


def p_values(sample: Sample, chance: Callable[[np.ndarray], float], seeds: int = 4) -> list[float]:
    """The p-value of a test for several seeds."""
    found: list[float] = []
    for seed in range(seeds):
        with random_numbers(seed):
            found.append(chance(sample().double().numpy()))
    return found


@pytest.mark.parametrize("name", CONTINUOUS)
def test_kolmogorov_and_smirnov_find_no_difference(name: str) -> None:
    sample, wanted = CONTINUOUS[name]
    found = p_values(sample, lambda x: float(stats.kstest(x, wanted.cdf).pvalue))
    # p-values of the right distribution are uniform: neither too small nor all too good.
    assert min(found) > CHANCE and max(found) > 0.05 and min(found) < 0.99, found


@pytest.mark.parametrize("name", DISCRETE)
def test_counts_are_those_of_their_chances(name: str) -> None:
    sample, chances = DISCRETE[name]

    def chance(x: np.ndarray) -> float:
        counts = np.bincount(np.rint(x).astype(int), minlength=len(chances))
        assert len(counts) == len(chances)
        return float(stats.chisquare(counts, np.array(chances) * counts.sum()).pvalue)

    assert min(p_values(sample, chance)) > CHANCE


@pytest.mark.parametrize("name", ["rand", "randn", "exponential_", "uniform_"])
def test_moments(name: str) -> None:
    sample, wanted = CONTINUOUS[name]
    with random_numbers(5):
        x = sample().double().numpy()
    for power in (1, 2, 3, 4):
        spread = (wanted.moment(2 * power) - wanted.moment(power) ** 2) / len(x)
        away = (x**power).mean() - wanted.moment(power)
        assert abs(away) < SIGMAS * spread**0.5, power


def test_every_order_of_a_permutation_is_as_likely() -> None:
    orders = {order: k for k, order in enumerate(permutations(range(4)))}
    with random_numbers(1):
        drawn = [orders[tuple(torch.randperm(4).tolist())] for _ in range(2400)]
    assert stats.chisquare(np.bincount(drawn, minlength=24)).pvalue > CHANCE


def streams() -> dict[str, np.ndarray]:
    """Neighbours in everything that keys a draw: seeds, steps, ordinals; far ones too."""
    keys = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, 1, 1), (2, 0, 0), (0, 2, 0)]
    keys += [(-1, 0, 0), (2**32, 0, 0), (0, 2**32, 0), (7, 1000, 3), (7, 1001, 3), (7, 1000, 4)]
    return {str(key): philox_bits(*key, [COUNT]).numpy() / 2**32 - 0.5 for key in keys}


def test_streams_are_independent() -> None:
    drawn = streams()
    for (one, a), (other, b) in combinations(drawn.items(), 2):
        for shift in (0, 1, 2, 3, 4):  # a block gives four numbers
            product = a[: COUNT - shift] * b[shift:]
            assert abs(product.mean()) * 12 * len(product) ** 0.5 < SIGMAS + 0.5, (one, other)
        table, _, _ = np.histogram2d(a, b, bins=12)
        assert stats.chisquare(table.reshape(-1)).pvalue > CHANCE / 10, (one, other)


def test_neighbours_in_one_stream_are_independent() -> None:
    for name, x in streams().items():
        for shift in range(1, 17):
            product = x[shift:] * x[:-shift]
            assert abs(product.mean()) * 12 * len(product) ** 0.5 < SIGMAS, (name, shift)


def test_every_bit_is_a_fair_coin() -> None:
    words = philox_bits(3, 1, 4, [COUNT]).numpy()
    ones = np.array([((words >> bit) & 1).sum() for bit in range(32)])
    assert (abs(ones - COUNT / 2) < SIGMAS * COUNT**0.5 / 2).all()


def test_no_words_repeat_more_than_chance_allows() -> None:
    words = np.concatenate([philox_bits(9, step, 0, [8192]).numpy() for step in range(16)])
    pairs = len(words) ** 2 / 2 / 2**32
    assert len(words) - len(np.unique(words)) < pairs + 6 * pairs**0.5 + 3


def test_the_page_draws_the_very_same_bits_again_and_again() -> None:
    def draw(given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        with random_numbers(given["seed"], given["step"]):
            return {
                "rand": torch.rand(1001),
                "randint": torch.randint(-3, 10, (77,)),
                "randperm": torch.randperm(33),
                "bernoulli": torch.bernoulli(torch.full((50,), 0.3)),
                "rand64": torch.rand(5, dtype=torch.float64),
                "randn": torch.randn(4096),
            }

    zero = torch.tensor(0)
    module = compile_module([Entry("draw", trace(draw, {"seed": zero, "step": zero}))])

    def page(seed: int, step: int, *, relaxed: bool = False) -> dict[str, torch.Tensor]:
        instance = engine().load(module, relaxed=relaxed)
        for name, value in (("seed", seed), ("step", step)):
            instance.write(name, tensor_bytes(torch.tensor(value))[1])
        instance.run("draw", count=2)  # a second call gives what the first gave
        return {
            s.name: tensor_from_bytes(s.type, instance.read(s.name))
            for s in module.slots
            if s.name not in ("seed", "step")
        }

    normal: list[torch.Tensor] = []
    for seed, step in ((0, 0), (1, 0), (0, 1), (2**40 + 17, 2**33 + 3), (-1, 5)):
        got = page(seed, step)
        wanted = draw({"seed": torch.tensor(seed), "step": torch.tensor(step)})
        for name in ("rand", "randint", "randperm", "bernoulli", "rand64"):
            assert torch.equal(got[name], wanted[name]), (name, seed, step)
        assert torch.allclose(got["randn"], wanted["randn"], rtol=1e-5, atol=1e-6)
        again = page(seed, step)
        assert all(torch.equal(again[name], value) for name, value in got.items())
        fast = page(seed, step, relaxed=True)
        assert all(torch.equal(fast[name], got[name]) for name in wanted if name != "randn")
        normal.append(got["randn"])
    x = torch.cat(normal).double().numpy()
    assert stats.kstest(x, stats.norm().cdf).pvalue > CHANCE
    table = np.corrcoef(torch.stack(normal).double().numpy())
    assert (abs(table[~np.eye(len(normal), dtype=bool)]) < SIGMAS / 4096**0.5).all()
