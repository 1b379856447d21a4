"""Images: the first principal components of handwritten digits, and one digit made of them."""

import torch
from sklearn.datasets import load_digits

import explorable as ex

pixels = torch.tensor(load_digits().data, dtype=torch.float32) / 16
mean = pixels.mean(0)
_, sizes, components = torch.linalg.svd(pixels - mean, full_matrices=False)
pixels, components = pixels[:100], components[:24]
shown, most = 12, 24
names = [f"{int(share)} %" for share in (100 * sizes**2 / (sizes**2).sum())[:shown].round()]


@ex.figure
def eigendigits(digit=ex.integer(0, 99, value=7), parts=ex.integer(0, most, value=8)):
    """The twelve directions in which handwritten digits differ most, each with its share of all
    differences, and a digit built from the mean and the first of them.

    Eight of 64 numbers are enough to read most digits.
    """
    strengths = components[:most] @ (pixels[digit] - mean)
    kept = torch.where(torch.arange(most) < parts, strengths, 0)
    drawn = torch.stack([pixels[digit], mean + kept @ components]).clamp(0, 1)
    tiles = 0.5 + 1.4 * components[:shown].reshape(shown, 8, 8)
    return ex.row(
        ex.plot(
            ex.image(
                1 - drawn.reshape(2, 8, 8), labels=["the digit", f"{parts} parts"], name="rebuilt",
            ),
        ),
        ex.plot(ex.image(tiles.clamp(0, 1), columns=4, labels=names, name="components")),
    )  # fmt: skip
