"""Values that a document's cells show beside figures, as notebooks show them: mime type -> text."""

from __future__ import annotations

import base64
import sys
from functools import cache
from typing import Any, cast


def as_data(value: object) -> dict[str, str]:
    """A value's representations, by IPython's own rules.

    >>> as_data(torch.ones(2))
    {'text/plain': 'tensor([1., 1.])'}
    """
    data, _ = _formatter().format(value)
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and isinstance(value, pyplot.Figure):
        pyplot.close(value)  # shown now, so not again at the end of the cell
    return {
        kind: base64.b64encode(shown).decode() if isinstance(shown, bytes) else str(shown)
        for kind, shown in data.items()
    }


def drawn_with_matplotlib() -> list[dict[str, str]]:
    """The open figures of pyplot, which are closed, as a notebook does after each cell."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    drawn = [as_data(pyplot.figure(number)) for number in pyplot.get_fignums()]
    pyplot.close("all")
    return drawn


@cache
def _formatter() -> Any:
    # Here, and not above: only pages that show such values pay for the import.
    from IPython.core import pylabtools
    from IPython.core.formatters import DisplayFormatter

    formatter, tools = cast(Any, DisplayFormatter()), cast(Any, pylabtools)
    pictures = formatter.formatters["image/png"]
    pictures.for_type_by_name("matplotlib.figure", "Figure", tools.print_figure)
    return formatter
