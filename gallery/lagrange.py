"""Lagrange multipliers on a circle: at an extremum both gradients lie on one line."""

import torch

import explorable as ex


def slope(p):
    x, y = p.unbind(-1)
    return x + y / 2


def valley(p):
    x, y = p.unbind(-1)
    return (x - y / 2).square() + x / 2


def saddle(p):
    x, y = p.unbind(-1)
    return x * y + y / 4


def constraint(p):
    return p.square().sum(-1) / 2  # held at one half: the circle


def around(angle):
    return torch.stack([angle.cos(), angle.sin()], -1)


side = torch.linspace(-1.6, 1.6, 61)
plane = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1)
turn = torch.linspace(0, 2 * torch.pi, 241)
within = {"x": (-1.6, 1.6), "y": (-1.6, 1.6)}


@ex.figure(width=720)
def lagrange(
    f=ex.choice({"a valley": valley, "a slope": slope, "a saddle": saddle}, label="f"),
    angle=ex.slider(0, 2 * torch.pi, value=0.6, label="angle"),
):
    """The level lines of a function, a circle, and the gradients of both at a point of the circle.

    Drag the point. While the gradient of f leans to one side of the circle's, f rises that way
    along the circle. Where the two lie on one line there is no way up: the level line touches the
    circle, and f has an extremum on it. The factor between them is Lagrange's multiplier λ.
    """
    p = around(angle)
    df, dg = torch.func.grad(f)(p), torch.func.grad(constraint)(p)
    multiplier = (df * dg).sum()
    leaning = torch.linalg.vector_norm(df - multiplier * dg)
    return ex.row(
        ex.plot(
            ex.curve(around(turn), closed=True, name="circle"),
            ex.arrow(p, df / 3, name="gradient of f"),
            ex.arrow(p, dg / 3, name="gradient of the circle"),
            ex.label(p + df / 3, "∇f"),
            ex.label(p + dg / 3, "∇g"),
            ex.contour(f(plane), **within, levels=12, labels=True),
            ex.contour(f(plane) - f(p), **within, levels=[0.0], width=2),
            ex.scatter(p, edit=True, name="point"),
            **within, aspect="equal", legend=False,
        ),
        ex.plot(
            ex.curve(turn, f(around(turn)), name="f on the circle"),
            ex.scatter(angle, f(p), name="here"),
            ex.readout(f"{multiplier:.3f}", label="λ"),
            ex.readout(f"{leaning:.3f}", label="aside"),
            x=(0, 2 * torch.pi), x_label="angle", title="f on the circle", legend=False,
        ),
    )  # fmt: skip
