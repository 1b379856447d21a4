"""torch.distributions in the page: samples, log probabilities, moments, gradients of samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from scipy import stats
from torch import distributions as D

from explorable.trace import random_numbers
from together import agree

COUNT = 20_000
MOMENTS = ("mean", "variance", "mode")
Make = Callable[..., D.Distribution]


def described(make: Make) -> Callable[..., list[Any]]:
    """A sample, its log probability, entropy and moments of a distribution."""

    def describe(*given: Any) -> list[Any]:
        distribution = make(*given)
        sample = distribution.sample((2,))
        found = [sample, distribution.log_prob(sample)]
        # A Multinomial's entropy asks for the values of its count.
        more = () if isinstance(distribution, D.Multinomial) else ("entropy",)
        for name in (*MOMENTS, *more):
            try:
                value = getattr(distribution, name)
                found.append(value() if callable(value) else value)
            except NotImplementedError:
                pass
        return found

    return describe


def moved(make: Make) -> Callable[..., Any]:
    """How a sample and its log probability move with the parameters."""

    def slopes(*given: Any) -> Any:
        given = tuple(x.detach().requires_grad_() for x in given)
        distribution = make(*given)
        sample = distribution.rsample((2,))
        total = sample.sin().sum() + distribution.log_prob(sample.detach()).sum()
        return torch.autograd.grad(total, given, materialize_grads=True)

    return slopes


# Of a, b > 0, a chance p, positive weights w and a matrix m.
CONTINUOUS: dict[str, Make] = {
    "Normal": lambda a, b, p, w, m: D.Normal(a, b),
    "Uniform": lambda a, b, p, w, m: D.Uniform(a, a + b),
    "Laplace": lambda a, b, p, w, m: D.Laplace(a, b),
    "Cauchy": lambda a, b, p, w, m: D.Cauchy(a, b),
    "Exponential": lambda a, b, p, w, m: D.Exponential(a),
    "Gumbel": lambda a, b, p, w, m: D.Gumbel(a, b),
    "HalfNormal": lambda a, b, p, w, m: D.HalfNormal(a),
    "HalfCauchy": lambda a, b, p, w, m: D.HalfCauchy(a),
    "LogNormal": lambda a, b, p, w, m: D.LogNormal(a, b),
    "Pareto": lambda a, b, p, w, m: D.Pareto(a, b + 2),
    "Weibull": lambda a, b, p, w, m: D.Weibull(a, b),
    "Kumaraswamy": lambda a, b, p, w, m: D.Kumaraswamy(a, b),
    "RelaxedBernoulli": lambda a, b, p, w, m: D.RelaxedBernoulli(torch.tensor(0.7), p),
    "RelaxedOneHot": lambda a, b, p, w, m: D.RelaxedOneHotCategorical(torch.tensor(0.7), w),
    "Independent": lambda a, b, p, w, m: D.Independent(D.Normal(a, b), 1),
    "Transformed": lambda a, b, p, w, m: D.TransformedDistribution(
        D.Normal(a, b), [D.AffineTransform(1.0, 2.0), D.SigmoidTransform()]
    ),
}
BY_TRIES: dict[str, Make] = {
    "Gamma": lambda a, b, p, w, m: D.Gamma(a, b),
    "Gamma of large shape": lambda a, b, p, w, m: D.Gamma(20 + a, b),
    "Beta": lambda a, b, p, w, m: D.Beta(a, b),
    "Dirichlet": lambda a, b, p, w, m: D.Dirichlet(w),
    "Chi2": lambda a, b, p, w, m: D.Chi2(a),
    "StudentT": lambda a, b, p, w, m: D.StudentT(a + 2.5),
    "InverseGamma": lambda a, b, p, w, m: D.InverseGamma(a + 2.1, b),
    "FisherSnedecor": lambda a, b, p, w, m: D.FisherSnedecor(a + 1, b + 4.5),
}
MATRICES: dict[str, Make] = {
    "MultivariateNormal": lambda a, b, p, w, m: D.MultivariateNormal(
        a, covariance_matrix=m @ m.T + torch.eye(3)
    ),
    "LowRank": lambda a, b, p, w, m: D.LowRankMultivariateNormal(a, m, b),
}
DISCRETE: dict[str, Make] = {
    "Bernoulli": lambda a, b, p, w, m: D.Bernoulli(p),
    "Bernoulli of logits": lambda a, b, p, w, m: D.Bernoulli(logits=m),
    "Categorical": lambda a, b, p, w, m: D.Categorical(w),
    "Categorical of logits": lambda a, b, p, w, m: D.Categorical(logits=m),
    "OneHotCategorical": lambda a, b, p, w, m: D.OneHotCategorical(w),
    "Geometric": lambda a, b, p, w, m: D.Geometric(p),
    "Poisson": lambda a, b, p, w, m: D.Poisson(5 * a),
    "Poisson of many": lambda a, b, p, w, m: D.Poisson(20 + 50 * a),
    "Binomial": lambda a, b, p, w, m: D.Binomial(10, p),
    "Binomial of many": lambda a, b, p, w, m: D.Binomial(1000, p),
    "NegativeBinomial": lambda a, b, p, w, m: D.NegativeBinomial(5, p),
    "Multinomial": lambda a, b, p, w, m: D.Multinomial(6, w),
    "Mixture": lambda a, b, p, w, m: D.MixtureSameFamily(D.Categorical(w), D.Normal(w, 1.0)),
    "VonMises": lambda a, b, p, w, m: D.VonMises(a, b),
}


def parameters(seed: int) -> tuple[torch.Tensor, ...]:
    draw = torch.Generator().manual_seed(seed)
    a, b = torch.rand(2, 3, generator=draw) + 0.2
    p = 0.1 + 0.8 * torch.rand(3, generator=draw)
    return a, b, p, torch.rand(2, 4, generator=draw) + 0.1, torch.randn(3, 3, generator=draw)


def both(makes: dict[str, Make], slopes: bool) -> None:
    functions: dict[str, Callable[..., Any]] = {n: described(make) for n, make in makes.items()}
    if slopes:
        functions |= {f"{name}, moved": moved(make) for name, make in makes.items()}
    agree(functions, *parameters(1), unseen=parameters(2))


def test_a_sample_its_log_probability_and_its_gradients():
    few = ("Normal", "Uniform", "Exponential", "Gumbel", "Transformed")
    both({name: CONTINUOUS[name] for name in few}, slopes=True)


@pytest.mark.slow
def test_every_other_distribution_drawn_in_one_go():
    both(CONTINUOUS, slopes=True)


@pytest.mark.slow
def test_distributions_drawn_by_tries():
    both(BY_TRIES, slopes=True)


@pytest.mark.slow
def test_normal_numbers_of_many_dimensions():
    both(MATRICES, slopes=True)


@pytest.mark.slow
def test_discrete_and_directional_distributions():
    both(DISCRETE, slopes=False)


def test_divergences():
    agree(
        {
            "Normal": lambda a, b, p, w, m: D.kl_divergence(D.Normal(a, b), D.Normal(0.0, 1.0)),
            "Categorical": lambda a, b, p, w, m: D.kl_divergence(
                D.Categorical(w), D.Categorical(w.flip(-1))
            ),
            "Beta": lambda a, b, p, w, m: D.kl_divergence(D.Beta(a, b), D.Beta(b, a)),
            "Dirichlet": lambda a, b, p, w, m: D.kl_divergence(
                D.Dirichlet(w), D.Dirichlet(w.flip(-1))
            ),
        },
        *parameters(3),
        unseen=parameters(4),
    )


@pytest.mark.parametrize(
    ("make", "exact"),
    [
        (lambda: D.Gamma(0.4, 2.0), stats.gamma(0.4, scale=0.5)),
        (lambda: D.Gamma(7.0, 1.0), stats.gamma(7.0)),
        (lambda: D.Beta(0.7, 2.5), stats.beta(0.7, 2.5)),
        (lambda: D.StudentT(3.0), stats.t(3.0)),
        (lambda: D.VonMises(0.5, 2.0), stats.vonmises(2.0, 0.5)),
    ],
    ids=["Gamma below 1", "Gamma", "Beta", "StudentT", "VonMises"],
)
def test_tries_give_the_distribution(make, exact):
    with random_numbers(5):
        sample = make().sample((COUNT,))
    assert stats.kstest(sample.numpy(), exact.cdf).pvalue > 1e-4


@pytest.mark.parametrize(
    ("make", "exact"),
    [
        (lambda: D.Poisson(3.5), stats.poisson(3.5)),
        (lambda: D.Poisson(40.0), stats.poisson(40.0)),
        (lambda: D.Binomial(9, torch.tensor(0.7)), stats.binom(9, 0.7)),
        (lambda: D.Binomial(200, torch.tensor(0.8)), stats.binom(200, 0.8)),
    ],
    ids=["Poisson", "Poisson of many", "Binomial", "Binomial of many"],
)
def test_counts_have_their_chances(make, exact):
    with random_numbers(6):
        sample = make().sample((COUNT,))
    low, high = (int(exact.ppf(share)) for share in (0.001, 0.999))
    clamped = sample.clamp(low, high).to(torch.int64)
    counts = torch.bincount(clamped - low, minlength=high - low + 1).numpy()
    chances = exact.pmf(range(low, high + 1))
    chances[0], chances[-1] = exact.cdf(low), exact.sf(high - 1)
    assert stats.chisquare(counts, COUNT * chances).pvalue > 1e-4


def test_a_count_stays_within_what_there_is():
    with random_numbers(7):
        none = torch.poisson(torch.zeros(100))
        chance = torch.tensor([0.0, 1.0, 0.5]).expand(50, 3)
        some = torch.binomial(torch.tensor([4.0, 4.0, 0.0]).expand(50, 3), chance)
    assert torch.equal(none, torch.zeros(100))
    assert torch.equal(some, torch.tensor([0.0, 4.0, 0.0]).expand(50, 3))
