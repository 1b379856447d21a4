"""The control that goes through the stages of an explanation: a choice in other clothes."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .controls import Choice
from .source import calling_line, mistake, one_of


def stages(labels: Sequence[str], value: str | None = None, *, label: str | None = None) -> Any:
    """Stages to step through, with a button back and one forward; arrives as a Python int from 0.

    >>> ex.stages(["the data", "their mean", "without it"])
    >>> if stage >= 1: marks.append(ex.label(mean, "mean"))       # one entry point each

    Each stage has a link: ``#figure=2`` shows the second one of a figure of that name, on arrival
    and from a link in the page's own text; the address follows the reader. value: the label of the
    first one shown. In Python, ``figure(stage="their mean")``.
    """
    if isinstance(labels, str) or not all(isinstance(text, str) and text for text in labels):
        raise mistake(f"stages are a list of strings, got {labels!r:.60}")
    if len(labels) < 2:
        raise mistake(f"stages are two or more, got {len(labels)}")
    if len(set(labels)) < len(labels):
        raise mistake("two stages have the same label")
    if value is not None and value not in labels:
        raise mistake(one_of("stage", value, list(labels)))
    return Choice(
        options={text: k for k, text in enumerate(labels)}, value=value or labels[0],
        style="stages", label=label, line=calling_line(),
    )  # fmt: skip
