// Dots and boxes on a canvas.

import { stamp } from "./stamps.js";

const ROUND = 2 * Math.PI;
const HARDLY = 0.01;
const MANY = 200;
/** @type {number[]} */ const SOLID = [];

/** The colour of one of many dots, as CSS writes it. @param {ArrayLike<number>} rgba @param {number} i */
export const cssOf = (rgba, i) => {
  const [red, green, blue, alpha] = [0, 1, 2, 3].map((k) => rgba[4 * i + k]);
  const rgb = `${red},${green},${blue}`;
  return alpha < 255 ? `rgba(${rgb},${(alpha / 255).toFixed(2)})` : `rgb(${rgb})`;
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Extract<import("../spec").Shape, { kind: "rects" | "dots" }>} shape
 * @param {Record<string, string>} colours by role
 */
export function drawSpots(context, shape, colours) {
  const colour = colours[shape.paint];
  if (shape.kind === "rects") {
    context.fillStyle = colour;
    const { boxes } = shape;
    // One path: filled one by one, neighbours would let light through between them.
    context.beginPath();
    for (let i = 0; i < boxes.length; i += 4)
      context.rect(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
    context.fill();
  } else {
    const { points, paints, radii, rgba } = shape;
    if (!rgba && !radii) {
      if (stamp && points.length > 2 * MANY) return stamp(context, shape, colours);
      // As in the still, those of a colour together.
      for (const k of paints ? new Set(paints) : [-1])
        dots(context, shape, colours[paints ? `c${k}` : shape.paint], k);
      return;
    }
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
 * @param {CanvasRenderingContext2D} context @param {Extract<import("../spec").Shape, { kind: "dots" }>} shape
 * @param {string} colour @param {number} k of which paint, where they have several
 */
function dots(context, { points, paints, radius }, colour, k) {
  context.strokeStyle = colour;
  context.lineWidth = 2 * radius;
  context.lineCap = "round";
  context.setLineDash(SOLID);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    if (paints && paints[i / 2] !== k) continue;
    context.moveTo(points[i], points[i + 1]);
    context.lineTo(points[i] + HARDLY, points[i + 1]);
  }
  context.stroke();
  context.lineCap = "butt";
}
