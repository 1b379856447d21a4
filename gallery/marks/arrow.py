"""Arrows and segments: two vectors that are dragged, and their sum."""

import torch

import explorable as ex


@ex.figure
def parallelogram(u=ex.point(2.0, 0.5, label="u"), v=ex.point(0.5, 1.5, label="v")):
    """Two vectors, dragged at their tips, and the sum over the parallelogram they span."""
    corners = torch.stack([torch.stack([u, u + v]), torch.stack([v, u + v])])
    size = u[0] * v[1] - u[1] * v[0]
    return ex.plot(
        ex.segments(corners), ex.arrow(u, name="u"), ex.arrow(v, name="v"),
        ex.arrow(u + v, name="u + v"),
        x=(-4, 4), y=(-2.5, 3), aspect="equal", title=f"u × v = {size:.2f}",
    )  # fmt: skip
