"""From the author's file to bundles: names only, loaded on first use so that a cache hit imports
no torch.

The folder is not called `figure`: importing a submodule of that name would rebind `ex.figure` to
it. For the same reason `build` and `check` are not here but in `figures/build.py`:

    load_file(path) -> list[Figure]
        Import the author's file alone (its folder first on sys.path); its figures in source order.
    groups(figures) -> list[list[Figure]]
        Figures joined by a Value or a Simulation stand together: one bundle, one failure each.
    build.build(figures, *, progress=None) -> list[Bundle]
        Trace, compile, verify, draw the stills. progress(figure names, stage) is called at every
        stage (trace, lower, zig, verify, still). Raises ExplorableError at the first failure:
        call it with one group at a time to let the others build.
    build.check(figures, *, progress=None) -> list[Checked]
        Trace, compile and verify; no stills, no files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bundle import Bundle as Bundle
    from .figure import Figure as Figure
    from .load import groups as groups
    from .load import load_file as load_file
    from .verify import Checked as Checked

_HOME = {
    "Bundle": "bundle",
    "Figure": "figure",
    "groups": "load",
    "load_file": "load",
    "Checked": "verify",
}
__all__ = ["Bundle", "Checked", "Figure", "groups", "load_file"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
