"""Bundle: what is published for one group of figures, as plain data. Writing it to a folder is a
host's work."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Published:
    """One figure of a bundle, ready for a page.

    >>> published.html[:60]
    '<explorable-figure src="@/plane-3f2a.json" figure="plane">...'
    """

    name: str
    title: str
    alt: str
    html: str = field(repr=False)
    """The fragment: custom element with stills (SVG) and disabled native controls. URLs are file
    names in the bundle's folder; a host that puts files elsewhere gives the folder to ``at``."""
    width: int
    heights: tuple[tuple[int, int], ...]
    """(width, height) in CSS pixels of each still."""
    source: str = field(default="", repr=False)
    """The author's code of the figure, as he wrote it."""
    budget: int | None = None
    """Bytes that the figure may take over the wire, if he said so."""

    def at(self, folder: str) -> str:
        """The fragment for a page that finds the bundle's files in ``folder`` (relative URL, ends
        in '/')."""
        return self.html.replace('="@/', f'="{folder}')


@dataclass(frozen=True)
class Bundle:
    """Files by name (content hash in each name, so names never clash) and one fragment per figure.

    >>> for name, data in bundle.files.items(): (folder / name).write_bytes(data)
    """

    name: str
    spec: str
    """File name of the spec."""
    files: dict[str, bytes] = field(repr=False)
    """Everything the fragments refer to: spec, wasm, arrays, pictures, runtime core, style,
    stub."""
    figures: tuple[Published, ...]
    warnings: tuple[str, ...] = ()
    """Sentences for the author, each with its line."""
    verified: dict[str, object] = field(default_factory=dict)
    """The spec's record: worst error, settings, ill-conditioned outputs, variants."""
    numbers: dict[str, object] = field(default_factory=dict, repr=False)
    """What a page's text may name, and its first value (numbers.py)."""
