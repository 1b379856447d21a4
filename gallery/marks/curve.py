"""A curve: one line through positions, many at once, dashed, closed."""

import torch

import explorable as ex

time = torch.linspace(0, 10, 240)
turn = torch.linspace(0, 2 * torch.pi, 120)


@ex.figure
def decay(damping=ex.slider(0, 1, value=0.2, label="damping")):
    """A damped swing between the two curves that hold it, and the same swing in phase space."""
    hold = torch.exp(-damping * time)
    swing = hold * torch.exp(1j * time)
    return ex.row(
        ex.plot(
            ex.curve(time, torch.stack([hold, -hold]), dash=True),
            ex.curve(time, swing.real, name="x"),
            y=(-1, 1),
        ),
        ex.plot(
            ex.curve(torch.exp(1j * turn), closed=True, dash=True),
            ex.curve(swing),
            x=(-1, 1), y=(-1, 1), aspect="equal",
        ),
    )  # fmt: skip
