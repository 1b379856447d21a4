"""A tensor painted: a float control that a heatmap draws is a sheet to paint on."""

import torch
from torch.nn import functional as F

import explorable as ex

ring = torch.zeros(12, 12)
ring[2:10, 2:10], ring[4:8, 4:8] = 1, 0
examples = {
    "ring": ring,
    "corner": torch.ones(12, 12).tril(),
    "stripes": ring * 0 + torch.arange(12) % 4 // 2,
}


@ex.figure
def edges(
    ink=ex.tensor(ring, 0, 1, examples=examples, brush=0, label="sheet"),
    blur=ex.slider(0.3, 2, value=0.7),
):
    """A painted sheet, and how fast its blurred copy changes at each place."""
    reach = torch.arange(-4, 5)
    bell = torch.exp(-(reach**2) / (2 * blur**2))
    kernel = torch.outer(bell, bell) / bell.sum() ** 2
    wide = F.pad(ink[None, None], (4, 4, 4, 4), "replicate")
    down, right = torch.gradient(F.conv2d(wide, kernel[None, None])[0, 0])
    return ex.row(
        ex.plot(ex.heatmap(ink, name="sheet"), aspect="equal", title="sheet"),
        ex.plot(ex.heatmap(torch.hypot(down, right), name="slope"), aspect="equal", title="slope"),
    )
