"""Gradient descent with momentum on five surfaces: the whole path at every drag."""

import torch

import explorable as ex


def bowl(p):
    x, y = p.unbind(-1)
    return x**2 / 2 + y**2


def saddle(p):
    x, y = p.unbind(-1)
    return (x**2 - y**2) / 2


def ravine(p):
    x, y = p.unbind(-1)
    return x**2 / 8 + 3 * y**2


def banana(p):
    x, y = p.unbind(-1)
    return (1 - x) ** 2 / 4 + (y - x**2) ** 2


def egg_box(p):
    x, y = p.unbind(-1)
    return torch.sin(3 * x) * torch.sin(3 * y) + (x**2 + y**2) / 8


line = torch.linspace(-2, 2, 49)
surfaces = {
    "bowl": bowl,
    "saddle": saddle,
    "ravine": ravine,
    "banana": banana,
    "egg box": egg_box,
}


@ex.figure(width=560)
def descent(
    surface=ex.choice(surfaces),
    start=ex.point(1.5, 1.0),
    lr=ex.slider(1e-3, 1, value=0.1, scale="log", label="learning rate"),
    momentum=ex.slider(0, 0.99, value=0.0, label="momentum"),
):
    """Sixty steps of gradient descent from a point you drag, on a surface you choose.

    The arrow points where the surface falls most steeply. A long ravine makes the path zigzag;
    momentum smooths it; too large a learning rate throws it out.
    """
    xy = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)
    height = surface(xy)
    lowest = xy.reshape(-1, 2)[height.argmin()]
    p, v, path = start, torch.zeros(2), [start]
    for _ in range(60):
        v = momentum * v - lr * torch.func.grad(surface)(p)
        p = p + v
        path.append(p)
    path = torch.stack(path)
    return ex.plot(
        ex.contour(height, x=(-2, 2), y=(-2, 2), labels=True),
        ex.curve(path, colour=1, name="path"),
        ex.scatter(path, size=2.5, colour=1),
        ex.arrow(start, -torch.func.grad(surface)(start), colour="ink"),
        ex.scatter(lowest, size=3, colour="ink"),
        ex.scatter(start, colour=1),
        x=(-2, 2), y=(-2, 2), aspect="equal",
        title=f"height {surface(p):.4f} after 60 steps",
    )  # fmt: skip
