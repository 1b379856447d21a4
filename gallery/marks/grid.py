"""Small multiples: one plot for each of several settings, with one pair of ranges."""

import torch

import explorable as ex

time = torch.linspace(0, 12, 241)


def swing(damping, push):
    """A pendulum pushed in time with itself, by Euler's rule made symplectic."""
    angle, speed, path = torch.tensor(1.0), torch.tensor(0.0), []
    for t in time:
        path.append(angle)
        force = push * torch.cos(0.9 * t) - torch.sin(angle) - damping * speed
        speed = speed + 0.05 * force
        angle = angle + 0.05 * speed
    return torch.stack(path)


@ex.figure(width=720)
def dampings(push=ex.slider(0, 1, value=0.3, label="push")):
    """A pendulum that is pushed, at six dampings: all over the same time and the same angles."""
    return ex.grid(
        [
            ex.plot(
                ex.curve(time, swing(damping, push), name=f"damping {damping}"),
                title=f"damping {damping}",
            )
            for damping in (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
        ],
        columns=3,
    )  # fmt: skip
