"""Backpropagation through a small convolutional net: paint its input, see every gradient."""

import torch
import torch.nn.functional as F

import explorable as ex

names = ["upright", "lying", "slanted"]
upright = torch.tensor([[-1.0, 2.0, -1.0]]).expand(3, 3) / 3
slanted = (3 * torch.eye(3) - 1) / 3
filters = torch.stack([upright, upright.T, slanted])[:, None]
scores = 0.5 * torch.eye(3).repeat_interleave(9, 1)

first = torch.zeros(8, 8)
first[1:7, 3] = 1
first[5, 3:6] = 0.6


@ex.figure(width=900)
def backprop(
    ink=ex.tensor(first, 0, 1, label="drawing"),
    target=ex.choice(names, label="the right answer"),
):
    """Three filters, a rectifier, a maximum over squares, three scores, and how each one pulls.

    Left is what the net computes from the drawing that you paint, right the gradient of the loss at
    each of the same places: what is orange should shrink, what is blue should grow.
    """
    k = filters.clone().requires_grad_()
    w = scores.clone().requires_grad_()
    x = ink[None, None].clone().requires_grad_()
    maps = F.conv2d(x, k).relu()
    pooled = F.max_pool2d(maps, 2)
    logits = w @ pooled.flatten()
    loss = F.cross_entropy(logits, torch.tensor(names.index(target)))
    dx, dmaps, dpooled, dlogits, dk = torch.autograd.grad(loss, [x, maps, pooled, logits, k])

    def beside(a):
        """Three maps side by side."""
        return F.pad(a[0], (0, 1), value=torch.nan).transpose(0, 1).flatten(1)[:, :-1]

    return ex.column(
        ex.row(
            ex.plot(ex.heatmap(ink, name="drawing"), aspect=1.2, title="drawing"),
            ex.plot(ex.heatmap(dx[0, 0], name="∂drawing"), aspect=1.2, title="∂ drawing"),
        ),
        ex.row(
            ex.plot(
                ex.heatmap(beside(maps), tint=True, name="maps"),
                aspect=2.7, title="filtered, rectified",
            ),
            ex.plot(ex.heatmap(beside(dmaps), name="∂maps"), aspect=2.7, title="∂ filtered"),
        ),
        ex.row(
            ex.plot(
                ex.heatmap(beside(pooled), tint=True, name="pooled"), aspect=2.9, title="maxima"
            ),
            ex.plot(ex.heatmap(beside(dpooled), name="∂pooled"), aspect=2.9, title="∂ maxima"),
        ),
        ex.row(
            ex.plot(
                ex.bars(logits.softmax(0), labels=names, name="probabilities"),
                y=(0, 1), aspect=2.4, title=f"probabilities, loss {loss:.2f}",
            ),
            ex.plot(
                ex.bars(dlogits, labels=names, name="∂scores"),
                y=(-1, 1), aspect=2.4, title="∂ scores",
            ),
        ),
        ex.row(
            *[
                ex.plot(ex.matrix(dk[i, 0], name=f"∂filter {i + 1}"), title=f"∂ filter “{name}”")
                for i, name in enumerate(names)
            ]
        ),
    )  # fmt: skip
