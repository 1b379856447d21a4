"""The anywidget host: each figure as one ES module, for MyST, Jupyter, marimo and their like."""

from __future__ import annotations

from collections.abc import Sequence

from ..figures.afm import afm
from .folder import Place


def afm_files(places: Sequence[Place]) -> dict[str, bytes]:
    """One module per figure, by its name.

    >>> list(afm_files([Place("plane", bundle, bundle.figures[0])]))
    ['plane.js']
    """
    return {
        f"{place.name}.js": afm(place.bundle, place.published).encode()
        for place in places
        if place.bundle is not None and place.published is not None
    }
