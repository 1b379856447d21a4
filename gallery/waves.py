"""One sum of two tones in time and in frequency: a shared control, a value computed once."""

import math

import torch

import explorable as ex

tau = 2 * math.pi
t = torch.linspace(0, 1, 513)[:-1]
shift = ex.slider(0, tau, value=1.0, label="φ")
pitch = ex.slider(2, 16, value=9.0, label="second tone", unit="Hz")


@ex.value
def wave(shift=shift, pitch=pitch):
    x = torch.sin(tau * 5 * t + shift) + torch.sin(tau * pitch * t) / 2
    return {"x": x, "power": x.square().mean()}


@ex.figure
def in_time(wave=wave):
    """Two tones added over one second: 5 Hz, shifted by φ, and a quieter one of your choice."""
    return ex.plot(
        ex.curve(t, wave["x"], name="wave"),
        x=(0, 1),
        y=(-2, 2),
        title=f"mean power {wave['power']:.3f}",
    )


@ex.figure
def in_frequency(wave=wave):
    """The same wave in frequency: a bar for each whole number of cycles in the second.

    The phase φ moves the wave and leaves the bars alone, until the second tone falls between
    two whole frequencies: then it leaks into its neighbours, and the phase shows.
    """
    strength = torch.fft.rfft(wave["x"]).abs()[:21] * 2 / len(t)
    return ex.plot(
        ex.bars(strength, name="strength"), y=(0, 1.2), title="amplitude by frequency in Hz"
    )
