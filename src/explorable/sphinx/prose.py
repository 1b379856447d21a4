"""Prose that is alive, as the domain `ex`: `{ex:when}` (a sentence or a block that shows when a
condition holds) and `{ex:mark}` (a word that lights up a mark). `{ex:control}` is in text.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from ..errors import ExplorableError
from ..figures.conditions import holds
from ..figures.numbers import find_name, unknown_name
from ..parts.source import one_of
from .shelf import shelf_of, spec_of

LOGGER = logging.getLogger(__name__)
SYMBOL = re.compile(r"\\exmark\{([^{}]*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
"""A symbol of a formula that lights up a mark: `\\exmark{plane.arc}{z e^{i t}}`."""
_TITLE = re.compile(r"^(.+?)\s*<([^<>]+)>$", re.DOTALL)


class live_when(nodes.Inline, nodes.TextElement):
    """Text under a condition: ``of``, ``unless`` (its opposite), ``shown`` at first."""


class live_block(nodes.General, nodes.Element):
    """Paragraphs under a condition: ``of``, ``unless``, ``shown``."""


class live_mark(nodes.Inline, nodes.TextElement):
    """A word for a mark: ``of``."""


class WhenRole(SphinxRole):
    """`{ex:when}` of `wave.power > 0.5 ? loud : quiet`; the second half may be missing."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """One node for each half."""
        condition, _, rest = self.text.partition(" ? ")
        if not rest:
            fact = (
                f"'{self.text}' has no sentence; write {{ex:when}}`wave.power > 0.5 ? loud : quiet`"
            )
            LOGGER.error(fact, location=self.get_location())
            return [], []
        then, _, otherwise = rest.partition(" : ")
        made: list[nodes.Node] = []
        for unless, text in ((False, then), (True, otherwise)):
            if text.strip():
                node = live_when(self.rawtext, text.strip(), of=condition.strip(), unless=unless)
                self.set_source_info(node)
                made.append(node)
        return made, []


class When(SphinxDirective):
    """`{ex:when} wave.power > 0.5` around paragraphs."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> Sequence[nodes.Node]:
        """The paragraphs, in one element."""
        block = live_block("", *self.parse_content_to_nodes(), of=self.arguments[0], unless=False)
        self.set_source_info(block)
        return [block]


class MarkRole(SphinxRole):
    """`{ex:mark}` of `the arc <plane.arc>`, or of a name that is the word."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The word."""
        titled = _TITLE.match(self.text)
        text, of = titled.groups() if titled else (self.text.rpartition(".")[2], self.text)
        node = live_mark(self.rawtext, text, of=of.strip())
        self.set_source_info(node)
        return [node], []


class Prose(Domain):
    """What the text of a page may have beside figures and numbers."""

    name = "ex"
    label = "Explorable"
    directives = {"when": When}  # noqa: RUF012  (Sphinx reads it from the class)
    roles = {"when": WhenRole(), "mark": MarkRole()}  # noqa: RUF012  (as above)

    def merge_domaindata(self, docnames: Any, otherdata: Any) -> None:
        """Nothing is kept between pages."""

    def resolve_any_xref(
        self, env: Any, fromdocname: Any, builder: Any, target: Any, node: Any, contnode: Any
    ) -> list[Any]:
        """Nothing here is a reference."""
        return []


def settle_prose(app: Sphinx, doctree: nodes.document) -> None:
    """After a page was read: first states of conditions, full names of marks."""
    for node in doctree.findall(lambda n: isinstance(n, (live_when, live_block))):
        node["shown"] = _holds(app, node["of"], node) is not node["unless"]  # pyright: ignore[reportIndexIssue]  (an element)
    for node in doctree.findall(live_mark):
        node["of"] = mark_name(app, node["of"], node)
    for kind in (nodes.math, nodes.math_block):
        for formula in doctree.findall(kind):
            formula["symbols"] = [
                mark_name(app, of.strip(), formula) for of, _ in SYMBOL.findall(formula.astext())
            ]


def _holds(app: Sphinx, condition: str, node: nodes.Node) -> bool:
    try:
        return holds(condition, lambda name: _number(app, name))
    except ExplorableError as error:
        _complain(app, str(error), node)
        return True


def _number(app: Sphinx, name: str) -> Any:  # a number, a text, a bool
    known: list[str] = []
    for bundle in shelf_of(app).bundles(app.env, app.env.docname):
        known += [full for full in bundle.numbers if full not in known]
        if (full := find_name(spec_of(bundle), bundle.numbers, name)) is not None:
            number = bundle.numbers[full]
            if isinstance(number, (dict, list)):
                fact = f"'{name}' is not one real number"
                raise ExplorableError("figure", fact, fix="name one number of an @ex.value")
            return number
    raise ExplorableError("figure", unknown_name(name, known))


def mark_name(app: Sphinx, name: str, node: nodes.Node) -> str:
    """``figure.mark`` of what the text calls ``name``."""
    marks: list[str] = []
    for bundle in shelf_of(app).bundles(app.env, app.env.docname):
        for figure, shown in spec_of(bundle)["figures"].items():
            marks += [f"{figure}.{mark}" for outputs in shown["outputs"] for mark in outputs]
    known = list(dict.fromkeys(marks))
    found = [full for full in known if full == name or full.endswith(f".{name}")]
    if len(found) == 1:
        return found[0]
    if known:
        fact = one_of("mark", name, known)
    else:
        fact = f"no mark of this page is called '{name}'; name one: ex.curve(z, name='arc')"
    _complain(app, fact if not found else f"{len(found)} marks are called '{name}'", node)
    return name


def _complain(app: Sphinx, fact: str, node: nodes.Node) -> None:
    # A page whose figures failed has said so.
    if not shelf_of(app).failed(app.env, app.env.docname):
        LOGGER.error(fact, location=node)
        shelf_of(app).broken.add(app.env.docname)


def _opening(node: Any) -> str:
    condition = "unless" if node["unless"] else "of"
    hidden = "" if node["shown"] else " hidden"
    return f'<explorable-when {condition}="{escape(node["of"])}"{hidden}>'


def visit_when_html(self: Any, node: live_when) -> None:
    """The text, hidden where the condition does not hold at first."""
    self.body.append(_opening(node))


def depart_when_html(self: Any, _: live_when) -> None:
    """Its end."""
    self.body.append("</explorable-when>")


def mark_html(of: str, inner: str) -> str:
    """What lights up a mark; ``inner`` is HTML."""
    return f'<explorable-mark of="{escape(of)}">{inner}</explorable-mark>'


def visit_mark_html(self: Any, node: live_mark) -> None:
    """The word."""
    self.body.append(mark_html(node["of"], "").removesuffix("</explorable-mark>"))


def depart_mark_html(self: Any, _: live_mark) -> None:
    """Its end."""
    self.body.append("</explorable-mark>")
