"""A sound of the reader's own, and the same with an echo."""

import math

import torch

import explorable as ex

rate = 8000
seconds = torch.arange(rate) / rate
pluck = torch.zeros(rate)
for start, pitch in [(0.0, 392), (0.16, 494), (0.32, 587)]:
    since = (seconds - start).clamp(min=0)
    pluck += torch.sin(2 * math.pi * pitch * since) * torch.exp(-14 * since) * 0.5


@ex.figure
def echo(
    sound=ex.upload(pluck, "sound", rate=rate, label="sound"),
    delay=ex.integer(50, 500, value=250, label="delay in ms"),
    share=ex.slider(0, 0.9, value=0.6, label="what comes back"),
):
    """A second of sound, and the same once more, later and quieter."""
    samples = delay * rate // 1000
    late = torch.where(torch.arange(rate) >= samples, torch.roll(sound, samples), 0)
    heard = (sound + share * late) / (1 + share)
    return ex.column(
        ex.plot(
            ex.curve(seconds, heard, name="with the echo"), ex.curve(seconds, sound, name="sound"),
            x=(0, 1), y=(-1, 1), aspect=4, x_label="seconds",
        ),
        ex.plot(ex.sound(sound, rate, name="sound"), ex.sound(heard, rate, name="with the echo")),
    )  # fmt: skip
