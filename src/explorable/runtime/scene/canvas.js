// A scene on a canvas: the same shapes at the same places as the SVG. Words are left to the layer
// of SVG over it.

import { facetsCanvas } from "./facets.js";
import { raster } from "./raster.js";
import { cssOf } from "./words.js";

/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../spec").Panel} Panel */
/** @typedef {import("../spec").Shape} Shape */

const DASH = [6, 4];
/** @type {number[]} */ const SOLID = [];
const ROUND = 2 * Math.PI;
const HARDLY = 0.01;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {Record<string, string>} colours by role
 * @param {number} ratio device pixels to a pixel of the scene
 */
export function paint(context, scene, colours, ratio) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const panel of scene.panels) {
    for (const shape of panel.shapes) {
      if (shape.kind === "text") continue;
      const clipped = shape.kind === "raster" ? !shape.free : shape.clip;
      if (clipped) {
        context.save();
        context.beginPath();
        context.rect(panel.x, panel.y, panel.width, panel.height);
        context.clip();
      }
      draw(context, shape, colours);
      if (clipped) context.restore();
    }
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Exclude<Shape, { kind: "text" }>} shape
 * @param {Record<string, string>} colours
 */
function draw(context, shape, colours) {
  if (shape.kind === "raster") return raster(context, shape);
  if (shape.kind === "facets") return facetsCanvas(context, shape);
  const colour = colours[shape.paint];
  context.globalAlpha = shape.opacity ?? 1;
  if (shape.kind === "path") {
    trace(context, shape.points, shape.starts, Boolean(shape.closed && shape.fill));
    if (shape.fill) {
      context.fillStyle = colours[shape.fill];
      context.fill();
    }
    if (shape.width > 0) {
      context.strokeStyle = colour;
      context.lineWidth = shape.width;
      context.lineJoin = shape.width > 1 ? "round" : "miter";
      context.setLineDash(shape.dash ? DASH : SOLID);
      context.stroke();
    }
  } else if (shape.kind === "rects") {
    context.fillStyle = colour;
    const { boxes } = shape;
    // One path: filled one by one, neighbours would let light through between them.
    context.beginPath();
    for (let i = 0; i < boxes.length; i += 4)
      context.rect(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
    context.fill();
  } else {
    const { points, paints, radii, rgba } = shape;
    if (!paints && !rgba && !radii) return dots(context, points, shape.radius, colour);
    context.fillStyle = colour;
    for (let i = 0; i < points.length; i += 2) {
      if (rgba) context.fillStyle = cssOf(rgba, i / 2);
      else if (paints) context.fillStyle = colours[`c${paints[i / 2]}`];
      context.beginPath();
      context.arc(points[i], points[i + 1], radii ? radii[i / 2] : shape.radius, 0, ROUND);
      context.fill();
    }
  }
}

/**
 * Alike, in one path: lines of next to no length with round ends, which cost a sixth of arcs. Of none at all a browser
 * may draw nothing; Chromium does so where there is but one.
 * @param {CanvasRenderingContext2D} context @param {Float32Array} points @param {number} radius
 * @param {string} colour
 */
function dots(context, points, radius, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2 * radius;
  context.lineCap = "round";
  context.setLineDash(SOLID);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    context.moveTo(points[i], points[i + 1]);
    context.lineTo(points[i] + HARDLY, points[i + 1]);
  }
  context.stroke();
  context.lineCap = "butt";
}

/**
 * @param {CanvasRenderingContext2D} context @param {Float32Array} points @param {number[]} starts
 * @param {boolean} closed
 */
function trace(context, points, starts, closed) {
  context.beginPath();
  for (let k = 0; k < starts.length; k++) {
    const end = k + 1 < starts.length ? starts[k + 1] : points.length / 2;
    context.moveTo(points[2 * starts[k]], points[2 * starts[k] + 1]);
    for (let i = starts[k] + 1; i < end; i++) context.lineTo(points[2 * i], points[2 * i + 1]);
    if (closed) context.closePath();
  }
}
