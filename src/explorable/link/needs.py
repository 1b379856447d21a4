"""Which modules of the runtime a bundle can do without. Few choices, so that bundles of one page
share their runtime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Any

SIMULATION = ("core/simulation.js", "core/stepping.js", "page/runs.js", "page/transport.js")
DRAG = ("core/drag.js",)
RELAXED = ("core/relaxed.js",)
SPACE = ("scene/space.js", "scene/facets.js", "page/orbit.js")
GRID = ("scene/marks/grid.js",)
CAPS = ("scene/marks/caps.js",)
BANDS = ("scene/marks/bands.js",)
TINTS = ("scene/marks/tints.js",)
LEVEL = ("scene/marks/level.js",)
AXIS_NAMES = ("scene/axis_names.js",)
LOGARITHMS = ("scene/logarithms.js",)
RASTER = ("scene/raster.js",)
ROWS = ("scene/rows.js",)
CELL_ROOM = ("scene/cell_room.js",)
SPOTS = ("scene/spots.js",)
AUTOMATIC = ("scene/ranges.js", "scene/marks/extent.js", "page/rewrite.js")
THIN = ("scene/thin.js", "scene/pieces.js")
FEWEST = 800
"""So many numbers are a line that may be finer than the narrowest plot shows."""
STAMPS = ("scene/stamps.js",)
STAMPED = 400
"""As in scene/spots.js: so many numbers are dots that are stamped."""
CROWDS = ("scene/crowds.js",)
CROWDED = 40000
"""As in scene/stamps.js."""
PROJECTIONS = ("scene/projections.js",)
LINES = {"curve", "segments", "arrow", "area", "contour", "mesh", "streamlines", "label", "readout"}
"""Marks without a dot or a box."""
LAYOUTS = {"plot", "row", "column", "grid"}
LEGEND = ("scene/legend.js",)
KEY = ("scene/key.js",)
NAMES = ("scene/names.js",)
VIEW = ("page/view.js",)
READING = ("page/reading.js",)
ZOOM = ("page/zoom.js",)
MULTIPLES = ("scene/multiples.js",)
SYMLOG = ("scene/symlog.js",)
DATES = ("scene/dates.js",)
SHARING = ("page/share.js",)
SWEEPING = ("page/sweep.js",)
RANGES = ("page/ends.js",)
TYPING = ("page/typing.js",)
POINTS = ("page/points.js",)
PAINTING = ("page/areas.js", "page/brush.js", "page/paste.js")
TOOLS = ("page/tools.js",)
CLOTHES = ("clothes.css",)
MORE_STYLE = ("handles.css", "inputs.css")
"""What a figure needs that has anything but sliders."""
WORDS = ("page/words.js", "page/part_words.js")
PAST = ("page/past.js",)
UPLOADS = ("page/upload.js",)
FILES = {
    "table": "page/table_file.js",
    "image": "page/picture_file.js",
    "sound": "page/sound_file.js",
    "microphone": "page/microphone.js",
}
STAGES = ("page/stages.js",)
FORMS = ("core/forms.js", "page/form_inputs.js")
SIZES = ("core/sizes.js",)
ARRAYS = ("core/arrays.js",)
HALVES = ("core/halves.js",)
WIDE = ("core/wide.js",)
LOG_SCALE = ("core/log_scale.js",)
CODES = ("core/codes.js",)
PACKING = ("core/packing.js",)
FIELD = ("core/field.js", "page/fields.js", "scene/marks/field.js")
SOUND = ("scene/marks/sound.js", "page/sound.js")
TEXTS = ("core/tokens.js", "page/texts.js")
TOKENIZERS = ("core/models.js",)
AWAY = ("page/away.js", "core/saved.js")
VALUE = ("page/value.js",)
WIRING = ("page/wiring.js", "core/unknown.js")
GESTURES = (
    *("page/gestures.js", "page/handles.js"),
    *("scene/marks/handle.js", "scene/marks/point_handles.js"),
)
"""What the reader moves in a drawing, presses or points at."""
HANDLED = {"sound", "tokens"}
"""Marks with handles though they edit nothing."""
PIXELS = {"heatmap", "image", "field", "matrix", "board", "graph", "tokens"}
PICTURES = {"heatmap", "image", "matrix", "board", "graph", "tokens"}
"""As in scene/marks/kinds.js."""
NAMED_CELLS = {"bars", "heatmap", "image", "matrix", "board", "graph", "tokens"}
"""Marks with words beside their cells, or numbers under them."""
MARKS = (
    ({"contour"}, ("scene/marks/contour.js",)),
    ({"streamlines"}, ("scene/marks/streamlines.js",)),
    ({"bracket"}, ("scene/marks/bracket.js",)),
    ({"heatmap", "image"}, ("scene/marks/heatmap.js", "scene/marks/image.js")),
    ({"heatmap", "image", "field"}, ("scene/pixels.js",)),
    ({"matrix"}, ("scene/marks/matrix.js", "page/cells.js")),
    ({"board"}, ("scene/marks/board.js", "page/board.js")),
    ({"graph"}, ("scene/marks/graph.js", "scene/marks/edges.js")),
    ({"matrix", "board", "graph"}, ("scene/cells.js",)),
    ({"sound"}, SOUND),
    ({"tokens"}, ("scene/marks/tokens.js", "page/tokens.js")),
    ({"field"}, FIELD),
    *(
        ({kind}, (f"scene/marks/{kind}.js",))
        for kind in ("area", "bars", "label", "mesh", "scatter", "segments")
    ),
    ({"arrow", "surface"}, ("scene/marks/arrow.js",)),
)
"""Marks, and the modules that a bundle with none of them does without."""
LATER: dict[str, tuple[str, ...]] = {
    "typing": TYPING,
    "away": AWAY,
    "value": VALUE,
    "format": ("core/format.js",),
    "wiring": WIRING,
    "ground": ("page/ground.js",),
    "complaint": ("page/complaint.js",),
}
"""Parts that a page fetches when they are wanted, if `needed_at_once` does not say otherwise."""
PARTS: dict[str, tuple[str, ...]] = {
    "handles": (*GESTURES, *PAST),
    "painting": PAINTING,
    "tools": TOOLS,
    "points": POINTS,
    "ends": RANGES,
    "stages": STAGES,
    "words": WORDS,
    "upload": UPLOADS,
    **{f"upload-{form}": (path,) for form, path in FILES.items()},
    "shared": SHARING,
    "simulation": SIMULATION,
    "sweep": SWEEPING,
    "drag": DRAG,
    "forms": FORMS,
    "sizes": SIZES,
    "arrays": (*ARRAYS, *PACKING),
    "weights": (*HALVES, *CODES),
    "wide": WIDE,
    "log": LOG_SCALE,
    "fast": RELAXED,
    "text": ("core/graphemes.js", *TEXTS),
    "tokens": ("scene/marks/tokens.js", "page/tokens.js"),
    "tokenizer": TOKENIZERS,
    "colours": ("scene/colour.js", *KEY, *TINTS, *RASTER, "scene/cells.js", "scene/pixels.js"),
    "pictures": ("scene/marks/heatmap.js", "scene/marks/image.js"),
    "grids": (*GRID, *MULTIPLES),
    "field": FIELD,
    "bars": ("scene/marks/bars.js",),
    "area": ("scene/marks/area.js",),
    "segments": ("scene/marks/segments.js", *CAPS),
    "scatter": ("scene/marks/scatter.js",),
    "arrow": ("scene/marks/arrow.js",),
    "captions": ("scene/marks/label.js", "scene/marks/bracket.js"),
    "legend": LEGEND,
    "axis-names": AXIS_NAMES,
    "names": NAMES,
    "scales": (*LOGARITHMS, *SYMLOG, *DATES, *PROJECTIONS),
    "contour": ("scene/marks/contour.js", *BANDS, *LEVEL),
    "streamlines": ("scene/marks/streamlines.js",),
    "mesh": ("scene/marks/mesh.js",),
    "matrix": ("scene/marks/matrix.js", "page/cells.js"),
    "board": ("scene/marks/board.js", "page/board.js"),
    "graph": ("scene/marks/graph.js", "scene/marks/edges.js"),
    "space": SPACE,
    "rows": ROWS,
    "cells": CELL_ROOM,
    "spots": SPOTS,
    "thin": THIN,
    "stamps": STAMPS,
    "crowds": CROWDS,
    "ranges": AUTOMATIC,
    "short": ("scene/short.js",),
    "sound": SOUND,
    "look": (*VIEW, *READING, *ZOOM),
    **LATER,
}
"""The files beside the core, and what stands in each: what is needed together, or seldom. What only
one of them imports goes with it."""


COPIED = ("page/focus.js", "scene/cover.js")
"""A few lines that some parts need: each of them has its own."""


def unneeded(spec: Any) -> tuple[str, ...]:  # Any: the shapes of spec.d.ts
    """Modules to leave out of the runtime of a bundle with this spec."""
    left_out: list[str] = []
    runs = any(node["kind"] == "simulation" for node in spec["program"]["nodes"])
    if not runs:
        left_out += SIMULATION
    controls = spec["program"]["controls"].values()
    uploads = {control["upload"]["form"] for control in controls if "upload" in control}
    kinds = {control["kind"] for control in controls if "upload" not in control}
    left_out += [path for form, path in FILES.items() if form not in uploads]
    left_out += () if uploads else UPLOADS
    fixed = not any(part.get("statics") for part in _parts(spec["program"]))
    if fixed and all(c["kind"] == "slider" and c.get("style") != "stepper" for c in controls):
        left_out += FORMS
    if "range" not in kinds:
        left_out += RANGES
    if not kinds & {"slider", "integer"}:
        left_out += TYPING
    if "points" not in kinds:
        left_out += POINTS
    if "tensor" not in kinds:
        left_out += PAINTING
    if not kinds & {"tensor", "points", "point"}:
        left_out += PAST
    tooled = ("brush" in c or "examples" in c for c in controls if c["kind"] == "tensor")
    tools = any(tooled) or any(c.get("classes") for c in controls)
    if not tools:
        left_out += TOOLS
    if (
        not tools
        and not uploads
        and "range" not in kinds
        and not any("style" in control for control in controls)
    ):
        left_out += CLOTHES
    if not any(control.get("shared") for control in controls):
        left_out += SHARING
    if not any(control.get("style") == "stages" for control in controls):
        left_out += STAGES
    if not any(control.get("play") for control in controls):
        left_out += SWEEPING
    texts = [control for control in controls if control["kind"] == "text"]
    if not texts:
        left_out += TEXTS
    if not any(text["tokenizer"]["kind"] == "model" for text in texts):
        left_out += TOKENIZERS
    shapes = [shape for _, _, shape in spec["program"]["slots"].values()]
    if all(_most(shape) <= FEWEST for shape in shapes):
        left_out += THIN
    if all(isinstance(extent, int) for shape in shapes for extent in shape):
        left_out += SIZES
    arrays = spec["program"].get("arrays", ())
    left_out += () if arrays else ARRAYS
    dtypes = {array["stored"] for array in arrays}
    dtypes |= {dtype for _, dtype, _ in spec["program"]["slots"].values()}
    dtypes |= {array["dtype"] for array in arrays if "dtype" in array}
    if not arrays and dtypes <= {"float32"}:
        left_out += WIDE
    if not any(control.get("scale") == "log" for control in controls):
        left_out += LOG_SCALE
    if not dtypes & {"float16", "bfloat16"}:
        left_out += HALVES
    if not any("along" in array for array in arrays):
        left_out += CODES
    if not any("apart" in array or "planes" in array for array in arrays):
        left_out += PACKING
    if not spec["program"].get("fast"):
        left_out += RELAXED
    parts = list(_parts(spec["figures"]))
    filled = any(part.get("filled") for part in parts)
    if not filled:
        left_out += BANDS
    if not any(part.get("caps") for part in parts):
        left_out += CAPS
    if not any(part.get("kind") == "contour" and part.get("labels") for part in parts):
        left_out += LEVEL
    if not any("xNames" in part or "yNames" in part or "rows" in part for part in parts) and not (
        {part["kind"] for part in parts if isinstance(part.get("kind"), str)} & NAMED_CELLS
    ):
        left_out += AXIS_NAMES
    if not any("log" in (part.get("xScale"), part.get("yScale")) for part in parts):
        left_out += LOGARITHMS
    if not any(_tells(part) for part in parts if "marks" in part):
        left_out += LEGEND
    if not any("xLabel" in part or "yLabel" in part for part in parts):
        left_out += NAMES
    read = any(part.get("hover") for part in parts)
    zoomed = any(part.get("zoom") for part in parts)
    left_out += () if read else READING
    left_out += () if zoomed else ZOOM
    left_out += () if read or zoomed else VIEW
    if not any(part.get("kind") == "grid" for part in parts):
        left_out += MULTIPLES
    if not any("symlog" in (part.get("xScale"), part.get("yScale")) for part in parts):
        left_out += SYMLOG
    if set(LOGARITHMS) <= set(left_out) >= set(SYMLOG):
        left_out += PROJECTIONS
    if not any("xDates" in part for part in parts):
        left_out += DATES
    coloured = any("colours" in part for part in parts)
    if not coloured:
        left_out += TINTS
    if not coloured and not filled and not any(part.get("kind") == "heatmap" for part in parts):
        left_out += KEY
    spaces = any("space" in part for part in parts)
    left_out += () if spaces else SPACE
    if not any("grid" in part for part in parts):
        left_out += GRID
    if not any("drag" in part for part in parts):
        left_out += DRAG
    plots = [part for part in parts if "marks" in part]
    if not spaces and all(plot.get("x") and plot.get("y") for plot in plots):
        left_out += AUTOMATIC
    used = {part["kind"] for part in parts if isinstance(part.get("kind"), str)}
    if not (coloured or filled or used & PIXELS):
        left_out += RASTER
    if all(f["kind"] == "plot" for figure in spec["figures"].values() for f in figure["layouts"]):
        left_out += ROWS
    empty = any(part.get("axes") is False for part in parts)
    if set(KEY) <= set(left_out) and not (used & PICTURES or empty or spaces):
        left_out += CELL_ROOM
    spoken = {"tensor", "points"} & kinds or {"sound", "tokens", "board", "matrix"} & used
    if not (spoken or uploads or read or zoomed or spaces or runs):
        left_out += WORDS
    moved = any("edit" in part or "drag" in part or "space" in part for part in parts)
    if not moved and not zoomed and not used & HANDLED:
        left_out += GESTURES
    if set(GESTURES) <= set(left_out) >= set(LEGEND) and used <= LINES | LAYOUTS:
        left_out += SPOTS
    dots = [part.get("xy", part.get("xyz")) for part in parts if part.get("kind") == "scatter"]
    most = max((_most(spec["program"]["slots"][slot][2]) for slot in dots), default=0)
    left_out += (STAMPS if most <= STAMPED else ()) + (CROWDS if most <= CROWDED else ())
    bare = all(c["kind"] == "slider" and not c.get("play") for c in controls)
    if bare and not (runs or read or zoomed) and set(GESTURES) <= set(left_out) >= set(CLOTHES):
        left_out += MORE_STYLE
    for kinds, modules in MARKS:
        if not kinds & used:
            left_out += modules
    return tuple(left_out)


def needed_at_once(spec: Any) -> tuple[str, ...]:  # Any: the shapes of spec.d.ts
    """The parts of LATER that the first picture of a bundle with this spec needs."""
    now: list[str] = []
    if spec["program"].get("heavy"):
        now.append("away")
    slots = spec["program"]["slots"]
    if not _stands_alone(spec):
        now.append("wiring")
    for part in _parts(spec["figures"]):
        asked, slot = part.get("format"), slots.get(part.get("slot"), [0, "", []])
        fixed = asked is None or (re.fullmatch(r"\.\d+f", asked) and "complex" not in slot[1])
        whole = asked in ("", "d") and re.match(r"u?int", slot[1])
        if part.get("kind") in ("matrix", "graph") or not (fixed or whole):
            return (*now, "format")
    return tuple(now)


def _stands_alone(spec: Any) -> bool:  # Any: the shapes of spec.d.ts
    """Is it one figure of its own controls, without whole numbers that JavaScript may round?"""
    slots = spec["program"]["slots"]
    shown = [slot for f in spec["figures"].values() for o in f["outputs"] for slot in o.values()]
    return (
        len(spec["figures"]) == 1
        and all(node["kind"] == "figure" for node in spec["program"]["nodes"])
        and not any("names" in f or "nodes" in f for f in spec["figures"].values())
        and not any(slots[slot][1] == "int64" for slot in shown if slot in slots)
    )


def _tells(plot: dict[str, Any]) -> bool:  # Any: JSON
    """Whether names of marks, or numbers, may stand over a plot."""
    marks = plot["marks"]
    several = len([mark for mark in marks if mark.get("name")]) > 1
    return (
        (several and plot.get("legend") is not False)
        or any(mark["kind"] == "readout" or "classes" in mark for mark in marks)
        or bool(plot.get("legend"))
    )


def _most(shape: list[Any]) -> int:  # Any: an extent, or one that moves with its bound
    """How many numbers a slot of this shape may hold."""
    return prod(extent if isinstance(extent, int) else extent[0] for extent in shape)


def _parts(part: Any) -> Iterator[dict[str, Any]]:  # Any: JSON
    """Every object in a part of a spec."""
    if isinstance(part, dict):
        yield part  # pyright: ignore[reportUnknownVariableType]  (JSON)
        part = list(part.values())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  (JSON)
    if isinstance(part, list):
        for value in part:  # pyright: ignore[reportUnknownVariableType]  (JSON)
            yield from _parts(value)
