"""A tensor of bools: every cell is a switch."""

import torch

import explorable as ex

first = torch.zeros(7, 7).bool()
first[range(6), range(1, 7)] = True


@ex.figure
def reachable(step=ex.tensor(first, label="step"), steps=ex.integer(1, 7, value=3)):
    """From where to where a walker comes: the steps allowed at the left, walks of some steps at
    the right."""
    ways = torch.eye(7)
    for _ in range(steps):
        ways = (ways + ways @ step.float()).clamp(max=1)
    return ex.row(
        ex.plot(ex.heatmap(step, name="step"), aspect="equal", title="one step"),
        ex.plot(ex.heatmap(ways > 0, name="walk"), aspect="equal", title=f"up to {steps} steps"),
    )
