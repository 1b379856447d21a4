"""An author's source, built and put into a bare page as any host would."""

from __future__ import annotations

from pathlib import Path

from explorable.figures import load_file
from explorable.figures.build import build


def write_page(folder: Path, source: str, *, head: str = "", text: str = "") -> None:
    """Every bundle of ``source`` in ``folder``, all its figures and ``text`` in index.html."""
    author = folder / "author.py"
    author.write_text("import torch\nimport explorable as ex\n" + source)
    shown: list[str] = []
    for bundle in build(load_file(author)):
        for name, data in bundle.files.items():
            (folder / name).write_bytes(data)
        shown += [published.at("") for published in bundle.figures]
    (folder / "favicon.ico").touch()
    (folder / "index.html").write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>{head}'
        f"</head><body>{text}{''.join(shown)}</body></html>"
    )
