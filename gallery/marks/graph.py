"""A graph: nodes placed at build or dragged, numbers as colours and widths, arrows, loops."""

import torch

import explorable as ex

pages = ["home", "blog", "docs", "talk", "shop"]
links = torch.tensor([[0, 1], [1, 0], [0, 2], [2, 1], [1, 3], [3, 2], [3, 0], [4, 0], [3, 3]])
places = [(0.0, 1.0), (1.0, 0.3), (0.6, -0.9), (-0.7, -0.9), (-1.1, 0.3)]


@ex.figure
def pagerank(
    damping=ex.slider(0, 0.95, value=0.85, label="damping"),
    at=ex.tensor(places, -1.5, 1.5, label="places"),
):
    """Five pages that link to each other, and how often a random reader is on each of them.

    Drag the pages; a link is as wide as the share of all readers that follow it.
    """
    source, target = links.T
    out = torch.zeros(5).index_add(0, source, torch.ones(len(links)))
    rank = torch.full((5,), 0.2)
    for _ in range(30):
        here = torch.zeros(5).index_add(0, target, rank[source] / out[source])
        rank = damping * here + (1 - damping) / 5
    return ex.row(
        ex.graph(
            links, at=at, values=rank, weights=damping * rank[source] / out[source],
            labels=pages, directed=True, size=18, most=0.5, name="rank",
        ),
        ex.graph(links, nodes=5, values=rank, format=".2f", most=0.5, name="placed at build"),
    )  # fmt: skip
