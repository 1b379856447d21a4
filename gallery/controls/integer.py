"""An integer: a whole number in a range, here the length of a tensor."""

import torch

import explorable as ex


@ex.figure
def leibniz(terms=ex.integer(1, 60, value=12)):
    """Partial sums of 1 - 1/3 + 1/5 - ... close in on a quarter of π from both sides."""
    k = torch.arange(terms)
    sums = 4 * torch.cumsum((1 - 2 * (k % 2)) / (2 * k + 1), 0)
    goal = torch.complex(k + 1.0, torch.full_like(sums, torch.pi))
    return ex.plot(
        ex.segments(goal, torch.complex(k + 1.0, sums)),
        ex.scatter(k + 1, sums, name="sum"),
        x=(0, 60), y=(2, 4.2),
        title=f"after {terms} terms: {sums[-1]:.5f}",
    )  # fmt: skip
