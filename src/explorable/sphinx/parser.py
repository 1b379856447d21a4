"""Pages whose cells are ours: their outputs are put in, and MyST-NB shows them as it shows any
notebook, with its tags, captions and options."""

from __future__ import annotations

from typing import Any

import nbformat
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from myst_nb.sphinx_ import Parser as NotebookParser
from sphinx.application import Sphinx
from sphinx.util import logging

from ..figures.cells import FIGURE
from .nodes import figure_node, problem_nodes, warn_about
from .pages import Page
from .shelf import figure_of, keep, shelf_of, source_of

LOGGER = logging.getLogger(__name__)
PROBLEM = "application/vnd.explorable.problem"
"""The data of an output that stands where a cell failed."""
BUNDLE = "application/vnd.explorable+json"
"""A whole bundle in a notebook that was run elsewhere (figures/display.py)."""


# MyST-NB writes what it has shown as notebooks, beside the site.
_ELSEWHERE = (
    "this notebook was written by a build of the site\n"
    "leave it out of the sources: exclude_patterns = ['_build'] in conf.py"
)


class Parser(NotebookParser):
    """MyST-NB's parser, with the outputs of pages that show figures."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a page; one of ours as the notebook that its cells made."""
        env: Any = document.settings.env  # Any: MyST-NB adds to it
        page = shelf_of(env.app).pages.get(env.docname, Page())
        if page.notebook is None or str(document.current_source).endswith("<translated>"):
            super().parse(inputstring, document)
            return
        notebook = _filled(env, page)
        config = env.mystnb_config
        env.mystnb_config = config.copy(execution_mode="off")
        # MyST-NB reads a file by its ending: by the whole name of this one, as what we have.
        name = source_of(env, env.docname).name
        env.mystnb_config.custom_formats = {name: (lambda _: notebook, {}, False)}
        try:
            super().parse(inputstring, document)
        finally:
            env.mystnb_config = config


def _filled(env: Any, page: Page) -> Any:
    """The page's notebook with what its cells showed, and the problem where one failed."""
    app: Sphinx = env.app
    notebook: Any = page.notebook  # Any: nbformat's
    outcome = shelf_of(app).outcomes[source_of(env, env.docname)]
    for index, outputs in zip(page.indices, outcome.outputs, strict=False):
        notebook.cells[index]["outputs"] = nbformat.from_dict(list(outputs))
    whole = [problem for problem in outcome.problems if not problem.figures]
    failed = len(outcome.outputs)
    if whole and failed < len(page.indices):
        message = "\n\n".join(problem.message for problem in whole)
        shown = nbformat.v4.new_output("display_data", {PROBLEM: message})
        notebook.cells[page.indices[failed]]["outputs"] = [shown]
    for problem in outcome.problems:
        line = problem.line or (page.cells[failed].line if failed < len(page.cells) else None)
        LOGGER.error(problem.message, location=(env.docname, line))
        shelf_of(app).broken.add(env.docname)
    for bundle in outcome.bundles:
        warn_about(app, env.docname, bundle.warnings)
    return notebook


class FigureOutputs:
    """What MyST-NB asks for outputs of our kinds (the entry point ``myst_nb.mime_renderers``)."""

    mime_priority_overrides = (("*", FIGURE, 1), ("*", PROBLEM, 1), ("*", BUNDLE, 2))

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Node] | None:
        """The nodes of one output; None for those of other kinds."""
        if data.mime_type not in (FIGURE, PROBLEM, BUNDLE):
            return None
        env: Any = renderer.renderer.sphinx_env  # pyright: ignore[reportAttributeAccessIssue]
        app, docname = env.app, env.docname
        if data.mime_type == PROBLEM:
            return problem_nodes(app, docname, str(data.content))
        if data.mime_type == FIGURE:
            outcome = shelf_of(app).outcomes.get(source_of(env, docname))
            found = figure_of(outcome, str(data.content)) if outcome else _ELSEWHERE
            if isinstance(found, str):
                return problem_nodes(app, docname, found)
            return [figure_node(found[1])]
        from ..errors import ExplorableError
        from ..figures.display import bundle_from_json

        try:
            bundle = bundle_from_json(data.content)
        except ExplorableError as error:
            LOGGER.error(str(error), location=(docname, data.line))
            return problem_nodes(app, docname, str(error))
        keep(app, bundle)
        shelf_of(app).others.setdefault(docname, []).append(bundle)
        return [figure_node(bundle.figures[0])]
