"""The single file host: everything in one HTML file, for each figure or for a page of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..figures.bundle import Bundle, Published
from ..figures.single import inlined, single_file, single_page
from .folder import STYLE, Place
from .page import COLUMN, figure_words, heading


def single_files(places: Sequence[Place]) -> dict[str, bytes]:
    """One HTML file per figure, by its name.

    >>> list(single_files([Place("plane", bundle, bundle.figures[0])]))
    ['plane.html']
    """
    return {
        f"{place.name}.html": single_file(bundle, published).encode()
        for place, bundle, published in _shown(places)
    }


def single_document(places: Sequence[Place], *, title: str) -> bytes:
    """All figures in one HTML file, each under its heading and above what its docstring says."""
    parts = [f"<main><h1>{escape(title)}</h1>"]
    bundles: list[Bundle] = []
    for place, bundle, published in _shown(places):
        element, _ = inlined(bundle, published)
        kind = "figure wide" if published.width > COLUMN else "figure"
        parts.append(f"<h2>{escape(heading(place))}</h2>")
        parts.append(f'<div class="{kind}">{element}</div>')
        parts.append(figure_words(published))
        bundles.append(bundle)
    parts.append("</main>")
    style = STYLE.read_text(encoding="utf-8")
    return single_page("\n".join(parts), bundles, title=title, style=style).encode()


def _shown(places: Sequence[Place]) -> list[tuple[Place, Bundle, Published]]:
    return [
        (place, place.bundle, place.published)
        for place in places
        if place.bundle is not None and place.published is not None
    ]
