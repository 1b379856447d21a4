"""A sound made of harmonics: their strengths as bars to drag, the wave, its spectrum, and the
sound."""

import math

import torch

import explorable as ex

rate = 22050
first = [0.9, 0.5, 0.33, 0.25, 0.2, 0.17, 0.14, 0.12]
names = [f"{k}f" for k in range(1, len(first) + 1)]


@ex.figure(width=720)
def harmonics(
    strengths=ex.tensor(first, 0, 1),
    pitch=ex.slider(82, 660, value=220, scale="log", unit="Hz", label="pitch f"),
):
    """A tone is a sum of sines at whole multiples of its pitch. How strong each of them is makes
    the timbre: drag the bars and listen.

    All eight as they stand come near a sawtooth. Only the odd ones sound hollow, like a clarinet;
    the first alone is a tuning fork.
    """
    seconds = torch.arange(rate) / rate
    multiples = torch.arange(1, len(first) + 1)
    waves = torch.sin(2 * math.pi * pitch * multiples[:, None] * seconds)
    total = strengths.sum().clamp(min=1)
    tone = (strengths[:, None] * waves).sum(0) / total
    window = torch.hann_window(4096)
    spectrum = torch.fft.rfft(tone[:4096] * window).abs() / window.sum() * 2
    decibels = 20 * torch.log10(spectrum + 1e-3)
    kilohertz = torch.arange(len(spectrum)) * rate / 4096 / 1000
    return ex.column(
        ex.plot(
            ex.bars(strengths, labels=names), y=(0, 1), aspect=3.2,
            title="drag the strength of each harmonic",
        ),
        ex.row(
            ex.plot(
                ex.curve(
                    1000 * seconds[:221], strengths[:, None] / total * waves[:, :221],
                    colour="soft", width=0.6,
                ),
                ex.curve(1000 * seconds[:221], tone[:221], colour=0, name="wave"),
                x=(0, 10), y=(-1, 1), x_label="milliseconds", title="their sum: the wave",
            ),
            ex.plot(
                ex.curve(kilohertz, decibels, name="spectrum"),
                x=(0, 5.5), y=(-60, 0), x_label="kilohertz", y_label="decibels",
                title="its spectrum",
            ),
        ),
        ex.sound(tone / 2, rate, loop=True, name="the tone"),
    )  # fmt: skip
