// A scene on a canvas: the same shapes at the same places as the SVG. Words are left to the layer
// of SVG over it.

import { facetsCanvas } from "./facets.js";
import { pieces } from "./pieces.js";
import { raster } from "./raster.js";
import { drawSpots } from "./spots.js";

/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../spec").Panel} Panel */
/** @typedef {import("../spec").Shape} Shape */

const DASH = [6, 4];
/** @type {number[]} */ const SOLID = [];

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
    context.strokeStyle = colour;
    context.lineWidth = shape.width;
    context.lineJoin = shape.width > 1 ? "round" : "miter";
    context.setLineDash(shape.dash ? DASH : SOLID);
    // Nobody sees where opaque pieces overlap.
    if (pieces && pieces(context, shape)) return;
    trace(context, shape.points, shape.starts, Boolean(shape.closed && shape.fill));
    if (shape.fill) {
      context.fillStyle = colours[shape.fill];
      context.fill();
    }
    if (shape.width > 0) context.stroke();
  } else drawSpots(context, shape, colours);
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
