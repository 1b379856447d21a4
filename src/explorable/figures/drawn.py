"""Layout -> Drawn: the layout as spec.d.ts writes it, and beside it the tensors its slots stand
for.

The same function runs in the trace (the wasm then delivers these tensors) and eagerly (the
reference, the still of a call). Slots are numbered here; a bundle gives them their names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

import numpy

from ..errors import ExplorableError
from ..parts import Column, Grid, Layout, Mark, Plot, Row, Typed
from ..parts.controls import Control, Point, Points, Tensor
from ..parts.formulas import formulas
from ..trace.drawing.arrival import editing
from ..trace.drawing.channels import channel
from ..trace.extents import most
from ..trace.tree import is_tensor
from ..trace.watches.hooks import at_line

Json = Any  # the shapes of spec.d.ts
DRAGGED = ("scatter", "arrow", "curve")
"""Marks whose places may be computed and yet dragged."""
CELLS = ("matrix", "board")
"""Marks whose height follows from how many cells they have."""
TOLD = {"graph": ("values", "weights")}
"""Channels that are the output of a named mark, where it has them, in place of its first."""
TextSplitter = Callable[[str], tuple[Any, ...]]  # str | (tensor, format) in turn


@dataclass(frozen=True)
class Ref:
    """Stands for a slot in a layout until the slot has its name: the number of a tensor."""

    index: int


@dataclass
class Drawn:
    """``layout``: spec.d.ts with Refs for slots. ``tensors``: what they refer to."""

    layout: Json = None
    tensors: list[Any] = field(default_factory=list)
    outputs: dict[str, Ref] = field(default_factory=dict)
    """By the mark's name."""
    edited: set[str] = field(default_factory=set)
    """Page names of the controls that a mark edits."""
    lines: list[Any] = field(default_factory=list)
    """The line of the mark each tensor belongs to."""
    what: list[str] = field(default_factory=list)
    """What to call each tensor in a message: ``curve xy``, ``title``."""
    texts: list[list[str | tuple[int, str]]] = field(default_factory=list)
    """Every text in order: strings, and tensors by number with their format."""
    python: set[int] = field(default_factory=set)
    """Numbers of those that are Python's own in an eager call (``ex.integer``), and so plain text
    there."""
    marks: int = 0
    drags: list[tuple[int, Mark]] = field(default_factory=list)
    """Marks with a computed place that the reader drags, and which of all marks each is."""
    fields: list[tuple[int, Mark]] = field(default_factory=list)
    """Marks that are computed pixel by pixel, and which of all marks each is."""
    names: list[str] = field(default_factory=list)
    """The slot of each tensor, once it has one."""

    def spec(self) -> tuple[Json, dict[str, str]]:
        """The layout with the names of slots, and the named outputs."""
        outputs = {name: self.names[ref.index] for name, ref in self.outputs.items()}
        return named(self.layout, self.names), outputs

    def bare(self) -> Drawn:
        """The same without what the author's function has computed: a trace's is gone after it."""
        drags, fields = (
            [(place, Mark(mark.kind, (), line=mark.line)) for place, mark in marks]
            for marks in (self.drags, self.fields)
        )
        return replace(self, tensors=[], drags=drags, fields=fields)

    def add(self, tensor: Any, mark: Mark | Plot, what: str) -> Ref:
        self.tensors.append(tensor)
        self.what.append(what)
        self.lines.append(mark.line)
        return Ref(len(self.tensors) - 1)


def draw(
    layout: Layout,
    *,
    split: TextSplitter,
    slots: dict[str, Any] | None = None,
    controls: dict[str, Control] | None = None,
) -> Drawn:
    """What ``layout`` draws. ``split`` cuts a text at its live numbers; ``slots`` are the traced
    inputs that hold ``controls``, by page name: a mark that is given one of them edits it. Without
    them nothing says what the reader may move."""
    drawn = Drawn()
    drawn.layout = _layout(layout, drawn, split, slots, controls or {})
    return drawn


def _layout(
    layout: Layout,
    drawn: Drawn,
    split: TextSplitter,
    slots: dict[str, Any] | None,
    controls: dict[str, Control],
) -> Json:
    if isinstance(layout, (Row, Column, Grid)):
        children = [_layout(child, drawn, split, slots, controls) for child in layout.children]
        if isinstance(layout, Grid):
            kept = {"columns": layout.columns, "shared": layout.shared}
            return {"kind": "grid", "children": children, **kept}
        return {"kind": "row" if isinstance(layout, Row) else "column", "children": children}
    return {
        "kind": "plot",
        "marks": [_mark(mark, drawn, split, slots, controls) for mark in layout.marks],
        "x": layout.x,
        "y": layout.y,
        "xScale": layout.x_scale,
        "yScale": layout.y_scale,
        "aspect": layout.aspect,
        "title": None if layout.title is None else _text(layout.title, layout, drawn, split),
        "legend": layout.legend,
        **({} if layout.axes else {"axes": False}),
        **_space(layout, drawn, split),
        **{
            key: _text(text, layout, drawn, split)
            for key, text in (("xLabel", layout.x_label), ("yLabel", layout.y_label))
            if text is not None
        },
        **{
            key: list(names)
            for key, names in (("xNames", layout.x_names), ("yNames", layout.y_names))
            if names is not None
        },
        **({"hover": True} if layout.hover else {}),
        **({"zoom": layout.zoom} if layout.zoom else {}),
        **({"xDates": asdict(layout.x_dates)} if layout.x_dates else {}),
    }


def _space(plot: Plot, drawn: Drawn, split: TextSplitter) -> Json:
    if plot.space is None:
        return {}
    names = [name and _text(name, plot, drawn, split) for name in plot.space.names]
    return {"space": {"z": plot.space.z, "view": plot.space.view, "names": names}}


def _text(text: str, owner: Mark | Plot, drawn: Drawn, split: TextSplitter) -> list[Json]:
    pieces: list[Json] = []
    kept: list[str | tuple[int, str]] = []
    for piece in split(formulas(text, owner.line)):
        if isinstance(piece, str):
            pieces.append(piece)
            kept.append(piece)
        else:
            tensor, form = piece
            ref = drawn.add(tensor, owner, "a text")
            pieces.append({"slot": ref, "format": form})
            kept.append((ref.index, form))
            if not is_tensor(tensor):
                drawn.python.add(ref.index)
    drawn.texts.append(kept)
    return pieces


def _mark(
    mark: Mark,
    drawn: Drawn,
    split: TextSplitter,
    slots: dict[str, Any] | None,
    controls: dict[str, Control],
) -> Json:
    shown: dict[str, Json] = {"kind": mark.kind}
    for number, given in enumerate(mark.channels):
        with at_line(mark.line):
            placed = channel(mark, given)
        ref = drawn.add(placed, mark, f"{mark.kind} {given.slot}")
        shown[given.slot] = ref
        if number == 0:
            if mark.kind in CELLS:
                shown["shape"] = [most(extent) for extent in placed.shape]
            if mark.kind == "image" and is_grid(mark, placed.shape):
                shown["grid"] = [most(extent) for extent in placed.shape[:3]]
            if mark.name is not None:
                drawn.outputs[mark.name] = ref
            found = None if slots is None or "grid" in shown else _edit(mark, slots, controls)
            if found is not None:
                shown["edit"] = found
                name = found["control"]
                new = name not in drawn.edited
                if new and isinstance(controls[name], Points) and _grows(found):
                    found["grows"] = True
                drawn.edited.add(name)
            elif slots is not None and mark.edit:
                shown["drag"] = _drag(mark, drawn)
    for name, option in mark.options.items():
        if name in ("text", "labels") and isinstance(option, str):
            shown[name] = _text(option, mark, drawn, split)
        elif name == "edgeLabels" or (name == "labels" and mark.kind in ("bars", "graph", "image")):
            shown[name] = [_text(text, mark, drawn, split) for text in option]
        elif isinstance(option, Typed):
            named = {id(control): page for page, control in controls.items()}
            shown[name] = {"text": named.get(id(option.control), "")}
        else:
            shown[name] = (
                list(cast("tuple[Json, ...]", option)) if isinstance(option, tuple) else option
            )
    if mark.kind == "field":
        shown["pixels"] = len(drawn.fields)
        drawn.fields.append((drawn.marks, mark))
    drawn.marks += 1
    if mark.name is not None:
        shown["name"] = mark.name
        told = [slot for slot in TOLD.get(mark.kind, ()) if slot in shown]
        if told:
            drawn.outputs[mark.name] = shown[told[0]]
    if mark.kind == "heatmap":
        _colour_range(shown, controls)
    if mark.kind == "graph" and "edit" in shown:
        shown["span"] = _span(controls[shown["edit"]["control"]])
    if mark.kind == "matrix" and "edit" in shown:
        match controls[shown["edit"]["control"]]:
            case Tensor(low=float(low), high=float(high)):
                shown.setdefault("most", max(abs(low), abs(high)))
            case _:
                pass
    if mark.kind in ("label", "bracket") and mark.name is not None:
        shown.pop("name")
    return shown


def _colour_range(shown: dict[str, Json], controls: dict[str, Control]) -> None:
    """A painted control with bounds is coloured over them, or the first stroke would change all
    colours."""
    control = controls.get(shown["edit"]["control"]) if "edit" in shown else None
    for bound in ("low", "high"):
        kept = getattr(control, bound) if isinstance(control, Tensor) else None
        shown[bound] = shown.get(bound, kept)


def _grows(edit: Json) -> bool:
    """Is it all points of its control, so that one more has a place in it?"""
    return edit["offset"] == 0 and edit["strides"] == [2, 1] and len(edit["shape"]) == 2


def _span(control: Control) -> Json:
    """The ranges for places that the reader moves: those of the control, or round its first."""
    value = getattr(control, "value", None)
    places = numpy.asarray(value, numpy.float64).reshape(-1, 2)
    low, high = places.min(0), places.max(0)
    more = numpy.maximum(0.25 * (high - low), 0.5)
    ends = [(low - more)[k] for k in (0, 1)], [(high + more)[k] for k in (0, 1)]
    match control:
        case Tensor(low=float(least), high=float(most)):
            ends = [least, least], [most, most]
        case _:
            pass
    return [[float(ends[0][k]), float(ends[1][k])] for k in (0, 1)]


def _edit(mark: Mark, slots: dict[str, Any], controls: dict[str, Control]) -> Json:
    if mark.edit is False or isinstance(mark.edit, tuple):
        return None
    editable = ("curve", "scatter", "arrow", "bars", "heatmap", "image", "graph", *CELLS)
    given = mark.channels[0].given
    heights = len(given) == 2 and mark.kind in ("curve", "scatter")  # over an x of their own
    edited: Any = given[-1] if heights or len(given) == 1 else None  # an author's tensor
    if mark.kind in editable and hasattr(edited, "untyped_storage"):
        found = editing(edited, slots)
        if heights and found is not None and len(found[3]) != 1:
            return None
        if found is not None and found[0] in controls:
            name, offset, strides, shape = found
            control = controls[name]
            if isinstance(control, Point) and control.complex:
                # The page holds a complex number as a pair.
                offset, strides, shape = 0, (1,), (2,)
            if mark.kind in CELLS and len(shape) == 1:
                strides, shape = (*strides, 0), (*shape, 1)
            return {
                "control": name,
                "offset": offset,
                "strides": list(strides),
                "shape": list(shape),
            }
    return None


def _drag(mark: Mark, drawn: Drawn) -> int:
    """The number of a mark among those that are dragged against the gradient; see drag.py."""
    if mark.kind not in DRAGGED:
        raise ExplorableError(
            "figure",
            f"edit=True on a computed {mark.kind}: only a place can be dragged",
            line=mark.line,
            fix=f"draw it with {', '.join(f'ex.{kind}' for kind in DRAGGED)}, "
            "or give the mark a control, or a slice or reshape of one",
        )
    drawn.drags.append((drawn.marks, mark))
    return len(drawn.drags) - 1


def is_grid(mark: Mark, shape: tuple[int, ...]) -> bool:
    """Are these several pictures? (n, h, 3) are, where the author says how many stand in a row."""
    asked = "across" in mark.options or "labels" in mark.options
    return len(shape) == 4 or (len(shape) == 3 and (asked or shape[-1] not in (3, 4)))


def named(layout: Json, names: list[str]) -> Json:
    """The layout with its Refs replaced by the names of slots."""
    if isinstance(layout, Ref):
        return names[layout.index]
    if isinstance(layout, dict):
        return {key: named(value, names) for key, value in layout.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  (JSON)
    if isinstance(layout, (list, tuple)):
        return [named(value, names) for value in layout]  # pyright: ignore[reportUnknownVariableType]  (JSON)
    return layout
