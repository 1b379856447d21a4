"""In the text of a page: `{explorable}` places a figure, `{ex}` a live number, `\\ex{...}` one in a
formula."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from ..errors import ExplorableError
from ..figures.numbers import find_name, number_text, unknown_name, usual_form
from .formulas import SLOT
from .nodes import figure_node, live_number, problem_nodes, warn_about
from .pages import Place
from .shelf import shelf_of, spec_of

LOGGER = logging.getLogger(__name__)


class PlaceFigure(SphinxDirective):
    """`{explorable} plane.py:plane`, with a caption as its content."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012  (docutils reads it from the class)
        "name": directives.unchanged,
        "class": directives.class_option,
        "align": lambda given: directives.choice(given, ("left", "center", "right")),
    }

    def run(self) -> Sequence[nodes.Node]:
        """The figure; with a caption or a name in a numbered frame."""
        app, docname = self.env.app, self.env.docname
        place, shelf = Place.of(self.arguments[0]), shelf_of(self.env.app)
        found = shelf.find(self.env, docname, place)
        if isinstance(found, str):
            if place.file is not None or not shelf.bundles(self.env, docname):
                LOGGER.error(found, location=self.get_location())
            return problem_nodes(app, docname, found)
        bundle, published = found
        if place.file is not None:
            warn_about(app, docname, bundle.warnings)
        shown: nodes.Element = figure_node(published)
        if not self.content and "name" not in self.options:
            shown["classes"] += self.options.get("class", [])
            return [shown]
        frame = nodes.figure("", shown, classes=self.options.get("class", []))
        if "align" in self.options:
            frame["align"] = self.options["align"]
        caption, *rest = [*self.parse_content_to_nodes(), None]
        if isinstance(caption, nodes.paragraph):
            frame += nodes.caption(caption.rawsource, "", *caption.children)
        legend = [node for node in rest if node is not None]
        if legend:
            frame += nodes.legend("", *legend)
        self.set_source_info(frame)
        self.add_name(frame)
        return [frame]


class NumberRole(SphinxRole):
    """`{ex}` with a name and a Python format: wave.power:.2f. `{ex:control}`: one that the reader
    drags."""

    def __init__(self, *, dragged: bool = False) -> None:
        self.dragged = dragged

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A number without its value: figures may come later on the page."""
        name, _, form = self.text.partition(":")
        of = name.strip()
        number = live_number(self.rawtext, of, of=of, form=form.strip(), dragged=self.dragged)
        self.set_source_info(number)
        return [number], []


def fill_numbers(app: Sphinx, doctree: nodes.document) -> None:
    """After a page was read: the first values of all its numbers."""
    docname = app.env.docname
    for number in doctree.findall(live_number):
        number["of"], number["form"], text = _first(
            app, docname, number["of"], number["form"], number
        )
        number.children = []
        number += nodes.Text(text)
        if number["dragged"]:
            _check_dragged(app, docname, number)
    for kind in (nodes.math, nodes.math_block):
        for formula in doctree.findall(kind):
            formula["slots"] = [
                _first(app, docname, *_parts(inner), formula)
                for inner in SLOT.findall(formula.astext())
            ]


def _check_dragged(app: Sphinx, docname: str, number: nodes.Element) -> None:
    """Numbers of sliders and integers are dragged; their place in the text shows how they read."""
    for bundle in shelf_of(app).bundles(app.env, docname):
        control = spec_of(bundle)["program"]["controls"].get(number["of"])
        if control is not None and control["kind"] in ("slider", "integer"):
            return
    if not shelf_of(app).failed(app.env, docname):
        fact = (
            f"'{number['of']}' is no slider or integer; {{ex}} shows a number that is not dragged"
        )
        LOGGER.error(fact, location=number)
        shelf_of(app).broken.add(docname)


def _parts(text: str) -> tuple[str, str]:
    name, _, form = text.partition(":")
    return name.strip(), form.strip()


def _first(
    app: Sphinx, docname: str, name: str, form: str, node: nodes.Node
) -> tuple[str, str, str]:
    """Full name, format and first value of what the text calls ``name``."""
    known: list[str] = []
    try:
        for bundle in shelf_of(app).bundles(app.env, docname):
            known += [full for full in bundle.numbers if full not in known]
            full = find_name(spec_of(bundle), bundle.numbers, name)
            if full is not None:
                number = bundle.numbers[full]
                shown = form or usual_form(number)
                return full, shown, number_text(name, number, shown)
        raise ExplorableError("figure", unknown_name(name, known))
    except ExplorableError as error:
        # A page whose figures failed has said so; its numbers are missing for that reason.
        if not shelf_of(app).failed(app.env, docname):
            LOGGER.error(str(error), location=node)
            shelf_of(app).broken.add(docname)
        return name, form, name
