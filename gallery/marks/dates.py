"""Dates on an axis, in the figure's language: how long the day is through the year."""

import math

import torch

import explorable as ex

day = torch.arange(366.0)
turn = 2 * math.pi * (day - 80) / 365.25
sun = torch.asin(math.sin(math.radians(23.44)) * torch.sin(turn))


@ex.figure(lang="ta")
def day_length(latitude=ex.slider(-60, 60, value=13.1, step=0.1, label="அட்சரேகை", unit="°")):
    """ஒரு ஆண்டில் பகலின் நீளம், அட்சரேகைக்கு ஏற்ப. (The length of the day through a year.)"""
    north = torch.deg2rad(latitude)
    hours = 24 / math.pi * torch.acos(-torch.tan(north) * torch.tan(sun))
    return ex.plot(
        ex.curve(day, torch.full((366,), 12.0), dash=True), ex.curve(day, hours, name="hours"),
        x=(0, 365), y=(4, 20), x_scale=ex.dates("2026-01-01"), aspect=2, legend=False,
        title=f"பகல் {hours.min():.1f} முதல் {hours.max():.1f} மணி வரை",
    )  # fmt: skip
