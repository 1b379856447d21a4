// Lines of equal value over a rectangle: marching squares, the pieces joined into long lines.

import { Pen } from "../pen.js";
import { roundUp } from "../round.js";
import { bands, inkOn } from "./bands.js";
import { writeLevel } from "./level.js";

/** @typedef {import("../../spec").ContourMark} ContourMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const FAINT = 0.35;
const STRONG = 0.9;

/**
 * Where lines enter and leave a cell, by which of its corners (top left first, clockwise) are
 * above: edges 0 top, 1 right, 2 bottom, 3 left.
 */
const CASES = [
  [],
  [3, 0],
  [0, 1],
  [3, 1],
  [1, 2],
  [3, 0, 1, 2],
  [0, 2],
  [3, 2],
  [2, 3],
  [2, 0],
  [0, 1, 2, 3],
  [2, 1],
  [1, 3],
  [1, 0],
  [0, 3],
  [],
];

/**
 * Round values inside the data's range, about as many as asked.
 * @param {ArrayLike<number>} values @param {number | number[]} levels
 * @returns {number[]}
 */
export function levelsOf(values, levels) {
  if (typeof levels !== "number") return [...levels].sort((a, b) => a - b);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low && values[i] > -Infinity) low = values[i];
    if (values[i] > high && values[i] < Infinity) high = values[i];
  }
  if (!(low < high)) return [];
  const step = roundUp((high - low) / (levels + 1));
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return found;
}

const NONE = -1;
/**
 * The two edges that each edge is joined to; all are free again when the lines have been followed.
 */
let joined = new Int32Array(0);

/** @param {number} from @param {number} to */
const link = (from, to) => (joined[2 * from + Number(joined[2 * from] !== NONE)] = to);

/** @param {number} from @param {number} to */
function unlink(from, to) {
  if (joined[2 * from + 1] !== to) joined[2 * from] = joined[2 * from + 1];
  joined[2 * from + 1] = NONE;
}

/**
 * The lines of one level, in grid coordinates (column, row): each a flat list x, y, x, y...
 * @param {ArrayLike<number>} values @param {number} rows @param {number} columns
 * @param {number} level
 * @returns {number[][]}
 */
export function isolines(values, rows, columns, level) {
  // An edge of the grid is known by its lower corner, twice, plus one if it is vertical.
  if (joined.length < 4 * rows * columns) joined = new Int32Array(4 * rows * columns).fill(NONE);
  /** @type {number[]} */ const touched = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const a = values[at];
      const b = values[at + 1];
      const c = values[at + columns + 1];
      const d = values[at + columns];
      let corners =
        Number(a >= level) +
        2 * Number(b >= level) +
        4 * Number(c >= level) +
        8 * Number(d >= level);
      if (corners === 0 || corners === 15 || !Number.isFinite(a + b + c + d)) continue;
      // A saddle is cut by the value of its middle.
      if ((corners === 5 || corners === 10) && (a + b + c + d) / 4 >= level) corners = 15 - corners;
      const edges = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1];
      const pieces = CASES[corners];
      for (let k = 0; k < pieces.length; k += 2) {
        const [from, to] = [edges[pieces[k]], edges[pieces[k + 1]]];
        link(from, to);
        link(to, from);
        touched.push(from, to);
      }
    }
  }
  /** @type {number[][]} */ const lines = [];
  const follow = (/** @type {number} */ start) => {
    const line = [];
    for (let edge = start, next = start; next !== NONE; edge = next) {
      const at = edge >> 1;
      const vertical = edge & 1;
      const t = (level - values[at]) / (values[at + (vertical ? columns : 1)] - values[at]);
      line.push((at % columns) + (vertical ? 0 : t), Math.floor(at / columns) + (vertical ? t : 0));
      next = joined[2 * edge];
      if (next === NONE) continue;
      unlink(edge, next);
      unlink(next, edge);
    }
    if (line.length > 2) lines.push(line);
  };
  // Open lines from their ends first; what remains are rings.
  for (const edge of touched)
    if (joined[2 * edge] !== NONE && joined[2 * edge + 1] === NONE) follow(edge);
  for (const edge of touched) if (joined[2 * edge] !== NONE) follow(edge);
  return lines;
}

/** @type {Drawing<ContourMark>} */
export const contour = {
  extent: (mark, _read, extent) => extent.rectangle(mark.x, mark.y),
  draw(mark, place) {
    const { read, frame } = place;
    const { data, shape } = read(mark.values);
    const [rows, columns] = shape;
    const levels = levelsOf(data, mark.levels);
    const box = frame.box(mark.x, mark.y);
    if (mark.filled && levels.length) frame.shapes.push(bands(mark, place, levels, box));
    for (const [k, level] of levels.entries()) {
      const pen = new Pen(frame);
      for (const line of isolines(data, rows, columns, level)) {
        const pixels = Float32Array.from(line, (at, i) =>
          i % 2
            ? box.y + (1 - at / (rows - 1)) * box.height
            : box.x + (at / (columns - 1)) * box.width,
        );
        const ink = mark.filled && mark.labels ? inkOn(mark, place, levels, k) : "soft";
        for (const piece of mark.labels ? writeLevel(pixels, level, ink, frame) : [pixels]) {
          pen.lift();
          for (let i = 0; i < piece.length; i += 2) pen.to(piece[i], piece[i + 1]);
        }
      }
      const opacity = mark.filled
        ? 0.5
        : levels.length === 1
          ? STRONG
          : FAINT + ((STRONG - FAINT) * k) / Math.max(1, levels.length - 1);
      frame.shapes.push({
        kind: "path",
        ...pen.take(),
        paint: mark.filled ? "paper" : "soft",
        width: mark.width ?? 1,
        opacity,
        clip: true,
      });
    }
  },
};
