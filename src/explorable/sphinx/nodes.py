"""Figures in the document tree, and what each kind of builder makes of them: the live fragment in
HTML, the still anywhere else (text builders show its text alternative)."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from ..figures.bundle import Published
from ..hosts.folder import BESIDE
from ..kept_files import write_atomically
from .prose import live_block, live_mark, live_when
from .shelf import pool, records, shelf_of

LOGGER = logging.getLogger(__name__)
FOLDER = "_static/explorable/"
"""Of every site, relative to its root."""
# Readers of these formats run no scripts, or are not to be trusted with them.
_STILL = {"epub", "applehelp", "devhelp", "htmlhelp", "qthelp"}


# What turns an SVG into a PDF; the extension sets up the first that is installed.
CONVERTERS = {
    "sphinxcontrib.rsvgconverter",
    "sphinxcontrib.cairosvgconverter",
    "sphinxcontrib.inkscapeconverter",
    "sphinx.ext.imgconverter",
}
NO_CONVERTER = (
    "figures are missing here: this builder takes no SVG, and no converter is installed\n"
    "  pip install 'sphinxcontrib-svg2pdfconverter[CairoSVG]' turns stills into PDF"
)


class live_figure(nodes.General, nodes.Element):
    """A figure: ``html``, ``alt``, ``still`` (SVG) and ``width`` in CSS pixels."""


class live_number(nodes.Inline, nodes.TextElement):
    """A number in the text: ``of`` and ``form``; its text is the first value."""


def figure_node(published: Published) -> live_figure:
    """The node of a figure."""
    drawn = re.findall(r'<svg\b[^>]*viewBox="[^"]*".*?</svg>', published.html, re.DOTALL)
    still = drawn[-1] if drawn else ""
    return live_figure(html=published.html, alt=published.alt, still=still, name=published.name)


def problem_nodes(app: Sphinx, docname: str, message: str) -> list[nodes.Node]:
    """The author's error in the place of a figure; the page will be read again next time."""
    shelf_of(app).broken.add(docname)
    # Word for word: quotes in it are not the text's.
    return [nodes.error("", nodes.literal_block(message, message, language="none"))]


def is_live(builder: Builder) -> bool:
    """True if the builder's pages are read where scripts run."""
    return builder.format == "html" and builder.name not in _STILL


def folder_url(builder: Any) -> str:  # Any: HTML builders have more than Builder says
    """The bundles' folder as the page that is being written sees it."""
    if builder.name == "singlehtml":
        return FOLDER
    return relative_uri(builder.get_target_uri(builder.current_docname), FOLDER)


def number_html(of: str, form: str, text: str, element: str = "explorable-value") -> str:
    """A live number, with the value it has before any script runs."""
    shown = f' format="{escape(form)}"' if form else ""
    return f'<{element} of="{escape(of)}"{shown}>{escape(text)}</{element}>'


def visit_figure_html(self: Any, node: live_figure) -> None:
    """The very fragment of the bundle; paths are those of this page."""
    html = Published(node["name"], "", node["alt"], node["html"], 0, ()).at(
        folder_url(self.builder)
    )
    self.body.append(f"{html}\n")
    raise nodes.SkipNode


def visit_number_html(self: Any, node: live_number) -> None:
    """As the runtime binds it."""
    element = "explorable-control" if node.get("dragged") else "explorable-value"
    self.body.append(number_html(node["of"], node["form"], node.astext(), element))
    raise nodes.SkipNode


class ShowStills(SphinxPostTransform):
    """Where nothing is live: a figure becomes its still, a number its first value."""

    # Before Sphinx's image converters, which turn the SVG into what a builder can use.
    default_priority = 90

    def run(self, **_: Any) -> None:
        """Replace the live nodes of this document."""
        builder = self.app.builder
        if is_live(builder):
            return
        for number in list(self.document.findall(live_number)):
            number.replace_self(number.children)
        for mark in list(self.document.findall(live_mark)):
            mark.replace_self(mark.children)
        # What holds at first is what a page without scripts says.
        for part in [*self.document.findall(live_when), *self.document.findall(live_block)]:
            part.replace_self(part.children if part["shown"] else [])
        figures = list(self.document.findall(live_figure))
        shows = builder.format == "text" or "image/svg+xml" in builder.supported_image_types
        if figures and not shows and not CONVERTERS & set(self.app.extensions):
            LOGGER.warning(NO_CONVERTER, location=figures[0], type="explorable", once=True)
        for figure in figures:
            figure.replace_self(self.still(figure))

    def still(self, figure: live_figure) -> nodes.Node:
        """The picture as a file of its own; its text alternative where there are no pictures."""
        if self.app.builder.format == "text":
            return nodes.paragraph("", f"[{figure['alt']}]")
        svg = _with_pictures(figure["still"], pool(self.app))
        name = f"still-{hashlib.sha256(svg.encode()).hexdigest()[:10]}.svg"
        path = pool(self.app) / name
        if not path.is_file():
            write_atomically(path, svg.encode())
        # Images are named relative to the sources.
        uri = PurePosixPath(Path(os.path.relpath(path, self.app.srcdir))).as_posix()
        image = nodes.image(uri=uri, alt=figure["alt"], candidates={"image/svg+xml": uri})
        self.env.images.add_file(self.env.docname, uri)
        return image


def _with_pictures(svg: str, folder: Path) -> str:
    """An SVG that needs no file beside it."""

    def inline(match: re.Match[str]) -> str:
        encoded = base64.b64encode((folder / match[1]).read_bytes()).decode()
        return f'="data:image/png;base64,{encoded}"'

    return re.sub(r'="@/([^"/]+\.png)"', inline, svg)


def publish_files(app: Sphinx, exception: Exception | None) -> None:
    """At the end: the files of all bundles, once per site; with a broken figure the build fails."""
    known = records(app.env)
    if exception is None and is_live(app.builder):
        target = Path(app.outdir) / FOLDER
        names = {name for record in known.values() for name in record.files}
        for name in sorted(names):
            _copy(pool(app) / name, target / name)
        for name, data in BESIDE.items() if names else ():
            write_atomically(target / name, data)
    broken = sorted(name for name, record in known.items() if record.broken)
    if broken:
        app.statuscode = 1
        LOGGER.info("pages with figures that did not build: %s", ", ".join(broken))


def _copy(source: Path, target: Path) -> None:
    """A file whose name has its hash is copied once."""
    if not target.is_file():
        write_atomically(target, source.read_bytes())


def warn_about(app: Sphinx, docname: str, warnings: Sequence[str]) -> None:
    """Sentences for the author."""
    for warning in warnings:
        LOGGER.warning(warning, location=docname, type="explorable", subtype="figure")
