"""A few bodies that attract one another, by the leapfrog rule; masses and places are dragged."""

import torch

import explorable as ex

softening = 0.02
inner = 8  # leapfrog steps to a frame
kept = 150  # places of a trail
number = torch.arange(4)


def pull(at, mass):
    """The acceleration of each body by Newton's law, and the potential energy of them all."""
    apart = at[None] - at[:, None]
    squared = apart.square().sum(-1) + softening
    there = 1 - torch.eye(len(at))
    force = (mass * there / squared**1.5)[..., None] * apart
    return force.sum(1), -(mass[:, None] * mass * there / squared.sqrt()).sum() / 2


start = ex.tensor([[0.0, 0.0], [0.7, 0.0], [-1.1, 0.0], [0.0, 1.6]], -2, 2)
masses = ex.tensor([1.0, 0.02, 0.05, 0.1], 0, 1.5)


@ex.simulation(rate=60, history=500)
def orbits(start=start, masses=masses, spin=ex.slider(0, 1.5, value=1.0, label="spin")):
    share = (masses / masses.sum().clamp_min(1e-3))[:, None]
    # At spin 1 the others go round the first in circles, were they alone with it.
    away = start - start[0]
    turn = torch.stack([-away[:, 1], away[:, 0]], -1)
    rate = ((masses + masses[0])[:, None] / (away.square().sum(-1, True) + softening) ** 1.5).sqrt()
    at = start - (share * start).sum(0)
    speed = spin * rate * turn
    speed = speed - (share * speed).sum(0)
    trail = torch.full((kept, 4, 2), torch.nan)
    return {"at": at, "speed": speed, "trail": trail}


@orbits.step
def leapfrog(state, masses=masses, step=ex.slider(0.0005, 0.01, value=0.002, scale="log")):
    at, speed = state["at"], state["speed"]
    trail = torch.cat([state["trail"][1:], at[None]])
    for _ in range(inner):
        speed = speed + step / 2 * pull(at, masses)[0]
        at = at + step * speed
        speed = speed + step / 2 * pull(at, masses)[0]
    kinetic = (masses * speed.square().sum(-1)).sum() / 2
    record = ex.record(kinetic=kinetic, potential=pull(at, masses)[1])
    return {"at": at, "speed": speed, "trail": trail}, record


@ex.figure
def bodies(orbits=orbits, start=start, masses=masses):
    """Four bodies that attract one another, with the trails they leave, and their masses.

    Drag where they start and how heavy they are: the run begins again. A leapfrog step keeps the
    energy for ever, but for a ripple where two bodies pass close to one another.
    """
    at, past = orbits.state["at"], orbits.history
    kinetic, potential = past["kinetic"], past["potential"]
    trail = torch.cat([orbits.state["trail"], at[None]])
    return ex.row(
        ex.plot(
            *[ex.curve(trail[:, k], width=1.5, name=f"trail {k}") for k in range(4)],
            ex.scatter(start, size=3, labels=number, name="start"),
            ex.scatter(at, size=3 + 6 * masses.sqrt(), labels=number, name="bodies"),
            x=(-2, 2), y=(-2, 2), aspect="equal", legend=False,
        ),
        ex.column(
            ex.plot(ex.bars(masses, name="masses"), y=(0, 1.5), aspect=3, title="masses"),
            ex.plot(
                ex.curve(past["step"], kinetic, width=1.5, name="kinetic"),
                ex.curve(past["step"], potential, width=1.5, name="potential"),
                ex.curve(past["step"], kinetic + potential, name="energy"),
                x_label="step", aspect=2.4,
            ),
        ),
    )  # fmt: skip
