"""One HTML file that holds whole bundles: for file://, for an iframe, for a mail."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence

from ..link import link, stylesheet, unneeded
from .bundle import Bundle, Published

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""
_BODY = "body{margin:1rem auto;padding:0 1rem;max-width:45rem}@media print{body{margin:0}}\n"


def single_file(bundle: Bundle, published: Published, *, lang: str = "en") -> str:
    """The page of one figure with everything in it; its own policy allows nothing from outside.

    >>> Path("plane.html").write_text(single_file(bundle, bundle.figures[0]))
    """
    body, _ = inlined(bundle, published)
    return single_page(body, [bundle], title=published.title, style=_BODY, lang=lang)


def single_page(
    body: str, bundles: Sequence[Bundle], *, title: str, style: str = "", lang: str = "en"
) -> str:
    """A page whose body holds elements that `inlined` gave, of figures of these bundles; what
    several of them need is in it once. ``style`` is the CSS of the page itself."""
    specs = [json.loads(bundle.files[bundle.spec]) for bundle in bundles]
    spared = [unneeded(spec) for spec in specs]
    without = tuple(path for path in spared[0] if all(path in other for other in spared))
    code = link("page/inline.js", name="explorable", without=without).text
    files: dict[str, str] = {}
    for bundle in bundles:
        files |= _carried(bundle)
    # "</" would end the script element inside a string.
    data = json.dumps(files, separators=(",", ":")).replace("</", "<\\/")
    script = f"{code}\nexplorable.boot({data});".replace("</script", "<\\/script")
    style += stylesheet(without)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}' 'wasm-unsafe-eval'; "
        f"style-src '{_hash(style)}'; img-src data:; worker-src blob:"
    )
    return _PAGE.format(
        lang=html.escape(lang),
        policy=policy,
        title=html.escape(title),
        style=style,
        body=body,
        script=script,
    )


def inlined(bundle: Bundle, published: Published) -> tuple[str, dict[str, str]]:
    """The figure's element with its pictures in it, and in base64 the files that the runtime asks
    for; runtime and style themselves are left to the page."""
    body = _element(published.html)
    for name, data in bundle.files.items():
        if name.endswith(".png"):
            encoded = base64.b64encode(data).decode()
            body = body.replace(f'"@/{name}"', f'"data:image/png;base64,{encoded}"')
    return body.replace('="@/', '="'), _carried(bundle)


def _carried(bundle: Bundle) -> dict[str, str]:
    spec = json.loads(bundle.files[bundle.spec])
    # Prose around figures is the page's, and here is none.
    worker = spec.get("parts", {}).get("worker")
    return {
        name: base64.b64encode(data).decode()
        for name, data in bundle.files.items()
        if name == worker or not name.endswith((".png", ".css", ".js"))
    }


def _element(fragment: str) -> str:
    """The figure alone: the links beside it lead to files that are not there."""
    start, end = fragment.index("<explorable-figure"), fragment.rindex("</explorable-figure>")
    return fragment[start : end + len("</explorable-figure>")]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
