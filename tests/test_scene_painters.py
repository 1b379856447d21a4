"""The two painters: a scene on a canvas and its SVG show the same picture, in Chromium."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from explorable.link import link
from scenes import READ, column, plot, positions, row, slots_of

WIDTH = 480
TIME = np.linspace(0, 6, 80)
GRID = np.stack(np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5)), -1)
RANDOM = np.random.default_rng(7)
LAYOUT = column(
    row(
        plot(
            {"kind": "area", "xy": "wave"},
            {"kind": "curve", "xy": "wave", "name": "wave"},
            {"kind": "curve", "xy": "steep", "dash": True},
            x=[0, 6],
            y=[-1, 1],
        ),
        plot({"kind": "heatmap", "values": "cells", "low": None, "high": None}),
    ),
    row(
        plot(
            {"kind": "mesh", "xy": "grid"},
            {"kind": "contour", "values": "hill", "x": [-1, 1], "y": [-1, 1], "levels": 4},
            {"kind": "scatter", "xy": "dots", "labels": "classes"},
            {"kind": "arrow", "xy": "arrow"},
        ),
        plot({"kind": "bars", "heights": "heights"}, {"kind": "segments", "xy": "segment"}),
    ),
)
SLOTS = {
    "wave": positions(TIME, np.sin(TIME)),
    "steep": positions(TIME, np.tan(TIME)),
    "cells": RANDOM.normal(size=(6, 6)).astype(np.float32),
    "grid": GRID.astype(np.float32),
    "hill": np.exp(-(GRID**2).sum(-1)).astype(np.float32),
    "dots": RANDOM.uniform(-0.9, 0.9, (9, 2)).astype(np.float32),
    "classes": np.arange(9),
    "arrow": np.array([[[0, 0], [0.5, 0.6]]], np.float32),
    "heights": np.array([3, -1, 2], np.float32),
    "segment": np.array([[[-0.5, 1], [2.5, 1]]], np.float32),
}

COMPARE = """async ({ layout, slots, width }) => {
  const drawn = sceneModule.scene(layout, readOf(slots), { width, memory: {} });
  const wordless = svgModule.toSvg(drawn, { alt: "", id: "t" }).replace(/<text.*?<\\/text>/gs, "");
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([wordless], { type: "image/svg+xml" }));
  await image.decode();
  const pixels = (draw) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [drawn.width, drawn.height];
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, drawn.width, drawn.height);
    draw(context);
    return context.getImageData(0, 0, drawn.width, drawn.height).data;
  };
  const roles = wordless.matchAll(/class="ex-(\\w+)" color="(#\\w+)"/g);
  const colours = Object.fromEntries([...roles].map(([, role, colour]) => [role, colour]));
  const ours = pixels((context) => paintModule.paint(context, drawn, colours, 1));
  const theirs = pixels((context) => context.drawImage(image, 0, 0));
  const blank = pixels(() => {});
  let [apart, inked] = [0, 0];
  for (let i = 0; i < ours.length; i += 4) {
    const difference = (a, b) => Math.max(...[0, 1, 2].map((k) => Math.abs(a[i + k] - b[i + k])));
    if (difference(ours, blank) > 8) inked++;
    if (difference(ours, theirs) > 64) apart++;
  }
  return { apart, inked };
}"""


@pytest.mark.parametrize("shift", [0, 3])
def test_canvas_and_svg_show_the_same(chromium: Any, shift: int) -> None:
    page = chromium.new_page()
    for path, name in (("scene/scene", "scene"), ("scene/svg", "svg"), ("scene/index", "paint")):
        page.evaluate(link(f"{path}.js", name=f"{name}Module").text)
    page.evaluate(f"globalThis.readOf = {READ}; 0")
    given = {"layout": LAYOUT, "slots": slots_of(SLOTS), "width": WIDTH + shift}

    found = page.evaluate(COMPARE, json.loads(json.dumps(given)))
    page.close()

    assert found["inked"] > 10_000
    assert found["apart"] < 0.01 * found["inked"]


@pytest.mark.parametrize("count", [1, 3])
def test_dots_alike_are_painted_however_few(chromium: Any, count: int) -> None:
    """They are lines of nearly no length, of which browsers draw none if there is none."""
    page = chromium.new_page()
    page.evaluate(link("scene/index.js", name="paintModule").text)

    shown = page.evaluate(
        """(count) => {
          const canvas = document.createElement("canvas");
          const context = canvas.getContext("2d");
          const points = Float32Array.from({ length: 2 * count }, (_, k) => 40 + 30 * (k >> 1));
          const dots = { kind: "dots", points, radius: 6, paint: "c0", clip: false };
          const panel = { x: 0, y: 0, width: 300, height: 150, shapes: [dots] };
          const scene = { width: 300, height: 150, panels: [panel] };
          paintModule.paint(context, scene, { c0: "#f00" }, 1);
          return Array.from({ length: count }, (_, k) =>
            [...context.getImageData(40 + 30 * k, 40 + 30 * k, 1, 1).data]);
        }""",
        count,
    )
    page.close()

    assert shown == [[255, 0, 0, 255]] * count
