"""Bars: dragged, grouped side by side, and stacked one upon the other."""

import torch

import explorable as ex

days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
sun = torch.tensor([4.1, 2.6, 5.3, 6.0, 5.2, 3.9, 4.6])


@ex.figure
def power(
    used=ex.tensor([3.0, 3.5, 3.0, 2.5, 4.0, 5.5, 5.0], 0, 8),
    panels=ex.slider(0, 2, value=1.0, label="panels"),
):
    """What a house uses of the sun's power, takes from the grid and gives to it, day by day.

    Drag the bars of the week on the left.
    """
    made = panels * sun
    own = torch.minimum(used, made)
    parts = torch.stack([own, used - own, own - made])
    return ex.column(
        ex.row(
            ex.plot(ex.bars(used, labels=days, name="used"), y=(0, 8), title="used, kWh"),
            ex.plot(
                ex.bars(torch.stack([used, made]), labels=days, groups=["used", "made"],
                        name="both"), y=(0, 12),
            ),
        ),
        ex.plot(
            ex.bars(parts, labels=days, stacked=True, groups=["own", "bought", "sold"],
                    name="parts"), y=(-10, 10), aspect=3,
        ),
    )  # fmt: skip
