"""A sprite: one picture out of a sheet of them, by a number that is computed."""

import torch

import explorable as ex

phases = 24
across, down = torch.meshgrid(
    torch.linspace(-1.05, 1.05, 64), torch.linspace(-1.05, 1.05, 64), indexing="xy"
)
depth = (1 - across**2 - down**2).clamp(min=0).sqrt()
turn = 2 * torch.pi * torch.arange(phases)[:, None, None] / phases
light = (across * torch.sin(turn) - depth * torch.cos(turn)).clamp(min=0)
seas = sum(
    torch.exp(-((across - x) ** 2 + (down - y) ** 2) / size)
    for x, y, size in ((-0.3, -0.4, 0.08), (0.25, -0.3, 0.05), (0.45, 0.0, 0.04), (-0.5, 0.1, 0.06))
)
grey = torch.where(depth > 0, 20 + 225 * light.sqrt() * (1 - 0.45 * seas), 0.0)
sheet = grey.to(torch.uint8)


@ex.figure(width=520)
def moon(
    day=ex.slider(0, 29.5, value=9.0, step=0.5, unit="days", play=12, label="after new moon"),
):
    """The moon from one new moon to the next, and how much of its disc is lit."""
    index = (day / 29.53 * phases).long()
    days = torch.linspace(0, 29.5, 60)
    lit = (1 - torch.cos(2 * torch.pi * days / 29.53)) / 2
    now = (1 - torch.cos(2 * torch.pi * day / 29.53)) / 2
    return ex.row(
        ex.sprite(sheet, index, name="moon"),
        ex.plot(
            ex.curve(days, lit),
            ex.scatter(day[None], now[None], name="today"),
            y=(0, 1),
            title=f"{100 * now:.0f} % lit",
        ),
    )
