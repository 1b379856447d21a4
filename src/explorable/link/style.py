"""The style sheet as it is published: joined and bare, with plain colours beside `light-dark()`."""

from __future__ import annotations

import re
from collections.abc import Collection

from .sources import RUNTIME

PAIR = re.compile(r"(--explorable-[\w-]+): light-dark\(([^,()]+), ([^()]+)\);")
SCHEME = re.compile(r"([^{}]+)\{\s*color-scheme: (light|dark);\s*\}")
SHEETS = ("style.css", "handles.css", "controls.css", "inputs.css", "clothes.css")
SCHEMES = ("light", "dark")


def stylesheet(without: Collection[str] = ()) -> str:
    """The style of figures without comments, indentation and empty lines, and less the sheets of
    ``SHEETS`` that are left out."""
    sheets = [RUNTIME / name for name in SHEETS if name not in without]
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text += _plain_colours(text)
    return re.sub(r"\s*\n\s*|(?<=[;:{},])\s+", "", text).strip() + "\n"


def _plain_colours(text: str) -> str:
    """The colours once more, for browsers that do not know ``light-dark()``: the light ones, and
    the dark ones wherever the sheet says that the scheme is dark."""
    pairs = PAIR.findall(text)
    light = "".join(f"{name}:{value};" for name, value, _ in pairs)
    dark = "".join(f"{name}:{value};" for name, _, value in pairs)
    told = {
        scheme: [s.strip() for s, t in SCHEME.findall(text) if t == scheme] for scheme in SCHEMES
    }
    body = (
        f":where(explorable-figure,explorable-value){{{light}}}\n"
        f"{','.join(told['dark'])}{{{dark}}}\n"
        f"{','.join(told['light'])}{{{light}}}"
    )
    return f"@supports not (color:light-dark(red,red)){{\n{body}\n}}\n"
