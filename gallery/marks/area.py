"""An area, and a number beside the plot: the integral of a curve up to a place, as it is filled."""

import torch

import explorable as ex

x = torch.linspace(0, 4, 200)
height = 1.2 + torch.sin(2 * x) * torch.exp(-x / 4)


@ex.figure
def integral(end=ex.slider(0, 4, value=2.5, label="end")):
    """The area under a curve from 0 to a place, and how large it is."""
    inside = x * end / 4
    under = 1.2 + torch.sin(2 * inside) * torch.exp(-inside / 4)
    size = torch.trapezoid(under, inside)
    return ex.plot(
        ex.area(inside, under, name="filled"), ex.curve(x, height, name="curve"),
        ex.readout(f"{size:.3f}", label="area"), x=(0, 4), y=(0, 2.4), legend=False,
    )  # fmt: skip
