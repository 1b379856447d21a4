"""Scales: time along x, names along x, and numbers of both signs over many powers of ten."""

import torch

import explorable as ex

hours = torch.arange(0, 24 * 14 + 1)
kinds = torch.arange(4).repeat_interleave(30)


@ex.figure(width=720)
def seasons(
    swing=ex.slider(0, 12, value=7, unit="°C", label="from night to day"),
    spread=ex.slider(0.1, 3, value=1.0, label="spread"),
):
    """Two weeks of temperatures, hour by hour; four groups side by side; growth in both signs."""
    warm = 4 + hours / 48 - swing / 2 * torch.cos(2 * torch.pi * (hours - 3) / 24)
    torch.manual_seed(1)
    aside = 0.25 * (torch.rand(120) - 0.5)
    measured = kinds * 0.5 + spread * torch.randn(120)
    rate = torch.linspace(-3, 3, 81)
    return ex.column(
        ex.plot(
            ex.curve(hours, warm, name="temperature"),
            x_scale=ex.dates("2026-03-23", unit="hour"), aspect=3.4, y_label="°C",
        ),
        ex.row(
            ex.plot(
                ex.scatter(kinds + aside, measured, size=3, name="measured"),
                x=["control", "low", "middle", "high"], y=(-8, 10), x_label="dose",
            ),
            ex.plot(
                ex.curve(rate, torch.sinh(spread * 3 * rate), name="growth"),
                y_scale="symlog", x_label="rate", y_label="growth",
            ),
        ),
    )  # fmt: skip
