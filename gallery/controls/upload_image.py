"""A picture of the reader's own, cut and scaled to one size: where its edges are."""

import torch
import torch.nn.functional as F

import explorable as ex

height, width = 72, 96
up, across = torch.meshgrid(
    torch.linspace(-0.75, 0.75, height), torch.linspace(-1, 1, width), indexing="ij"
)
sky = torch.stack([0.62 + up / 4, 0.72 + up / 6, 0.85 - up / 5])
hill = up > 0.3 - 0.25 * torch.cos(2.2 * across - 0.7)
sun = (across - 0.4) ** 2 + (up + 0.35) ** 2 < 0.04
scene = torch.where(hill, torch.tensor([0.25, 0.4, 0.3])[:, None, None], sky)
scene = torch.where(sun, torch.tensor([0.98, 0.85, 0.5])[:, None, None], scene)

sobel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
kernels = torch.stack([sobel, sobel.T])[:, None] / 4


@ex.figure
def outlines(
    picture=ex.upload(scene, "image", label="picture"),
    blur=ex.slider(0.4, 4, value=0.8, label="blur", unit="px"),
):
    """A picture, blurred, and how steeply its light changes from pixel to pixel."""
    taps = torch.exp(-(torch.arange(-6, 7.0) ** 2) / (2 * blur**2))
    bell = torch.outer(taps, taps) / taps.sum() ** 2
    grey = picture.mean(0)[None, None]
    smooth = F.conv2d(F.pad(grey, (6, 6, 6, 6), mode="reflect"), bell[None, None])
    slope = F.conv2d(F.pad(smooth, (1, 1, 1, 1), mode="replicate"), kernels)[0].norm(dim=0)
    return ex.row(
        ex.plot(ex.image(picture.permute(1, 2, 0), name="picture"), aspect=4 / 3, title="picture"),
        ex.plot(ex.image(1 - slope / slope.max(), name="edges"), aspect=4 / 3, title="edges"),
    )
