"""A tensor as bars: each bar is dragged to its height, a stroke sets all it passes."""

import explorable as ex

words = ["cat", "dog", "fish", "bird", "tree", "stone"]


@ex.figure
def tempered(
    logits=ex.tensor([2.0, 1.4, 0.3, -0.4, -1.2, -2.0], -3, 3),
    temperature=ex.slider(0.2, 4, value=1.0, scale="log"),
):
    """Softmax turns scores into probabilities; a low temperature favours the largest."""
    chances = (logits / temperature).softmax(0)
    return ex.row(
        ex.plot(ex.bars(logits, labels=words, name="scores"), y=(-3, 3), aspect=1.2, title="score"),
        ex.plot(
            ex.bars(chances, labels=words, name="chances"), y=(0, 1), aspect=1.2, title="chance"
        ),
    )
