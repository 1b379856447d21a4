"""What a Hugo site would lose without a word: raw HTML in Markdown, where Goldmark is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .generator import is_root
from .hugo import HUGO

CONFIGS = ("hugo.*", "config.*", "config/**/*.*")
# TOML, YAML and JSON; nothing else of Hugo's configuration is called so.
UNSAFE = re.compile(r"""^[^#\n]*\bunsafe"?\s*[=:]\s*true\b""", re.MULTILINE)
FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
ELEMENT = re.compile(r"<(explorable-(?:figure|value))\b([^>]*)")
NAME = re.compile(r"""\b(?:figure|of)=["']?([^"'\s>]+)""")


def dropped(root: Path) -> list[str]:
    """A sentence for each of our elements that Hugo would leave out of the site at ``root``.

    >>> print(dropped(Path("blog"))[0])
    content/posts/first.md:6: Hugo leaves a raw <explorable-figure> out of the page
      write {{< explorable plane >}} instead, or set unsafe = true under
      [markup.goldmark.renderer] in hugo.toml
    """
    if not is_root(HUGO, root):
        return []
    configs = {path for pattern in CONFIGS for path in root.glob(pattern) if path.is_file()}
    if any(UNSAFE.search(path.read_text(encoding="utf-8")) for path in configs):
        return []
    return [
        f"{path.relative_to(root).as_posix()}:{number}: "
        f"Hugo leaves a raw <{element}> out of the page\n"
        f"  write {_shortcode(element, name)} instead, or set unsafe = true under\n"
        "  [markup.goldmark.renderer] in hugo.toml"
        for path in sorted((root / "content").rglob("*.md"))
        for number, element, name in _elements(path.read_text(encoding="utf-8"))
    ]


def _shortcode(element: str, name: str) -> str:
    return f"{{{{< {element.removesuffix('-figure')} {name or 'NAME'} >}}}}"


def _elements(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, element, figure) of each of our elements that is no code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            for found in ELEMENT.finditer(re.sub(r"`[^`]*`", "", line)):
                name = NAME.search(found[2])
                yield number, found[1], name[1] if name else ""
