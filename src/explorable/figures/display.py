"""What a notebook keeps of a figure: a cell's output with the whole bundle, live in HTML, as a
picture, as text."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import fields
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from ..errors import ExplorableError
from ..link import LICENSE, RUNTIME, content_hash, link, strip, stylesheet, unneeded
from .bundle import Bundle, Published
from .single import inlined
from .stale import stale

if TYPE_CHECKING:
    from .figure import Figure

MIME = "application/vnd.explorable+json"
FORMAT = 1
Json = Any  # what json reads and writes


def mime_bundle(figure: Figure) -> dict[str, Any]:
    """A cell's output by MIME type: the bundle itself, live HTML, a picture, one line of text.

    >>> mime_bundle(plane)["text/plain"]
    '<figure plane(theta, z)>'

    Raises ExplorableError as ``build`` does.
    """
    from .build import build

    (bundle,) = build([figure])
    return outputs(figure, bundle)


def outputs(figure: Figure, bundle: Bundle) -> dict[str, Any]:
    """``mime_bundle`` of a figure that is built already; the first of ``bundle``."""
    picture = on_paper(figure().svg())
    warnings = stale([figure])
    return {
        "text/plain": "\n".join([repr(figure), *(f"warning: {warning}" for warning in warnings)]),
        "image/svg+xml": picture,
        "text/html": live_html(bundle, bundle.figures[0], picture, warnings),
        MIME: bundle_to_json(bundle),
    }


def bundle_to_json(bundle: Bundle) -> Json:
    """A bundle as a notebook's output holds it, under ``application/vnd.explorable+json``:

    - ``format``: 1; another number is another form
    - ``files``: each file's bytes by its name, deflated (zlib), in base64
    - ``figures``: each Published as an object
    - ``numbers``: the Bundle's as JSON in a string, for a notebook file may hold no NaN
    - ``name``, ``spec``, ``warnings``, ``verified``: as in the Bundle

    >>> bundle_from_json(bundle_to_json(bundle)) == bundle
    True
    """
    plain = {field.name: getattr(bundle, field.name) for field in fields(bundle)}
    files = {name: _packed(data) for name, data in bundle.files.items()}
    figures = [
        {field.name: getattr(figure, field.name) for field in fields(figure)}
        for figure in bundle.figures
    ]
    held = {"files": files, "figures": figures, "numbers": json.dumps(bundle.numbers)}
    return {"format": FORMAT, **plain, **held}


def bundle_from_json(held: Json) -> Bundle:
    """The bundle that a notebook's output holds.

    >>> bundle = bundle_from_json(output["data"]["application/vnd.explorable+json"])

    Raises ExplorableError where the output is of another format, or damaged: every file's name says
    what its content must be.
    """
    fix = "run the cell again"
    try:
        if held["format"] != FORMAT:
            fact = f"the notebook's output has format {held['format']}, this version reads {FORMAT}"
            raise ExplorableError("figure", fact, fix=fix)
        files = {str(name): _unpacked(packed) for name, packed in held["files"].items()}
        for name, data in files.items():
            stem, _, digest = name.partition(".")[0].rpartition("-")
            if digest != content_hash(data) or not stem.replace("-", "_").isidentifier():
                fact = f"'{name}' in the notebook's output is not what its name says"
                raise ExplorableError("figure", fact, fix=fix)
        figures = tuple(
            Published(
                **figure | {"heights": tuple((width, high) for width, high in figure["heights"])}
            )
            for figure in held["figures"]
        )
        known = {field.name for field in fields(Bundle)}
        plain: Json = {name: value for name, value in held.items() if name in known}
        plain |= {"files": files, "figures": figures, "warnings": tuple(plain["warnings"])}
        plain["numbers"] = json.loads(plain["numbers"])
        return Bundle(**plain)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error, zlib.error) as error:
        fact = f"the notebook's output is damaged: {type(error).__name__}: {error}"
        raise ExplorableError("figure", fact, fix=fix) from None


def live_html(
    bundle: Bundle, published: Published, picture: str, warnings: list[str] | None = None
) -> str:
    """The figure for a page that is not ours: ``picture`` (SVG), and a script that brings it to
    life. Where scripts are cleaned away, the picture stays. It asks for nothing.

    >>> live_html(bundle, bundle.figures[0], plane().svg())[:50]
    '<explorable-output of="plane-efd0ba5192.plane"><im'
    """
    spec = json.loads(bundle.files[bundle.spec])
    without = unneeded(spec)
    code, runtime = _runtime(without)
    html, files = inlined(bundle, published)
    page = {"html": html, "style": stylesheet(without), "spec": bundle.spec, "files": files}
    name = f"{bundle.spec.removesuffix('.json')}.{published.name}"
    told = json.dumps({"code": code, "runtime": runtime, "page": page}, ensure_ascii=False)
    script = strip((RUNTIME / "unpack.js").read_text(encoding="utf-8"))
    call = f"unpack({json.dumps(name)},{json.dumps(_packed(told.encode()))})"
    notes = "".join(
        f"<p><strong>[explorable] warning:</strong> {escape(warning)}</p>"
        for warning in warnings or []
    )
    source = f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"
    return (
        f'{notes}<explorable-output of="{escape(name)}"><img src="{source}" '
        f'alt="{escape(published.alt or published.title)}" style="max-width:100%;height:auto">'
        f"</explorable-output><script>{LICENSE}\n(()=>{{{script}{call}}})()</script>"
    )


def on_paper(svg: str) -> str:
    """The picture on white: a notebook shows it on whatever its theme has.

    >>> on_paper(plane().svg())
    """
    start = svg.index("</title>") + len("</title>")
    return f'{svg[:start]}<rect width="100%" height="100%" fill="#ffffff"/>{svg[start:]}'


@cache
def _runtime(without: tuple[str, ...]) -> tuple[str, str]:
    """The runtime of outputs as a classic script, and the global that it sets."""
    digest = link("page/output.js", without=without).hash
    name = f"explorable_{digest}"
    return link("page/output.js", name=name, without=without).text, name


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text, validate=True))
