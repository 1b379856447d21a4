"""The figure of the bundle beside this file, which stays as it was published."""

import torch

import explorable as ex

phase = ex.slider(0, 6, value=1.0, label="phase")


@ex.figure
def wave(phase=phase, pitch=ex.integer(1, 9, value=2)):
    """A wave whose phase other figures of the page share."""
    t = torch.linspace(0, 1, 64)
    x = torch.sin(6 * pitch * t + phase)
    return ex.plot(ex.curve(t, x, name="wave"), y=(-1, 1), title=f"phase {phase:.2f}")
