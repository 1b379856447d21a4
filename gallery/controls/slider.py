"""A slider: a float32 number in a range, straight or logarithmic, with a unit and a sweep."""

import torch

import explorable as ex

time = torch.linspace(0, 2, 400)


@ex.figure
def beat(
    first=ex.slider(1, 6, value=4, unit="Hz"),
    second=ex.slider(1, 6, value=4.5, step=0.1, unit="Hz", play=8),
    strength=ex.slider(0.01, 1, value=1.0, scale="log"),
):
    """Two tones and their sum: the closer the frequencies, the slower the beat."""
    wave = torch.sin(2 * torch.pi * first * time)
    return ex.plot(
        ex.curve(time, wave + strength * torch.sin(2 * torch.pi * second * time), name="sum"),
        y=(-2, 2),
        title=f"{(first - second).abs():.1f} beats a second",
    )
