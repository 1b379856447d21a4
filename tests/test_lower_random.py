"""Draws in the page are the numbers Python draws: distributions over random.bits, compiled."""

import torch

from explorable.trace.draws.random import random_numbers
from oracle import Case, check


def draw(sample):
    """``sample`` as a function of the seed and the step."""

    def function(seed, step):
        with random_numbers(seed, step):
            return sample()

    return function


KEY = (torch.tensor(5), torch.tensor(0))
UNSEEN = ((torch.tensor(2**40 + 17), torch.tensor(3)), (torch.tensor(0), torch.tensor(2**33)))


def test_draws_equal_the_eager_ones():
    samples = [
        lambda: torch.rand(37),
        lambda: torch.randn(9, 5),
        lambda: torch.randint(0, 10, (33,)),
        lambda: (torch.rand(3), torch.randn(4), torch.rand(2, dtype=torch.float64)),
    ]
    check(*[Case(draw(sample), KEY, UNSEEN) for sample in samples])
