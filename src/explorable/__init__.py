"""PyTorch functions as live figures for static pages.

>>> import explorable as ex
>>> @ex.figure
... def wave(k=ex.slider(1, 9)):
...     t = torch.linspace(0, 1, 200)
...     return ex.curve(t, torch.sin(2 * torch.pi * k * t))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .errors import ExplorableError as ExplorableError
from .parts.controls import button as button
from .parts.controls import choice as choice
from .parts.controls import integer as integer
from .parts.controls import seed as seed
from .parts.controls import slider as slider
from .parts.controls import text as text
from .parts.controls import toggle as toggle
from .parts.edited import point as point
from .parts.edited import points as points
from .parts.edited import tensor as tensor
from .parts.layout import column as column
from .parts.layout import dates as dates
from .parts.layout import grid as grid
from .parts.layout import plot as plot
from .parts.layout import row as row
from .parts.marks import area as area
from .parts.marks import arrow as arrow
from .parts.marks import bars as bars
from .parts.marks import contour as contour
from .parts.marks import curve as curve
from .parts.marks import heatmap as heatmap
from .parts.marks import image as image
from .parts.marks import label as label
from .parts.marks import mesh as mesh
from .parts.marks import readout as readout
from .parts.marks import scatter as scatter
from .parts.marks import segments as segments
from .parts.marks_cells import board as board
from .parts.marks_cells import matrix as matrix
from .parts.marks_field import field as field
from .parts.marks_graph import diagram as diagram
from .parts.marks_graph import graph as graph
from .parts.marks_graph import network as network
from .parts.marks_graph import tree as tree
from .parts.marks_plane import arrows as arrows
from .parts.marks_plane import band as band
from .parts.marks_plane import bracket as bracket
from .parts.marks_plane import density as density
from .parts.marks_plane import errorbars as errorbars
from .parts.marks_plane import histogram as histogram
from .parts.marks_plane import streamlines as streamlines
from .parts.marks_sound import sound as sound
from .parts.marks_sprite import sprite as sprite
from .parts.marks_tokens import tokens as tokens
from .parts.options import record as record
from .parts.space import space as space
from .parts.space import surface as surface
from .parts.span import range as range
from .parts.stages import stages as stages
from .parts.tokenizers import characters as characters
from .parts.tokenizers import tokenizer as tokenizer
from .parts.tokenizers import words as words
from .parts.uploads import microphone as microphone
from .parts.uploads import upload as upload
from .recording import depends as depends

if TYPE_CHECKING:
    from .compiled import compile as compile
    from .figures.figure import figure as figure
    from .figures.simulation import simulation as simulation
    from .figures.value import value as value

__version__ = "0.1.0"

_NEEDS_TORCH = {
    "compile": ".compiled",
    "figure": ".figures.figure",
    "simulation": ".figures.simulation",
    "value": ".figures.value",
}


def __dir__() -> list[str]:
    return [*globals(), *_NEEDS_TORCH]


def __getattr__(name: str) -> object:
    """The names that need torch come on first use: a cache hit must not wait for it."""
    if name not in _NEEDS_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_TORCH[name], __name__), name)
