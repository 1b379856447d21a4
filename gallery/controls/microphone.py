"""The microphone: a tenth of a second of what it hears, and which frequencies are in it."""

import math

import torch

import explorable as ex

rate = 16_000
seconds = torch.arange(1600) / rate
vowel = sum(
    torch.sin(2 * math.pi * 130 * k * seconds + k * k) / (1 + (k - 5) ** 2 / 6)
    for k in range(1, 16)
)
hertz = torch.fft.rfftfreq(1600, 1 / rate)
window = torch.hann_window(1600)


@ex.figure
def heard(samples=ex.microphone(vowel / 6, rate=rate, label="sound")):
    """What the microphone hears as a wave, and the strength of each frequency in it.

    Before it is switched on: a voice that sings one vowel, which is many tones at once.
    """
    spectrum = torch.fft.rfft(samples * window).abs() / window.sum()
    decibels = 20 * torch.log10(spectrum + 1e-4)
    return ex.column(
        ex.plot(
            ex.curve(seconds, samples, name="wave"),
            x=(0, 0.1), y=(-1, 1), aspect=4, x_label="seconds",
        ),
        ex.plot(
            ex.curve(hertz, decibels, name="spectrum"),
            x=(0, 4000), y=(-80, 0), aspect=2.5, x_label="hertz", y_label="decibels",
        ),
    )  # fmt: skip
