"""Error bars: how sure the mean of a few noisy measurements is, and horizontal bars."""

import torch

import explorable as ex

hours = torch.arange(1.0, 9)
truth = 3 + 2 * torch.sin(hours / 1.6)


@ex.figure
def measured(
    repeats=ex.integer(2, 40, value=5, label="repeats"),
    noise=ex.slider(0.1, 2, value=1.0, label="noise"),
    seed=ex.seed(2),
):
    """Means of repeated measurements with the interval that holds the truth 19 times in 20."""
    torch.manual_seed(seed)
    seen = truth + noise * torch.randn(40, 8)
    used = (torch.arange(40) < repeats)[:, None]
    mean = (seen * used).sum(0) / repeats
    spread = (((seen - mean) ** 2 * used).sum(0) / (repeats - 1)).sqrt()
    half = 1.96 * spread / repeats**0.5
    names = [f"{h:.0f} h" for h in hours.tolist()]
    return ex.row(
        ex.plot(
            ex.curve(hours, truth, dash=True, name="truth"),
            ex.errorbars(hours, mean - half, mean + half, name="interval"),
            ex.scatter(hours, mean, name="mean"), x_label="hours", x=(0.5, 8.5), y=(-1, 7),
        ),
        ex.plot(
            ex.bars(mean, labels=names, horizontal=True, name="means"),
            ex.errorbars(torch.arange(8.0), mean - half, mean + half, horizontal=True), x=(0, 7),
        ),
    )  # fmt: skip
