"""Formulas with live numbers and with symbols that light up a mark: MathML with slots in HTML, the
first values and plain symbols anywhere else. And MathML for all formulas of a site, made while it
is built: the renderer `explorable`."""

from __future__ import annotations

import re
from html import escape
from typing import Any, cast

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from .nodes import is_live, number_html
from .prose import SYMBOL, mark_html

LOGGER = logging.getLogger(__name__)
SLOT = re.compile(r"\\ex\{([^{}]*)\}")
# Nothing that means anything to TeX, and no letter of a formula.
_MARK = "@{}@"
_NAMED = "@@{}@@"


class live_formula(nodes.Part, nodes.Element):
    """A formula with live numbers: ``tex`` with places for ``slots`` and ``symbols``, ``block``."""


class ShowFormulas(SphinxPostTransform):
    """Formulas with numbers: MathML with live slots in HTML, the first values anywhere else."""

    default_priority = 90

    def run(self, **_: Any) -> None:
        """Replace those of this document."""
        live = is_live(self.app.builder)
        formulas = [*self.document.findall(nodes.math), *self.document.findall(nodes.math_block)]
        for formula in formulas:
            slots: list[tuple[str, str, str]] = formula.get("slots", [])
            symbols: list[str] = formula.get("symbols", [])
            if not slots and not symbols:
                continue
            if live:
                formula.replace_self(_live(formula, slots, symbols))
                continue
            texts = iter(text for _, _, text in slots)
            tex = SYMBOL.sub(r"{\2}", formula.astext())
            tex = SLOT.sub(lambda _, texts=texts: f"{{{next(texts)}}}", tex)
            formula.children = []
            formula += nodes.Text(tex)


def _live(
    formula: nodes.Element, slots: list[tuple[str, str, str]], symbols: list[str]
) -> live_formula:
    numbers, names = iter(range(len(slots))), iter(symbols)
    found: list[tuple[str, str]] = []

    def place(symbol: re.Match[str]) -> str:
        found.append((next(names), symbol[2]))
        return rf"\text{{{_NAMED.format(len(found) - 1)}}}"

    tex = SLOT.sub(lambda _: rf"\text{{{_MARK.format(next(numbers))}}}", formula.astext())
    tex = SYMBOL.sub(place, tex)
    block = isinstance(formula, nodes.math_block)
    made = live_formula("", **formula.attributes, tex=tex, block=block)
    made["symbols"] = found
    made.source, made.line = formula.source, formula.line
    return made


def visit_formula_html(self: Any, node: live_formula) -> None:
    """A formula whose numbers are live."""
    mathml = _mathml(node["tex"], node, block=node["block"])
    for index, (of, tex) in enumerate(node.get("symbols", [])):
        symbol = mark_html(of, _mathml(tex, node, block=False))
        mathml = mathml.replace(_NAMED.format(index), symbol)
    for index, (of, form, text) in enumerate(node.get("slots", [])):
        mathml = mathml.replace(_MARK.format(index), number_html(of, form, text))
    _write(self, node, mathml, block=node["block"])


def visit_math_html(self: Any, node: nodes.Element) -> None:
    """The renderer `explorable` (html_math_renderer): MathML, made while the site is built."""
    block = isinstance(node, nodes.math_block)
    _write(self, node, _mathml(node.astext(), node, block=block), block=block)


def _mathml(tex: str, node: nodes.Element, *, block: bool) -> str:
    try:
        return tex2mathml(tex, as_block=block)
    except MathError as error:
        LOGGER.warning("%s (in a formula)", error, location=node, type="explorable", subtype="math")
        return f"<code>{escape(tex)}</code>"


def _write(self: Any, node: nodes.Element, mathml: str, *, block: bool) -> None:
    """As Sphinx's own renderers frame a formula, with its number and its link."""
    if not block:
        self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
        self.body.append(f"{mathml}</span>")
        raise nodes.SkipNode
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, cast(Any, node))})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{mathml}</div>\n")
    raise nodes.SkipNode
