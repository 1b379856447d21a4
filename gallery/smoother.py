"""Kernel regression: every value of the curve is a mean of the points, the nearest first."""

import torch

import explorable as ex

x = torch.linspace(0, 10, 201)
first = [[1, 2.2], [2, 3.1], [3.5, 2.4], [5, 4.4], [6, 6.1], [7.5, 5.6], [9, 7.0]]


@ex.figure
def smoother(
    data=ex.points(first, max=20),
    width=ex.slider(0.1, 5, value=0.8, scale="log", label="width"),
):
    """A curve through points you drag, add or remove: their mean height, weighted by nearness.

    A narrow kernel follows every point and jumps between them; a wide one sees only their mean.
    """
    nearness = -((x[:, None] - data[:, 0]) ** 2) / (2 * width**2)
    curve = nearness.softmax(1) @ data[:, 1]
    return ex.plot(
        ex.curve(x, curve, name="mean"), ex.scatter(data), x=(0, 10), y=(0, 10), aspect=1.6
    )
