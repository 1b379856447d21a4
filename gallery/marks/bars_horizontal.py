"""Horizontal bars: words beside them, dragged to the right and left."""

import torch

import explorable as ex

words = ["the cat", "a dog", "my grandmother", "nobody", "the moon"]


@ex.figure
def softened(
    scores=ex.tensor([2.0, 1.0, 0.5, -1.0, -2.0], -4, 4, label="scores"),
    temperature=ex.slider(0.2, 5, value=1.0, scale="log", label="temperature"),
):
    """Scores of words, dragged, and the shares that softmax makes of them."""
    shares = torch.softmax(scores / temperature, 0)
    return ex.row(
        ex.plot(
            ex.bars(scores, labels=words, horizontal=True, name="scores"), x=(-4, 4), title="score"
        ),
        ex.plot(
            ex.bars(shares, labels=[f"{share:.0%}" for share in shares], horizontal=True,
                    name="shares"), x=(0, 1), title="share",
        ),
    )  # fmt: skip
