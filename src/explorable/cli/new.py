"""`explorable new`: a folder with one figure that works, to be changed from there."""

from __future__ import annotations

from pathlib import Path

from ..errors import ExplorableError

FIGURE = '''"""A wave, and how two numbers change it."""

import math

import torch

import explorable as ex

t = torch.linspace(0, 1, 400)


@ex.figure
def wave(
    frequency=ex.slider(1, 12, value=3, unit="Hz"),
    decay=ex.slider(0, 8, value=2),
):
    """A tone that dies away: drag its frequency, and how fast it fades."""
    envelope = torch.exp(-decay * t)
    x = envelope * torch.sin(2 * math.pi * frequency * t)
    return ex.plot(
        ex.area(t, envelope),
        ex.curve(t, x),
        x=(0, 1),
        y=(-1, 1),
        title=f"{frequency:.1f} Hz, loudness left {envelope[-1]:.3f}",
    )
'''


def make_folder(folder: Path) -> Path:
    """Make ``folder`` with a figure in it; the path of that file. Touches nothing that is there."""
    if folder.exists():
        raise ExplorableError("cli", f"'{folder}' is already there", fix="choose another name")
    folder.mkdir(parents=True)
    path = folder / "wave.py"
    path.write_text(FIGURE)
    return path
