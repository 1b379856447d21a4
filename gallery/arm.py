"""A robot's arm with two joints, pulled by its hand: the angles follow along the gradient."""

import torch

import explorable as ex

upper, lower = 1.2, 0.9
shoulder = torch.zeros(1, dtype=torch.complex64)
turn = torch.linspace(0, 2 * torch.pi, 97)
reach = torch.exp(1j * turn) * torch.tensor([[upper + lower], [upper - lower]])


@ex.figure(width=560)
def arm(
    shoulder_angle=ex.slider(-3.1, 3.1, value=0.5, label="shoulder"),
    elbow_angle=ex.slider(-2.8, 2.8, value=1.1, label="elbow"),
):
    """An arm with two joints between the circles it can reach; its hand can be dragged.

    The hand is a function of the two angles. Dragging it asks the opposite: which angles put the
    hand there? At every moment both turn by the least that moves the hand after the pointer, and
    that is read off the gradient.
    """
    elbow = torch.polar(torch.tensor(upper), shoulder_angle)
    hand = elbow + torch.polar(torch.tensor(lower), shoulder_angle + elbow_angle)
    joints = torch.cat([shoulder, torch.stack([elbow, hand])])
    return ex.plot(
        ex.curve(joints, width=6, name="arm"),
        ex.scatter(hand, size=8, name="hand", edit=True),
        ex.scatter(joints[:2], size=6, name="joints"),
        ex.curve(reach, dash=True, width=1, name="its reach"),
        x=(-2.3, 2.3), y=(-2.3, 2.3), aspect="equal",
        title=f"the hand is at {hand.real:.2f}, {hand.imag:.2f}",
    )  # fmt: skip
