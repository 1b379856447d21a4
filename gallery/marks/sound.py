"""Sound: two tones that beat, in a stereo pair of samples that is played on a press."""

import math

import torch

import explorable as ex

rate = 22050


@ex.figure
def beats(
    pitch=ex.slider(110, 880, value=220, scale="log", unit="Hz"),
    apart=ex.slider(0, 12, value=4.0, unit="Hz", label="apart"),
):
    """Two tones of nearly one pitch, left and right, and the slow beat of their sum.

    The sum grows and fades as often in a second as the two pitches are apart.
    """
    seconds = torch.arange(rate) / rate
    left = torch.sin(2 * math.pi * pitch * seconds)
    right = torch.sin(2 * math.pi * (pitch + apart) * seconds)
    together = (left + right) / 2
    return ex.column(
        ex.plot(
            ex.curve(seconds, together, name="sum"), y=(-1, 1), aspect=4, title="one second",
        ),
        ex.plot(
            ex.sound(together / 2, rate, loop=True, name="both"),
            ex.sound(torch.stack([left, right]) / 3, rate, name="left and right"),
        ),
    )  # fmt: skip
