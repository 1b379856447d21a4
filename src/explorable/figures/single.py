"""One HTML file that holds a whole bundle: for file://, for an iframe, for a mail."""

from __future__ import annotations

import base64
import hashlib
import html
import json

from ..link import link, stylesheet
from .bundle import Bundle, Published

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
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
    body, inline = inlined(bundle, published)
    code = link("page/inline.js", name="explorable").text
    # "</" would end the script element inside a string.
    files = json.dumps(inline, separators=(",", ":")).replace("</", "<\\/")
    script = f"{code}\nexplorable.boot({files});".replace("</script", "<\\/script")
    style = _BODY + stylesheet()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}' 'wasm-unsafe-eval'; "
        f"style-src '{_hash(style)}'; img-src data:; worker-src blob:"
    )
    return _PAGE.format(
        lang=html.escape(lang),
        policy=policy,
        title=html.escape(published.title),
        style=style,
        body=body,
        script=script,
    )


def inlined(bundle: Bundle, published: Published) -> tuple[str, dict[str, str]]:
    """The figure's element with its pictures in it, and in base64 the files that the runtime asks
    for; runtime and style themselves are left to the page."""
    spec = json.loads(bundle.files[bundle.spec])
    apart = {spec["runtime"], spec["style"]}
    inline: dict[str, str] = {}
    body = _element(published.html)
    for name, data in bundle.files.items():
        encoded = base64.b64encode(data).decode()
        if name.endswith(".png"):
            body = body.replace(f'"@/{name}"', f'"data:image/png;base64,{encoded}"')
        elif name not in apart and not name.startswith("stub-"):
            inline[name] = encoded
    return body.replace('="@/', '="'), inline


def _element(fragment: str) -> str:
    """The figure alone: the links beside it lead to files that are not there."""
    start, end = fragment.index("<explorable-figure"), fragment.rindex("</explorable-figure>")
    return fragment[start : end + len("</explorable-figure>")]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
