"""The mark of a typed text: its tokens, and how they look at each other."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from typing import Any, cast

from .controls import Text
from .marks import Channel, Mark, Typed, _mark  # pyright: ignore[reportPrivateUsage]  (same floor)
from .source import mistake


def tokens(
    text: Any,
    *,
    groups: Any = None,
    weights: Any = None,
    arcs: bool = False,
    name: str | None = None,
) -> Mark:
    """The tokens of an ``ex.text``, each on a tint of its own, in the text's own flow.

    >>> ex.tokens(text)
    >>> ex.tokens(text, groups=head)            # int64 (n,): neighbours of one number are one
    >>> ex.tokens(text, weights=loss)           # float (n,): the tint says how much
    >>> ex.tokens(text, weights=a, arcs=True)   # float (n, n): what each token looks at

    With (n, n) weights the reader points at a token, taps it, or goes to it with the arrow keys:
    its row of weights tints the others. arcs draws them as arcs, the darker the greater; before a
    token is chosen all are seen. Weights are from 0; the full tint is the largest so far. A token
    that is a part of a letter, as bytes are, has its share of the tint: letters are never torn.
    """
    if not isinstance(text, Typed):
        raise mistake(
            f"tokens draws the text of an ex.text, got {type(text).__name__}",
            fix="pass the parameter itself: ex.tokens(text), not text.ids",
        )
    if arcs and weights is None:
        raise mistake("arcs are drawn by weights=, and there are none")
    if groups is not None and weights is not None:
        raise mistake("tokens are tinted by groups= or by weights=, not both")
    channels = [Channel("ids", "labels", (text.ids,))]
    if groups is not None:
        channels.append(Channel("groups", "labels", (groups,)))
    if weights is not None:
        channels.append(Channel("weights", "pairwise" if arcs else "weights", (weights,)))
    control = cast("Text", text.control)
    count = len(control.tokenizer.ids(control.value))
    letters = round(control.max * max(1, len(control.value) / max(1, count)))
    return _mark("tokens", channels, name, text=text, max=control.max, letters=letters, arcs=arcs)
