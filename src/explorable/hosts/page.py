"""The HTML of a figure's page and of the index: what surrounds a fragment. Relative URLs only."""

from __future__ import annotations

import ast
import inspect
import math
import re
from html import escape
from typing import TYPE_CHECKING

from ..figures.bundle import Published
from .listing import listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .folder import Place

COLUMN = 736
"""CSS pixels of the reading column (46rem): a wider figure stands out of it."""
CARD = 4 / 3
"""Width by height of a picture in the index."""
# What a page needs and no more; servers may send the same as a header.
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"


def document(*, title: str, head: str, body: str, description: str = "") -> str:
    """A whole HTML document around ``body``."""
    described = f'<meta name="description" content="{escape(description)}">' if description else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
{described}
{head}
</head>
<body>
{body}
</body>
</html>
"""


def figure_page(
    place: Place,
    *,
    title: str,
    head: str,
    folder: str,
    before: Place | None,
    after: Place | None,
    size: int | None,
) -> str:
    """The page of one figure: the figure, what its docstring says, its code, its neighbours."""
    parts = [f'<nav class="top"><a href="index.html">{escape(title)}</a></nav>', "<main>"]
    parts.append(f"<h1>{escape(heading(place))}</h1>")
    if place.problem is not None:
        parts.append(_problem(place.problem, old=place.published is not None))
    published = place.published
    if published is not None:
        kind = "figure wide" if published.width > COLUMN else "figure"
        parts.append(f'<div class="{kind}">{published.at(folder)}</div>')
        parts.append(figure_words(published))
        parts.append(_facts(place, size))
        if published.source:
            code = listing(published.source)
            parts.append(
                f'<details class="code"><summary>The code</summary><pre>{code}</pre></details>'
            )
    parts.append("</main>")
    parts.append(_neighbours(before, after))
    return document(
        title=f"{heading(place)} · {title}",
        head=head,
        body="\n".join(parts),
        description=published.alt if published is not None else "",
    )


def index_page(places: Sequence[Place], *, title: str, head: str, folder: str, status: str) -> str:
    """All figures at a glance: their stills, each a link to its page."""
    groups = list(dict.fromkeys(place.group for place in places))
    sections = "\n".join(
        _section(group, [place for place in places if place.group == group], folder)
        for group in groups
    )
    named = [group for group in groups if group]
    links = " ".join(f'<a href="#{escape(group)}">{escape(_title(group))}</a>' for group in named)
    jump = f'<nav class="jump">{links}</nav>' if named else ""
    said = f'<p class="facts">{escape(status)}</p>' if status else ""
    body = f"""<header class="top"><h1>{escape(title)}</h1>{said}{jump}</header>
<main class="index">
{sections}
</main>"""
    linked = [
        link for place in places if place.published for link in styles(place.published, folder)
    ]
    return document(title=title, head="".join(dict.fromkeys(linked)) + head, body=body)


def heading(place: Place) -> str:
    """A figure's title in words: ``in_time`` is "In time", ``lms`` (no vowel to say) is "LMS"."""
    words = place.name.replace("_", " ")
    if words.isascii() and not set(words.lower()) & set("aeiouy"):
        return words.upper()
    return words[:1].upper() + words[1:]


def paragraphs(published: Published) -> list[str]:
    """The docstring of a figure, by paragraph; the text alternative if it has none of its own."""
    try:
        (function,) = (
            node
            for node in ast.parse(inspect.cleandoc(published.source)).body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        )
        text = ast.get_docstring(function)
    except (SyntaxError, ValueError):
        text = None
    found = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text or published.alt)]
    return [part for part in found if part]


def figure_words(published: Published) -> str:
    """What the docstring says, as paragraphs."""
    return "\n".join(f"<p>{_prose(text)}</p>" for text in paragraphs(published))


def still(published: Published, folder: str) -> str:
    """The still of a figure that best fills a card: its SVG, without box or controls."""
    drawn = re.findall(r'<svg\b[^>]*viewBox="[^"]*".*?</svg>', published.at(folder), re.DOTALL)
    fitting = zip(published.heights, drawn, strict=False)
    shapes = [(abs(math.log(width / height / CARD)), svg) for (width, height), svg in fitting]
    return min(shapes)[1] if shapes else ""


def styles(published: Published, folder: str) -> list[str]:
    """The style sheets that a fragment links to."""
    return re.findall(r'<link rel="stylesheet"[^>]*>', published.at(folder))


def _section(group: str, places: Sequence[Place], folder: str) -> str:
    """The figures of one folder; those of folders below stand closer together."""
    cards = "\n".join(_card(place, folder) for place in places)
    if not group:
        return f'<ul class="cards">\n{cards}\n</ul>'
    head = f'<h2 id="{escape(group)}">{escape(_title(group))}</h2>'
    return f'<section>{head}\n<ul class="cards small">\n{cards}\n</ul></section>'


def _title(group: str) -> str:
    words = group.replace("_", " ").replace("/", ": ")
    return words[:1].upper() + words[1:]


def _card(place: Place, folder: str) -> str:
    published = place.published
    picture = still(published, folder) if published is not None else ""
    text = next(iter(paragraphs(published)), "") if published is not None else ""
    level = "h3" if place.group else "h2"
    mark = ' <span class="broken">does not build</span>' if place.problem is not None else ""
    return (
        f'<li class="card"><a href="{escape(place.name)}.html">'
        f'<span class="picture" aria-hidden="true">{picture and _styled(picture)}</span>'
        f"<{level}>{escape(heading(place))}{mark}</{level}></a>"
        f"<p>{_prose(text)}</p></li>"
    )


def _styled(svg: str) -> str:
    """A still in the colours of its theme: no script runs on the index, nothing comes alive."""
    return f"<explorable-figure>{svg}</explorable-figure>"


def _problem(message: str, *, old: bool) -> str:
    first, _, rest = message.partition("\n")
    kept = "<p>Below is the last version that did build.</p>" if old else ""
    return (
        f'<section class="problem" role="alert"><h2>{escape(first)}</h2>'
        f"<pre>{escape(rest)}</pre>{kept}</section>"
    )


def _facts(place: Place, size: int | None) -> str:
    facts: list[str] = []
    verified = place.bundle.verified if place.bundle is not None else {}
    worst, settings = verified.get("worst"), verified.get("settings")
    if settings == 0:
        facts.append("Not compared with PyTorch yet.")
    elif isinstance(worst, (int, float)) and isinstance(settings, int):
        facts.append(
            f"Compared with PyTorch at {settings} settings before it was published; "
            + (f"largest relative error {worst:.0e}." if worst else "all numbers equal.")
        )
        rounding = verified.get("rounding")
        if isinstance(rounding, (int, float)):
            stored = verified.get("weights")
            facts.append(f"Its weights are stored in {stored}, which moves it by {rounding:.0e}.")
    if size is not None:
        facts.append(f"{size / 1000:.1f} kB over the wire.")
    return f'<p class="facts">{" ".join(facts)}</p>' if facts else ""


def _neighbours(before: Place | None, after: Place | None) -> str:
    links = []
    if before is not None:
        links.append(f'<a rel="prev" href="{before.name}.html">← {escape(heading(before))}</a>')
    if after is not None:
        links.append(f'<a rel="next" href="{after.name}.html">{escape(heading(after))} →</a>')
    return f'<nav class="neighbours">{"".join(links)}</nav>' if links else ""


def _prose(text: str) -> str:
    """Text of a docstring as HTML: ``code`` in backquotes, x^2 and e^{ix} raised."""
    shown = re.sub(r"`{1,2}([^`]+)`{1,2}", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\^(?:\{([^{}]+)\}|(\w))", r"<sup>\1\2</sup>", shown)
