"""Whether the figures of a page, and the page with all of them, keep the budgets of the project."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from ..cli.budget import budgets_of
from ..hosts import loads, over_budget, page_over_budget, page_table
from .nodes import live_figure, live_number
from .prose import live_block, live_mark, live_when
from .shelf import shelf_of

LOGGER = logging.getLogger(__name__)
WEIGHED = "explorable-weighed"
"""The event of a page that shows figures: handlers get (app, docname, table of its bytes)."""
_PROSE = (live_number, live_when, live_block, live_mark)


def weigh_page(app: Sphinx, doctree: nodes.document) -> None:
    """After a page was read: an error for each figure over its budget, and for the page over its
    own; such a page is read again next time."""
    shelf, docname = shelf_of(app), app.env.docname
    by_html = {p.html: (b, p) for b in shelf.bundles(app.env, docname) for p in b.figures}
    placed = dict.fromkeys(node["html"] for node in doctree.findall(live_figure))
    shown = [by_html[html] for html in placed if html in by_html]
    if not shown:
        return
    prose = any(isinstance(node, _PROSE) for node in doctree.findall())
    app.emit(WEIGHED, docname, page_table(loads(shown, prose=prose)))
    budgets = budgets_of(app.config.explorable_budget, app.config.explorable_page_budget)
    found = [over_budget(bundle, published, budgets.figure) for bundle, published in shown]
    for problem in [*found, page_over_budget(docname, shown, budgets.page, prose=prose)]:
        if problem is not None:
            LOGGER.error(problem, location=docname)
            shelf.broken.add(docname)
