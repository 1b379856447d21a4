// Two stills of a figure show the same points, moved and scaled. The second writes those of the first and how they
// lie there: compressed, a page has them once.

/** @typedef {import("../spec").Shape} Shape */
/** @typedef {Extract<Shape, { points: Float32Array }>} Drawn */
/**
 * `scale`: what the transform does to the width of a line.
 * @typedef {{ points: Float32Array, transform?: string, scale: number }} Written
 */

/** Fewer are as short without. */
const FEW = 40;
/** Pixels that a point may be off, no more than a still is rounded by. */
const OFF = 0.05;
/** How unlike both scales may be: a line is thinner or thicker by half as much then. */
const UNLIKE = 1.1;

/**
 * The points to write for a shape, and what brings them to their place.
 * @param {Drawn} shape @param {Shape[]} others of the other still
 * @returns {Written}
 */
export function twin(shape, others) {
  const { points } = shape;
  if (points.length >= 2 * FEW)
    for (const other of others) {
      if (!alike(shape, other)) continue;
      const [x, y] = [0, 1].map((first) => line(points, other.points, first));
      if (!x || !y || Math.max(x.scale / y.scale, y.scale / x.scale) > UNLIKE) continue;
      const transform = placing(x.shift, y.shift, x.scale, y.scale);
      return { points: other.points, transform, scale: Math.sqrt(x.scale * y.scale) };
    }
  return { points, scale: 1 };
}

/**
 * Have both the same lines, or as many dots or pieces?
 * @param {Drawn} shape @param {Shape} other @returns {other is Drawn}
 */
const alike = (shape, other) =>
  "points" in other &&
  other.kind === shape.kind &&
  other.points.length === shape.points.length &&
  (shape.kind !== "path" || (other.kind === "path" && String(other.starts) === String(shape.starts)));

/** @param {number} value @param {number} digits behind the point */
export const rounded = (value, digits) => Number(value.toFixed(digits));

/**
 * An attribute `transform` that scales, then moves.
 * @type {(x: number, y: number, across: number, down: number) => string}
 */
export const placing = (x, y, across, down) =>
  `translate(${rounded(x, 2)} ${rounded(y, 2)})scale(${rounded(across, 5)} ${rounded(down, 5)})`;

/**
 * What makes one coordinate of the others into that of the points, if one rule does for all.
 * @param {Float32Array} points @param {Float32Array} others @param {number} first 0 for x, 1 for y
 */
function line(points, others, first) {
  let [low, high] = [first, first];
  for (let i = first; i < others.length; i += 2) {
    if (others[i] < others[low]) low = i;
    if (others[i] > others[high]) high = i;
  }
  const extent = others[high] - others[low];
  const scale = extent > 1 ? (points[high] - points[low]) / extent : 1;
  const shift = points[low] - scale * others[low];
  for (let i = first; i < others.length; i += 2)
    if (!(Math.abs(scale * others[i] + shift - points[i]) <= OFF)) return undefined;
  return { scale, shift };
}
