"""Which modules of the runtime a bundle can do without. Few choices, so that bundles of one page
share their runtime."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SIMULATION = ("core/simulation.js", "page/transport.js")
DRAG = ("core/drag.js",)
SHARING = ("page/share.js",)
SWEEPING = ("page/sweep.js",)
_FURTHER = {"area", "bars", "label", "mesh"}
MARKS = (
    ({"contour"}, ("scene/marks/contour.js",)),
    ({"heatmap", "image"}, ("scene/marks/heatmap.js", "scene/marks/image.js")),
    (_FURTHER, tuple(f"scene/marks/{kind}.js" for kind in sorted(_FURTHER))),
)
"""Marks, and the modules that a bundle with none of them does without."""


def unneeded(spec: Any) -> tuple[str, ...]:  # Any: the shapes of spec.d.ts
    """Modules to leave out of the runtime of a bundle with this spec."""
    left_out: list[str] = []
    if not any(node["kind"] == "simulation" for node in spec["program"]["nodes"]):
        left_out += SIMULATION
    controls = spec["program"]["controls"].values()
    if not any(control.get("shared") for control in controls):
        left_out += SHARING
    if not any(control.get("play") for control in controls):
        left_out += SWEEPING
    if not any(_drags(spec["figures"])):
        left_out += DRAG
    used = set(_kinds(spec["figures"]))
    for kinds, modules in MARKS:
        if not kinds & used:
            left_out += modules
    return tuple(left_out)


def _kinds(part: Any) -> Iterator[str]:  # Any: JSON
    if isinstance(part, dict):
        if isinstance(part.get("kind"), str):  # pyright: ignore[reportUnknownMemberType]  (JSON)
            yield part["kind"]
        for value in part.values():  # pyright: ignore[reportUnknownVariableType]  (JSON)
            yield from _kinds(value)
    elif isinstance(part, list):
        for value in part:  # pyright: ignore[reportUnknownVariableType]  (JSON)
            yield from _kinds(value)


def _drags(part: Any) -> Iterator[bool]:  # Any: JSON
    if isinstance(part, dict):
        yield "drag" in part
        for value in part.values():  # pyright: ignore[reportUnknownVariableType]  (JSON)
            yield from _drags(value)
    elif isinstance(part, list):
        for value in part:  # pyright: ignore[reportUnknownVariableType]  (JSON)
            yield from _drags(value)
