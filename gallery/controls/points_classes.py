"""Points with classes: each point has a kind, which the reader chooses from a palette."""

import torch

import explorable as ex

across, up = torch.meshgrid(torch.linspace(-3, 3, 90), torch.linspace(2, -2, 60), indexing="xy")
grid = torch.stack([across, up], -1).reshape(-1, 2)
first = [(-2.0, -0.6), (-1.2, 0.9), (-0.6, -1.1), (0.8, 1.2), (1.4, -0.3), (2.1, 0.7)]
kinds = [0, 0, 0, 1, 1, 1]


@ex.figure
def kernel_vote(
    points=ex.points(first, max=24, classes=kinds, labels=["cat", "dog"], label="example"),
    width=ex.slider(0.2, 2, value=0.7, label="width"),
):
    """Every example votes for its class, the louder the nearer; the map shows who is ahead."""
    places, label = points
    votes = torch.exp(-(torch.cdist(grid, places) ** 2) / (2 * width**2))
    balance = (votes * (2 * label - 1)).sum(1) / (votes.sum(1) + 1e-6)
    return ex.plot(
        ex.heatmap(balance.view(60, 90), x=(-3, 3), y=(-2, 2), low=-2.5, high=2.5, name="ahead"),
        ex.scatter(places, labels=label, name="example"),
        x=(-3, 3), y=(-2, 2), aspect="equal", legend=False,
    )  # fmt: skip
