"""Still: a figure at given control values, drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..parts import Layout
from .drawn import Drawn, draw


@dataclass(frozen=True, eq=False)
class Still:
    """What a figure draws at given values; the result of calling it."""

    name: str
    alt: str = field(repr=False)
    width: int = field(repr=False)
    layout: Layout = field(repr=False)

    @property
    def drawn(self) -> Drawn:
        """The layout and its tensors, normalised as the page reads them."""
        return draw(self.layout, split=lambda text: (text,))

    @property
    def outputs(self) -> dict[str, Any]:
        """The first channel of every named mark."""
        drawn = self.drawn
        return {name: drawn.tensors[ref.index] for name, ref in drawn.outputs.items()}
