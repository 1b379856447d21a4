// Four-cornered pieces of a surface, each in its own colour, farthest first, on a canvas.

/** @typedef {Extract<import("../spec").Shape, { kind: "facets" }>} Facets */

/** Wide enough that no light comes through between neighbours. */
export const SEAM = 0.7;

/** @param {Facets} shape @param {number} k */
export const hexOf = ({ rgb }, k) =>
  "#" + [...rgb.subarray(3 * k, 3 * k + 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {CanvasRenderingContext2D} context @param {Facets} shape */
export function facetsCanvas(context, shape) {
  const { points } = shape;
  context.globalAlpha = shape.opacity ?? 1;
  context.lineWidth = SEAM;
  context.lineJoin = "bevel";
  context.setLineDash([]);
  for (let k = 0; k < points.length; k += 8) {
    context.beginPath();
    context.moveTo(points[k], points[k + 1]);
    for (let i = 2; i < 8; i += 2) context.lineTo(points[k + i], points[k + i + 1]);
    context.closePath();
    context.fillStyle = context.strokeStyle = hexOf(shape, k / 8);
    context.fill();
    context.stroke();
  }
}
