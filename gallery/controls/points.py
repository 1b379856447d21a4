"""Points: places that the reader moves, adds and removes; their number is a size that moves."""

import torch

import explorable as ex

first = [(-2.4, -1.0), (-1.1, -0.4), (-0.2, 0.3), (0.9, 0.2), (1.6, 1.1), (2.6, 1.3)]


@ex.figure
def least_squares(points=ex.points(first, max=24, label="data")):
    """The line of least squares through the points, and what it misses of each."""
    x, y = points.unbind(1)
    n = points.shape[0]
    slope = (n * (x @ y) - x.sum() * y.sum()) / (n * (x @ x) - x.sum() ** 2 + 1e-6)
    level = (y.sum() - slope * x.sum()) / (n + 1e-6)
    line = slope * x + level
    ends = torch.tensor([-3.0, 3.0])
    return ex.plot(
        ex.segments(torch.stack([x, line], -1), points, name="miss"),
        ex.curve(ends, slope * ends + level, name="line"),
        ex.scatter(points, name="data"),
        x=(-3, 3), y=(-2, 2),
        title=f"y = {slope:.2f} x + {level:.2f}", legend=False,
    )  # fmt: skip
