"""A toggle: on or off, a plain bool that Python may branch on."""

import torch

import explorable as ex

time = torch.arange(64) / 64


@ex.figure
def leakage(
    hann=ex.toggle(label="Hann window"),
    frequency=ex.slider(4, 12, value=7.5, unit="cycles"),
):
    """The spectrum of a tone that does not fit the window leaks into all bins; a soft window
    keeps it together."""
    tone = torch.sin(2 * torch.pi * frequency * time)
    if hann:
        tone = tone * torch.hann_window(64)
    spectrum = torch.fft.rfft(tone).abs() / tone.norm()
    return ex.row(
        ex.plot(ex.curve(time, tone, name="tone"), y=(-1, 1), aspect=1.4),
        ex.plot(ex.bars(spectrum[:24], name="spectrum"), y=(0, 6), aspect=1.4),
    )
