"""``x[mask]``: its length depends on values, so the whole of ``x`` goes on beside the mask."""

from .whole import whole_selections

__all__ = ["whole_selections"]
