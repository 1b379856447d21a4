"""Softmax and its Jacobian: logits are dragged, every number follows."""

import torch

import explorable as ex

names = ["cat", "dog", "owl", "fox", "bee"]


@ex.figure(width=760)
def jacobian(
    logits=ex.tensor([2.0, 1.0, 0.0, -1.0, 0.5], -5, 5, label="logits"),
    temperature=ex.slider(0.2, 4, value=1.0, scale="log", label="temperature"),
    asked=ex.choice(names, label="row"),
):
    """Softmax of five logits that you drag, and how each probability changes with each logit.

    A row of the Jacobian is the gradient of one probability. It sums to 0: what one class gains the
    others lose.
    """

    def softmax(x):
        return torch.softmax(x / temperature, 0)

    p = softmax(logits)
    J = torch.func.jacrev(softmax)(logits)
    k = names.index(asked)
    return ex.column(
        ex.row(
            ex.plot(
                ex.bars(logits, labels=names, name="logits"), y=(-5, 5), aspect=2, title="logits"
            ),
            ex.plot(
                ex.bars(p, labels=names, name="probabilities"),
                y=(0, 1), aspect=2, title="probabilities",
            ),
        ),
        ex.plot(
            ex.matrix(
                J, rows=names, columns=names, tint=0.25, name="J",
                highlight=torch.arange(5)[:, None] == k,
            ),
            title=f"∂p/∂logit, row “{asked}”: sum {J[k].sum().abs():.2f}",
        ),
    )  # fmt: skip
