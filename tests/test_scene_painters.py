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
            {"kind": "scatter", "xy": "more", "labels": "thirds"},
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
    "more": RANDOM.uniform(-0.9, 0.9, (60, 2)).astype(np.float32),
    "thirds": np.arange(60) % 3,
    "arrow": np.array([[[0, 0], [0.5, 0.6]]], np.float32),
    "heights": np.array([3, -1, 2], np.float32),
    "segment": np.array([[[-0.5, 1], [2.5, 1]]], np.float32),
}

COMPARE = """async ({ layout, slots, width, other }) => {
  const laid = (width) => sceneModule.scene(layout, readOf(slots), { width, memory: {} });
  const [drawn, beside] = [laid(width), other && laid(other)];
  const svg = svgModule.toSvg(drawn, { alt: "", id: "t", beside });
  const wordless = svg.replace(/<text.*?<\\/text>/gs, "");
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
  const lines = (svg) => svg.match(/ d="[^"]{200,}"/g);
  const there = beside ? lines(svgModule.toSvg(beside, { alt: "", id: "t" })) : [];
  return { apart, inked, again: lines(svg).filter((line) => there.includes(line)).length };
}"""


@pytest.mark.parametrize(("shift", "other"), [(0, None), (3, None), (0, 510), (-40, 420)])
def test_canvas_and_svg_show_the_same(chromium: Any, shift: int, other: int | None) -> None:
    """Also a still written with the points of one of another width."""
    page = chromium.new_page()
    for path, name in (("scene/scene", "scene"), ("scene/svg", "svg"), ("scene/index", "paint")):
        page.evaluate(link(f"{path}.js", name=f"{name}Module").text)
    page.evaluate(f"globalThis.readOf = {READ}; 0")
    given = {"layout": LAYOUT, "slots": slots_of(SLOTS), "width": WIDTH + shift, "other": other}

    found = page.evaluate(COMPARE, json.loads(json.dumps(given)))
    page.close()

    assert found["inked"] > 10_000
    assert found["apart"] < 0.01 * found["inked"]
    assert found["again"] == (6 if other else 0)


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


@pytest.mark.parametrize(
    ("count", "ratio", "radius", "classes"),
    [
        *[(3000, 1, 2, 0), (3000, 2, 2, 0), (400, 1, 2, 3), (300, 2, 4, 3), (25_000, 1, 2, 0)],
        *[(25_000, 2, 2, 0), (25_000, 2, 3.2, 0), (25_000, 2, 17, 0), (25_000, 2, 2, 3)],
    ],
)
def test_many_dots_cover_what_as_many_discs_do(
    chromium: Any, count: int, ratio: int, radius: float, classes: int
) -> None:
    """They are stamped, or spread from pixel to pixel (not if they are wider than a word of bits),
    instead of being drawn one by one; those of a class over those of the class before."""
    page = chromium.new_page()
    page.evaluate(link("scene/index.js", name="paintModule").text)

    apart, more, inked = page.evaluate(
        """({ count, ratio, radius, classes }) => {
          const [width, height] = [400, 200];
          const colours = { c0: "#c04020", c1: "#20c040", c2: "#4020c0" };
          const paints = Uint8Array.from({ length: count }, (_, k) => (k * classes / count) | 0);
          const points = new Float32Array(2 * count);
          for (let k = 0; k < count; k++) {
            const reach = 95 * Math.sqrt(k / count);
            points[2 * k] = 200 + 2 * reach * Math.cos(2.399963 * k);
            points[2 * k + 1] = 100 + reach * Math.sin(2.399963 * k);
          }
          points[0] = NaN;
          points.set([-50, 20, 420, 20], 2);
          const sheet = () => {
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [width * ratio, height * ratio];
            return canvas.getContext("2d");
          };
          const [ours, theirs] = [sheet(), sheet()];
          const opacity = classes ? 1 : 0.75;
          const dots = { kind: "dots", points, radius, paint: "c0", clip: false, opacity };
          if (classes) dots.paints = paints;
          const panel = { x: 0, y: 0, width, height, shapes: [dots] };
          for (let again = 0; again < 2; again++) {
            ours.clearRect(0, 0, width, height);
            paintModule.paint(ours, { width, height, panels: [panel] }, colours, ratio);
          }
          theirs.scale(ratio, ratio);
          theirs.globalAlpha = opacity;
          for (let k = 0; k < Math.max(1, classes); k++) {
            theirs.fillStyle = colours[`c${k}`];
            theirs.beginPath();
            for (let i = 2; i < points.length; i += 2) {
              if (paints[i / 2] !== k) continue;
              theirs.moveTo(points[i] + radius, points[i + 1]);
              theirs.arc(points[i], points[i + 1], radius, 0, 7);
            }
            theirs.fill();
          }
          const read = (context) => context.getImageData(0, 0, width * ratio, height * ratio).data;
          const [a, b] = [read(ours), read(theirs)];
          let [apart, more, inked] = [0, 0, 0];
          for (let i = 3; i < a.length; i += 4) {
            more += a[i] - b[i];
            inked += b[i];
            if (!classes) apart += Math.abs(a[i] - b[i]);
            else for (let k = i - 3; k < i; k++) // each of their colours
              apart += Math.abs(a[i] * a[k] - b[i] * b[k]) / 255 / 2;
          }
          return [apart, more, inked];
        }""",
        {"count": count, "ratio": ratio, "radius": radius, "classes": classes},
    )
    page.close()

    assert inked > 1e6
    assert apart < 0.1 * inked  # discs without a rim of half covered pixels are not the same
    assert abs(more) < (0.08 if count < 1000 else 0.05) * inked


def test_words_change_where_they_stand(chromium: Any) -> None:
    """Whatever came before, they are what they are on a new layer; those that only move or count
    on are the same nodes."""
    page = chromium.new_page()
    page.evaluate(link("page/layers.js", name="layersModule").text)

    shown, fresh, kept = page.evaluate(
        """() => {
          const plain = { kind: "text", x: 20, y: 30, size: 12, anchor: "start", paint: "ink" };
          const word = (text, more) => ({ ...plain, text, ...more });
          const after = { text: "b", paint: "soft", gap: 4 };
          const up = { rotate: -90 };
          const red = { paint: "c1", halo: true };
          const all = [
            [word("a"), word("one"), word("$x$"), word("up", up), word("a", { after })],
            [
              word("a", { x: 40.04 }), word("two <3 & 4"), word("y"), word("up", { ...up, x: 2 }),
              word("a", { after: { ...after, text: "c" } }),
            ],
            [word("a", red), word(""), word("1 | 2"), word("on"), word("a")],
            [
              word("a", { ...red, x: 7, y: 8 }), word("back", { y: 1 }), word("1 `2`"),
              word("on", { weight: 600 }), word("a", { anchor: "end" }),
            ],
            [word("a")],
          ];
          const layer = layersModule.svg("svg", {});
          let before = [];
          const [shown, fresh, kept] = [[], [], []];
          for (const now of all) {
            const nodes = [...layer.children];
            layersModule.write(layer, before, now);
            const other = layersModule.svg("svg", {});
            layersModule.write(other, [], now);
            shown.push(layer.innerHTML);
            fresh.push(other.innerHTML);
            kept.push(nodes.map((node, k) => node === layer.children[k]));
            before = now;
          }
          return [shown, fresh, kept];
        }"""
    )
    page.close()

    assert shown == fresh
    assert kept[1] == [True, True, False, False, False]
    assert "two &lt;3 &amp; 4" in shown[1]
