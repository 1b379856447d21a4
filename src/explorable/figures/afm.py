"""One figure as an anywidget front-end module (AFM): a file that MyST, Jupyter and marimo host."""

from __future__ import annotations

import json

from ..link import link, stylesheet, unneeded
from .bundle import Bundle, Published
from .single import inlined


def afm(bundle: Bundle, published: Published) -> str:
    """An ES module that holds everything; its default export is ``{ initialize, render }``.

    >>> Path("plane.js").write_text(afm(bundle, bundle.figures[0]))

    A host imports it and calls ``render({ model, el })``; ``model.get("theta")`` is the first value
    of the control, later changes go both ways. No kernel, no request; ``el`` may be in a shadow
    tree.
    """
    spec = json.loads(bundle.files[bundle.spec])
    html, files = inlined(bundle, published)
    del files[bundle.spec]
    without = unneeded(spec)
    held = {"spec": spec, "html": html, "style": stylesheet(without), "files": files}
    # A page may hold the module in a script element, which "</" would end.
    given = json.dumps(held, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return link("page/afm.js", form="module", name="default", without=without, given=given).text
