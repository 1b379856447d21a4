"""A button: how often it was pressed since the last step, for a simulation to act on."""

import torch

import explorable as ex


@ex.simulation(rate=60)
def swing():
    return {"angle": torch.tensor(0.0), "speed": torch.tensor(0.0)}


@swing.step
def swing_once(
    state,
    kick=ex.button("Kick"),
    damping=ex.slider(0, 1, value=0.2),
):
    force = -4 * torch.sin(state["angle"]) - damping * state["speed"] + 60 * kick
    speed = state["speed"] + force / 60
    angle = state["angle"] + speed / 60
    return {"angle": angle, "speed": speed}, ex.record(angle=angle)


@ex.figure
def pendulum_kicked(swing=swing):
    """A pendulum at rest, until you kick it; what it did is drawn beside it."""
    bob = torch.stack([torch.sin(swing.state["angle"]), -torch.cos(swing.state["angle"])])
    return ex.row(
        ex.plot(
            ex.curve(torch.stack([0 * bob, bob])), ex.scatter(bob, size=10, name="bob"),
            x=(-1.3, 1.3), y=(-1.3, 1.3), aspect="equal", legend=False,
        ),
        ex.plot(ex.curve(swing.history["step"], swing.history["angle"], name="angle"), aspect=1),
    )  # fmt: skip
