"""A meaning keeps its colour: position and velocity look the same in both figures, and in the text
that speaks of them."""

import torch

import explorable as ex

meaning = {"position": 2, "velocity": 1}
damping = ex.slider(0, 1, value=0.15, label="damping")
time = ex.slider(0, 20, value=4.0, label="time", play=8)
t = torch.linspace(0, 20, 400)


@ex.value
def swinging(damping=damping, time=time):
    def at(t):
        fade, turns = torch.exp(-damping * t), (1.05 - damping**2) ** 0.5
        position = fade * torch.cos(turns * t)
        return position, -damping * position - fade * turns * torch.sin(turns * t)

    return {"path": torch.stack(at(t)), "now": torch.stack(at(time))}


@ex.figure(colours=meaning)
def over_time(swinging=swinging, time=time):
    """Where a weight on a spring is and how fast it moves, over time."""
    (position, velocity), (x, v) = swinging["path"], swinging["now"]
    return ex.plot(
        ex.curve(t, position, name="position"), ex.curve(t, velocity, name="velocity"),
        ex.scatter(torch.stack([torch.stack([time, x]), torch.stack([time, v])])),
        y=(-1.1, 1.1), x_label="time", aspect=2.2,
    )  # fmt: skip


@ex.figure(colours=meaning)
def as_arrows(swinging=swinging):
    """The same weight from above: its position and its velocity as arrows along a rail."""
    x, v = swinging["now"]
    zero = torch.zeros(())
    start, here = torch.stack([zero, zero]), torch.stack([x, zero])
    return ex.plot(
        ex.arrow(start, here, name="position"),
        ex.arrow(here + torch.tensor([0, 0.3]), torch.stack([v, zero]), name="velocity"),
        x=(-1.8, 1.8), y=(-0.3, 0.6), aspect=4,
    )  # fmt: skip
