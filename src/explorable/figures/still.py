"""Still: a figure at given control values, drawn by the page's own scene from PyTorch's numbers."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ..graphs import Type
from ..parts import Layout
from ..parts.controls import Control, Text
from ..parts.tokenizers import files_of, spec_of
from .drawn import Drawn, draw, named
from .pictured import still_pictures, with_fields


@dataclass(frozen=True, eq=False)
class Still:
    """What a figure draws at given values; the result of calling it.

    >>> plane(theta=0.3)                       # in a notebook: the picture
    >>> plane(theta=0.3).outputs["arc"]        # float32 (64, 2): what the mark called "arc" draws
    >>> plane(theta=0.3).save("plane.svg")
    """

    name: str
    alt: str = field(repr=False)
    width: int = field(repr=False)
    layout: Layout = field(repr=False)
    controls: dict[str, Control] = field(default_factory=dict[str, Control], repr=False)
    """By page name."""
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    """What text controls held, by page name: labels of rows and columns."""
    lang: str | None = field(default=None, repr=False)

    @property
    def drawn(self) -> Drawn:
        """The layout and its tensors, normalised as the page reads them."""
        return draw(self.layout, split=lambda text: (text,), controls=self.controls)

    @property
    def outputs(self) -> dict[str, Any]:
        """The first channel of every named mark."""
        drawn = self.drawn
        return {name: drawn.tensors[ref.index] for name, ref in drawn.outputs.items()}

    def svg(self, width: int | None = None) -> str:
        """The picture as SVG, ``width`` CSS pixels wide (default: the figure's)."""
        from ..engine import engine
        from ..trace import tensor_bytes
        from .pictures import picture

        drawn = self.drawn
        names = [f"draw:{self.name}.{k}" for k in range(len(drawn.tensors))]
        slots: dict[str, tuple[Type, bytes]] = {
            name: tensor_bytes(tensor) for name, tensor in zip(names, drawn.tensors, strict=True)
        }
        texts: dict[str, Any] = {}
        for name, text in self.texts.items():
            tokenizer = cast("Text", self.controls[name]).tokenizer
            texts[name] = {"text": text, "tokenizer": spec_of(tokenizer)}
            for file, data in files_of(tokenizer).items():
                engine().put(file, data)
        pictures = still_pictures(drawn, self.name)
        specs = [{"picture": slot} for slot in pictures]
        layout = named(drawn.layout, names)
        layout = with_fields([layout], specs)[0] if specs else layout
        slots |= pictures
        found = picture(
            engine(),
            layout,
            slots,
            width=width or self.width,
            alt=self.alt,
            name=self.name,
            texts=texts,
            locale=self.lang or "en",
        )
        svg = found.svg
        for name, data in found.files.items():
            encoded = base64.b64encode(data).decode()
            svg = svg.replace(f'"@/{name}"', f'"data:image/png;base64,{encoded}"')
        return svg

    def save(self, path: str | Path) -> None:
        """Write the picture as an SVG file."""
        Path(path).write_text(self.svg(), encoding="utf-8")

    def _repr_mimebundle_(  # pyright: ignore[reportUnusedFunction] notebooks call it
        self, **_: Any
    ) -> dict[str, str]:
        from .display import on_paper

        return {"text/plain": repr(self), "image/svg+xml": on_paper(self.svg())}
