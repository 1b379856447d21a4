"""Synthetic layouts for the tests of scene/, and the scenes V8 makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorable.engine import Engine
from explorable.link import link

Json = Any  # the shapes of spec.d.ts


def plot(*marks: Json, **options: Json) -> Json:
    """A plot of spec.d.ts with everything left out that may be."""
    empty: Json = {"x": None, "y": None, "xScale": "linear", "yScale": "linear"}
    empty |= {"aspect": None, "title": None, "legend": None}
    return {"kind": "plot", "marks": list(marks), **empty, **options}


def row(*children: Json) -> Json:
    return {"kind": "row", "children": list(children)}


def column(*children: Json) -> Json:
    return {"kind": "column", "children": list(children)}


def positions(x: Any, y: Any) -> np.ndarray:
    """Positions (n, 2) as the page reads them."""
    return np.stack(np.broadcast_arrays(np.asarray(x), np.asarray(y)), -1).astype(np.float32)


def slots_of(arrays: Mapping[str, Any]) -> Json:
    """The numbers of slots as JSON, for `read`; not-a-number is null."""
    slots: Json = {}
    for name, given in arrays.items():
        array = np.asarray(given)
        numbers = [None if x != x else float(x) for x in array.reshape(-1)]
        slots[name] = {"data": numbers, "shape": list(array.shape), "dtype": str(array.dtype)}
    return slots


READ = """(slots) => {
  const made = {};
  const forms = { float64: Float64Array, uint8: Uint8Array, bool: Uint8Array, int64: Float64Array };
  for (const [name, { data, shape, dtype }] of Object.entries(slots)) {
    const Form = forms[dtype] ?? Float32Array;
    made[name] = { data: Form.from(data, (x) => x ?? NaN), shape, dtype };
  }
  return (slot) => made[slot];
}"""


class Scenes:
    """The scene module in V8.

    >>> Scenes(engine).draw(plot({"kind": "curve", "xy": "a"}), {"a": line})["panels"]
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        for path in (
            "scene",
            "svg",
            "ticks",
            "ranges",
            "text",
            "colour",
            "symlog",
            "marks/contour",
        ):
            name = f"{path.split('/')[-1]}Module"
            engine.once(link(f"scene/{path}.js", name=name).text, name=name)
        engine.once(f"globalThis.readOf = {READ}; globalThis.memories = {{}};", name="readOf")

    def script(self, text: str) -> Json:
        """What an expression gives, typed arrays as lists."""
        plain = "(key, value) => (ArrayBuffer.isView(value) ? [...value] : value)"
        return json.loads(self.engine.evaluate(f"JSON.stringify({text}, {plain})"))

    def draw(
        self, layout: Json, slots: Mapping[str, Any], width: int = 720, **options: Json
    ) -> Json:
        """A scene. ``memory`` is a name: ranges are kept under it from call to call."""
        memory = json.dumps(options.pop("memory", ""))
        given = f"{json.dumps(layout)}, readOf({json.dumps(slots_of(slots))})"
        kept = f"memory: {memory} ? (memories[{memory}] ??= {{}}) : {{}}"
        rest = f"width: {width}, {kept}, ...{json.dumps(options)}"
        return self.script(f"sceneModule.scene({given}, {{ {rest} }})")

    def svg(self, layout: Json, slots: Mapping[str, Any], width: int = 720, alt: str = "") -> str:
        given = f"{json.dumps(layout)}, readOf({json.dumps(slots_of(slots))})"
        drawn = f"sceneModule.scene({given}, {{ width: {width}, memory: {{}} }})"
        options = json.dumps({"alt": alt, "id": "t"})
        return self.engine.evaluate(f"svgModule.toSvg({drawn}, {options})")

    def height(self, layout: Json, width: int) -> float:
        return self.script(f"sceneModule.heightOf({json.dumps(layout)}, {width})")


def texts(panel: Json) -> list[str]:
    """The words of a panel, in order."""
    return [shape["text"] for shape in panel["shapes"] if shape["kind"] == "text"]


def shapes(panel: Json, kind: str, paint: str | None = None) -> list[Json]:
    found = [shape for shape in panel["shapes"] if shape["kind"] == kind]
    return [shape for shape in found if paint is None or shape.get("paint") == paint]


def described(scene: Json) -> str:
    """A scene as lines of text, for golden files."""
    lines = [f"scene {scene['width']} x {scene['height']}"]
    for panel in scene["panels"]:
        box = " ".join(f"{panel[side]:g}" for side in ("x", "y", "width", "height"))
        lines.append(f"panel {box} x {panel['xRange']} y {panel['yRange']}")
        lines += [f"  {_shape(shape)}" for shape in panel["shapes"]]
        for handle in panel["handles"]:
            place = f"{handle['x']:.1f} {handle['y']:.1f}"
            lines.append(f"  handle {handle['kind']} of {handle['control']} at {place}")
    return "\n".join(lines) + "\n"


def numbers(given: list[float]) -> str:
    return " ".join(f"{x:.1f}" for x in given[:8]) + (" ..." if len(given) > 8 else "")


def _shape(shape: Json) -> str:
    match shape["kind"]:
        case "text":
            after = shape.get("after", {}).get("text")
            rest = "" if after is None else f" {after!r}"
            return (
                f"text {shape['paint']} {shape['x']:.1f} {shape['y']:.1f} {shape['text']!r}{rest}"
            )
        case "path":
            points, lines = shape["points"], len(shape["starts"])
            return f"path {shape['paint']} {lines} of {len(points) // 2}: {numbers(points)}"
        case "dots":
            return f"dots {shape['paint']} {len(shape['points']) // 2}: {numbers(shape['points'])}"
        case "rects":
            return f"rects {shape['paint']} {len(shape['boxes']) // 4}: {numbers(shape['boxes'])}"
        case _:
            place = numbers([shape[side] for side in ("x", "y", "width", "height")])
            return f"raster {shape['rows']} x {shape['columns']}: {place}"
