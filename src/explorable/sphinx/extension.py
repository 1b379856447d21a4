"""What Sphinx calls: nodes, directive, roles, transforms and events, each to its place."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from .. import __version__
from ..hosts.folder import ICON, STYLE
from .budget import WEIGHED, weigh_page
from .formulas import ShowFormulas, live_formula, visit_formula_html, visit_math_html
from .nodes import (
    ShowStills,
    live_figure,
    live_number,
    publish_files,
    visit_figure_html,
    visit_number_html,
)
from .parser import Parser
from .prose import (
    Prose,
    depart_mark_html,
    depart_when_html,
    live_block,
    live_mark,
    live_when,
    settle_prose,
    visit_mark_html,
    visit_when_html,
)
from .shelf import OUTCOME, Shelf, build_pages, forget, merge, outdated, record_page
from .text import NumberRole, PlaceFigure, fill_numbers

# Converters of stills for LaTeX that are here: the extension, and the program or module it needs.
_CONVERTERS = {
    "sphinxcontrib.rsvgconverter": "rsvg-convert",
    "sphinxcontrib.cairosvgconverter": "cairosvg",
    "sphinxcontrib.inkscapeconverter": "inkscape",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Figures of MyST pages live in HTML, as stills elsewhere.

    >>> extensions = ["explorable.sphinx"]     # in conf.py; MyST-NB comes with it
    """
    app.setup_extension("myst_nb")
    app.explorable_shelf = Shelf()  # pyright: ignore[reportAttributeAccessIssue]
    app.add_config_value("explorable_cache", True, "", bool)
    app.add_config_value("explorable_jobs", None, "", (int, type(None)))
    app.add_config_value("explorable_fences", False, "env", bool)
    for name in ("explorable_budget", "explorable_page_budget"):
        app.add_config_value(name, None, "env", (str, int, type(None)))
    app.add_source_parser(Parser, override=True)
    app.add_directive("explorable", PlaceFigure)
    app.add_role("ex", NumberRole())
    app.add_domain(Prose)
    app.add_role_to_domain("ex", "control", NumberRole(dragged=True))
    when = (visit_when_html, depart_when_html)
    app.add_node(live_when, html=when)
    app.add_node(live_block, html=when)
    app.add_node(live_mark, html=(visit_mark_html, depart_mark_html))
    html: dict[type[nodes.Element], Any] = {
        live_figure: visit_figure_html,
        live_number: visit_number_html,
        live_formula: visit_formula_html,
    }
    for node, visit in html.items():
        app.add_node(node, html=(visit, None))
    app.add_post_transform(ShowStills)
    app.add_post_transform(ShowFormulas)
    math = (visit_math_html, None)
    app.add_html_math_renderer("explorable", math, math)
    app.add_html_theme("explorable", str(Path(__file__).with_name("theme")))
    app.add_event(OUTCOME)
    app.add_event(WEIGHED)
    app.connect("config-inited", _add_page_style)
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", build_pages)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("doctree-read", _read)
    app.connect("build-finished", publish_files)
    _set_up_a_converter(app)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_page_style(_: Sphinx, config: Any) -> None:
    """Our theme stands on the style of the folder host's pages."""
    if config.html_theme == "explorable":
        config.html_static_path = [*config.html_static_path, str(STYLE)]
        config.html_favicon = config.html_favicon or str(ICON)


def _read(app: Sphinx, doctree: nodes.document) -> None:
    fill_numbers(app, doctree)
    settle_prose(app, doctree)
    weigh_page(app, doctree)
    record_page(app, app.env.docname)


def _set_up_a_converter(app: Sphinx) -> None:
    """LaTeX takes no SVG; the first converter that is installed is used."""
    for extension, needs in _CONVERTERS.items():
        found = shutil.which(needs) or importlib.util.find_spec(needs.replace("-", "_"))
        if found and _there(extension):
            app.setup_extension(extension)
            return


def _there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
