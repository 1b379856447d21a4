"""Plots that are looked into: exact values under the pointer, and a closer look."""

import torch

import explorable as ex

samples = 2048
time = torch.arange(samples) / 1024


@ex.figure(width=720)
def spectrum(
    first=ex.slider(40, 60, value=49, unit="Hz"),
    second=ex.slider(40, 60, value=52, unit="Hz"),
    noise=ex.slider(0.01, 2, value=0.3, scale="log", label="noise"),
):
    """Two tones and some noise, and what a Fourier transform finds in two seconds of them.

    Point at a peak to read it. To see the two apart, zoom in: two fingers, the wheel with control,
    or plus and minus.
    """
    torch.manual_seed(0)
    tones = torch.stack([first, second])[:, None] * time
    wave = torch.sin(2 * torch.pi * tones).sum(0) + noise * torch.randn(samples)
    window = torch.hann_window(samples)
    amplitude = torch.fft.rfft(wave * window).abs() * 2 / window.sum()
    return ex.column(
        ex.plot(ex.curve(time[:400], wave[:400], width=1.2, name="wave"), y=(-6, 6), aspect=4,
                hover=True, x_label="seconds"),
        ex.plot(ex.curve(torch.arange(1025) / 2, amplitude, width=1.5, name="amplitude"),
                x=(0, 512), y=(0, 1.2), aspect=3, hover=True, zoom="x", x_label="Hz"),
    )  # fmt: skip
