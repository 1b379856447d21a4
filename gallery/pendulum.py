"""A pendulum beside its phase plane: where it is released is dragged, there or here."""

import torch

import explorable as ex

seconds, steps = 30, 600
start = ex.point(2.6, 0.0)
damping = ex.slider(0, 0.5, value=0.12, label="damping")


def push(angle, speed, damping):
    """The angular acceleration, in units that make gravity and length one."""
    return -torch.sin(angle) - damping * speed


@ex.value
def swing(start=start, damping=damping):
    """Angle and angular speed from the start on, by Heun's rule."""
    h = seconds / steps
    (angle, speed), path = start, []
    for _ in range(steps):
        path.append(torch.stack([angle, speed]))
        first = push(angle, speed, damping)
        then = push(angle + h * speed, speed + h * first, damping)
        angle, speed = angle + h * speed + h * h / 2 * first, speed + h / 2 * (first + then)
    return torch.stack(path)


def hanging(angle):
    """Where the bob is at an angle from the vertical."""
    return torch.polar(torch.ones_like(angle), angle - torch.pi / 2)


circle = hanging(torch.linspace(0, 2 * torch.pi, 91))
a, s = torch.meshgrid(torch.linspace(-3.2, 9.2, 49), torch.linspace(-2.9, 2.9, 29), indexing="xy")


@ex.figure(width=720)
def pendulum(
    swing=swing,
    start=start,
    damping=damping,
    time=ex.slider(0, seconds, value=4.0, label="time", unit="s", play=seconds),
):
    """A pendulum, and its path among all others in the plane of angle and angular speed.

    Drag the start. Released high enough and fast enough, the pendulum goes over the top before it
    swings to rest: in the phase plane it moves on to the next eddy.
    """
    at = (time * ((steps - 1) / seconds)).long()
    ago = (at - torch.arange(30)).clamp(min=0)
    trail, released = hanging(swing[ago, 0]), hanging(start[0])
    bob = trail[0]
    flow = torch.stack([s, push(a, s, damping)], -1)
    return ex.row(
        ex.plot(
            ex.curve(circle, dash=True, colour="soft", width=1),
            ex.curve(trail, colour=1, width=1.5),
            ex.curve(torch.stack([0 * bob, bob]), colour="ink", name="rod"),
            ex.scatter(0 * bob, size=3, colour="ink"),
            ex.scatter(bob, size=11, colour=1, name="bob"),
            ex.scatter(released, colour=2, edit=True), ex.label(released, "released", colour=2),
            x=(-1.3, 1.3), y=(-1.3, 1.3), aspect="equal", axes=False, legend=False,
        ),
        ex.plot(
            ex.streamlines(flow, x=(-3.2, 9.2), y=(-2.9, 2.9), name="flow"),
            ex.curve(swing, colour=1, name="path"),
            ex.scatter(swing[at], size=6, colour=1, name="now"),
            ex.scatter(start, colour=2),
            x=(-3.2, 9.2), y=(-2.9, 2.9), x_label="angle", y_label="angular speed", legend=False,
        ),
    )  # fmt: skip
