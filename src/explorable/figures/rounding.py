"""What smaller weights cost: the author's figures at his own weights against the same at those that
the bundle holds, both by PyTorch."""

from __future__ import annotations

from typing import Any

from ..errors import ExplorableError
from ..parts.accept import first
from ..trace import as_rounded
from ..trace.compare import compare, one_thread
from .group import Group
from .page import Page
from .reference import reference
from .settings import settings

MOST = {"float16": 0.01, "int8": 0.02}
"""Share of an output's size that rounding may move it by, where no `tolerance` says more."""


def cost(group: Group, rounded: Any) -> float:
    """The largest change of a drawn number, as a share of its output's size, over all settings
    (simulations as they begin). Whole numbers are left out: a choice may tip.

    >>> cost(group, rounded)
    0.0004

    Raises ExplorableError with the output and the setting where it is too large.
    """
    allowed = max(
        [MOST[rounded.dtype], *(figure.options.tolerance or 0 for figure in group.figures)]
    )
    worst = 0.0
    with one_thread():
        for setting in settings(group):
            plains = {c: setting.plains.get(c, first(c)) for c in group.names}
            exact = reference(group, Page(plains)).outputs
            with as_rounded(rounded):
                near = reference(group, Page(plains)).outputs
            for mine, theirs in zip(exact, near, strict=True):
                if not (mine.tensor.is_floating_point() or mine.tensor.is_complex()):
                    continue
                for left, right in zip(_axes(mine.tensor), _axes(theirs.tensor), strict=True):
                    moved = compare(left, right, relative=allowed)
                    if not moved.agrees:
                        raise ExplorableError(
                            "verify",
                            f'weights="{rounded.dtype}" moves {mine.what} from {moved.expected} to '
                            f"{moved.got}, by {100 * moved.error:.2g} % of its size; "
                            f"{100 * allowed:g} % are allowed",
                            where=setting.label,
                            line=mine.line or group.figures[0].line,
                            fix=_FIXES[rounded.dtype],
                        )
                    worst = max(worst, moved.error)
    return worst


_FIXES = {
    "float16": 'leave weights="float32", or allow more with tolerance=',
    "int8": 'take weights="float16", or allow more with tolerance=',
}


def _axes(tensor: Any) -> list[Any]:
    """Places by their coordinates: heights may be small beside the numbers 0..n-1 they stand at."""
    placed = tensor.ndim > 1 and tensor.shape[-1] in (2, 3)
    return list(tensor.unbind(-1)) if placed else [tensor]
