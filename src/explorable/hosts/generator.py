"""Figures inside somebody's site: what `build --host hugo` and `--host jekyll` write, and prune.

A site generator gets three things: the bundles' files, byte for byte those of the bare folder; one
manifest with every figure's fragment; and templates of ours that put a fragment into a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ..errors import ExplorableError
from ..figures.bundle import Bundle, Published
from ..figures.numbers import number_text, usual_form
from ..kept_files import write_atomically
from .folder import BESIDE, Place

Json = Any
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Generator:
    """Where a site generator looks for things, relative to the root of the site."""

    name: str
    bundles: str
    """Folder that is published as it is."""
    manifest: str
    """JSON that templates can read."""
    templates: tuple[tuple[str, str], ...]
    """(path in the site, path in hosts/templates/)."""
    signs: tuple[str, ...]
    """A site's root has one of these."""
    use: str
    """What an author writes to show a figure."""


def require_root(generator: Generator, root: Path) -> None:
    """An error unless ``root`` is the root of such a site."""
    if not is_root(generator, root):
        fact = f"'{root}' is not the root of a {generator.name} site: no {generator.signs[0]}"
        fix = "run it in the site's root, or name the root: -o path/to/site"
        raise ExplorableError("hosts", fact, fix=fix)


def is_root(generator: Generator, root: Path) -> bool:
    """Whether ``root`` is the root of such a site."""
    return any((root / sign).exists() for sign in generator.signs)


def placed(
    generator: Generator, places: Sequence[Place], root: Path, *, prune: bool = False
) -> dict[str, bytes]:
    """Every file to write into the site at ``root``, by its path there.

    >>> sorted(placed(HUGO, [Place("plane", bundle, bundle.figures[0])], root))
    ['assets/explorable.json', 'layouts/shortcodes/explorable.html', ..., 'static/explorable/...']

    Figures of earlier builds stay in the manifest; with ``prune`` those of this build are all.
    """
    figures = {} if prune else _figures(root / generator.manifest)
    files = {generator.bundles + name: data for name, data in BESIDE.items()}
    for place in places:
        if place.bundle is None or place.published is None:
            continue
        figures[place.name] = _record(place.bundle, place.published)
        files |= {generator.bundles + name: data for name, data in place.bundle.files.items()}
    manifest = {"figures": dict(sorted(figures.items()))}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    files[generator.manifest] = text.encode()
    for path, template in generator.templates:
        files[path] = (TEMPLATES / template).read_bytes()
    return files


def write_placed(files: dict[str, bytes], root: Path) -> None:
    """Write into the site; what is there as it should be is kept.

    Manifest and templates come last: whatever a page can ask for is there.
    """
    for path in sorted(files, key=lambda path: (path.endswith((".html", "explorable.json")), path)):
        place = root / path
        if not (place.is_file() and place.read_bytes() == files[path]):
            write_atomically(place, files[path])


def left_over(generator: Generator, root: Path) -> list[Path]:
    """Files of bundles that no figure in the manifest has: of older builds, of removed figures."""
    figures = _figures(root / generator.manifest)
    held = {name for figure in figures.values() for name in figure["files"]} | BESIDE.keys()
    folder = root / generator.bundles
    return sorted(path for path in folder.glob("*") if path.is_file() and path.name not in held)


def _record(bundle: Bundle, published: Published) -> Json:
    """What the templates need of one figure."""
    stub = next((name for name in bundle.files if name.startswith("stub-")), "")
    return {
        "html": published.html,
        "spec": bundle.spec,
        "stub": stub,
        "values": dict(sorted(_values(bundle).items())),
        "files": sorted(bundle.files),
    }


def _values(bundle: Bundle) -> dict[str, Json]:
    """What <explorable-value> can show: by name, its first value and how it reads."""
    found: dict[str, Json] = {}
    for name, number in bundle.numbers.items():
        if not isinstance(number, dict):  # a tensor is more than one number
            form = usual_form(number)
            text = _unscanned(number_text(name, number, form))
            found[name] = {"value": number, "text": text, "format": form}
    figures: Json = json.loads(bundle.files[bundle.spec]).get("figures", {})
    for figure, shown in figures.items():
        words: dict[str, str] = shown.get("names") or {}
        held = {f"{figure}.{word}": name for word, name in words.items() if name in found}
        found |= {word: found[name] for word, name in held.items() if word not in found}
    return found


def _unscanned(text: str) -> str:
    """Text as markup in which a page's scripts find no maths, as in runtime/scene/words.js."""
    return re.sub(r"[$\\`]", lambda sign: f"<span>&#{ord(sign[0])};</span>", escape(text))


def _figures(manifest: Path) -> dict[str, Json]:
    """The figures of earlier builds."""
    if not manifest.exists():
        return {}
    try:
        figures = json.loads(manifest.read_text(encoding="utf-8"))["figures"]
        return {name: figure for name, figure in figures.items() if figure["files"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        fact = f"'{manifest}' cannot be read"
        fix = "it is made by explorable build: remove it and build every figure of the site anew"
        raise ExplorableError("hosts", fact, fix=fix) from None
