"""The convolution theorem heard and seen: a plucked string through an impulse response you drag."""

import math

import torch

import explorable as ex

rate, length, taps = 22050, 16384, 24
window = torch.hann_window(4096)
average = [1 / 6] * 6 + [0.0] * (taps - 6)


@ex.value
def pluck(pitch=ex.slider(110, 440, value=165, scale="log", unit="Hz", label="string")):
    """A string: harmonics that die away, the high ones sooner."""
    seconds = torch.arange(length) / rate
    k = torch.arange(1, 21)[:, None]
    waves = torch.sin(2 * math.pi * k * pitch * seconds) / k
    return (waves * torch.exp(-(2 + k) * seconds)).sum(0) / 2


def decibels(sound):
    """The strength of each frequency in the first 4,096 samples."""
    return 20 * torch.log10(torch.fft.rfft(sound[:4096] * window).abs() / 100 + 1e-2)


@ex.figure(width=720)
def convolution(response=ex.tensor(average, -0.5, 1), pluck=pluck):
    """A sound convolved with an impulse response: in time each sample is replaced by the response,
    scaled and added up; in frequency the two spectra are multiplied.

    Six equal bars are a moving average, which lets low tones through. Make their signs alternate
    and the high ones remain; two bars far apart are an echo, and a comb in the spectrum.
    """
    spectrum = torch.fft.rfft(pluck, 2 * length)
    transfer = torch.fft.rfft(response, 2 * length)
    filtered = torch.fft.irfft(spectrum * transfer)[:length]  # the theorem
    kilohertz = torch.arange(2049) * rate / 4096 / 1000
    gain = 20 * torch.log10(transfer[::8].abs() + 1e-2)
    milliseconds = torch.arange(400) * 1000 / rate
    return ex.column(
        ex.plot(
            ex.bars(response), y=(-0.5, 1), aspect=3.2,
            title="impulse response h (drag the bars)",
        ),
        ex.row(
            ex.plot(
                ex.curve(milliseconds, pluck[:400], name="x"),
                ex.curve(milliseconds, filtered[:400], name="x ∗ h"),
                title="in time: milliseconds", x=(0, 18), y=(-1, 1),
            ),
            ex.plot(
                ex.curve(kilohertz, decibels(pluck), name="X"),
                ex.curve(kilohertz, decibels(filtered), name="X · H"),
                ex.curve(kilohertz, gain, name="H", dash=True),
                title="in frequency: decibels over kHz", x=(0, 6), y=(-40, 20),
            ),
        ),
        ex.plot(
            ex.sound(pluck, rate, name="x"),
            ex.sound(filtered, rate, name="x ∗ h"),
        ),
    )  # fmt: skip
