"""A surface: a loss over two weights, and the path that gradient descent takes down it."""

import torch

import explorable as ex

side = torch.linspace(-2, 2, 33)
x, y = torch.meshgrid(side, side, indexing="xy")


def loss(p):
    """Two valleys behind a ridge."""
    a, b = p[..., 0], p[..., 1]
    return 0.25 * a**4 - 0.8 * a**2 + 0.15 * a + 0.4 * (b - 0.3 * a) ** 2 + 1


@ex.figure
def valleys(
    start=ex.slider(-0.6, 0.8, value=0.02, label="start"),
    rate=ex.slider(0.02, 0.8, value=0.15, scale="log", label="learning rate"),
    momentum=ex.slider(0, 0.9, value=0.5, label="momentum"),
):
    """Gradient descent on a surface with two valleys: which one it finds hangs on where it starts,
    and on its momentum.

    Drag the surface to see the path from all sides.
    """
    place = torch.stack([start, torch.tensor(1.8)])
    speed, path = torch.zeros(2), [place]
    for _ in range(30):
        speed = momentum * speed - rate * torch.func.grad(loss)(place)
        place = place + speed
        path.append(place)
    path = torch.stack(path)
    walked = torch.cat([path, loss(path)[:, None]], -1)
    ground = torch.stack([x, y], -1)
    return ex.space(
        ex.surface(torch.cat([ground, loss(ground)[..., None]], -1), name="loss"),
        ex.scatter(walked[-1:], name="end"), ex.curve(walked, name="path"),
        x=(-2, 2), y=(-2, 2), z=(0, 5), z_label="loss", view=(65, 40),
    )  # fmt: skip
