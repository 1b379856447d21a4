// Several pictures of one size in rows, with gaps between them and a line of text under each.

import { fit } from "../short.js";
import { textOf } from "../text.js";
import { rgbaOf } from "../pixels.js";

/** @typedef {import("../../spec").ImageMark} ImageMark */

const SIZE = 12;
const SMALLEST = 8;

/** @param {ImageMark} mark pixels of the whole and where a picture begins */
function layoutOf({ grid, across: asked, labels }) {
  const [count, height, width] = /** @type {number[]} */ (grid);
  const across = Math.max(1, Math.min(asked ?? Math.ceil(Math.sqrt((count * height) / width)), count));
  const gap = Math.max(1, Math.round(Math.min(height, width) / 8));
  const below = labels ? gap + Math.ceil(0.3 * height) : gap;
  const down = Math.ceil(count / across);
  return {
    ...{ count, height, width, below },
    columns: across * (width + gap) - gap,
    rows: down * (height + below) - (labels ? 0 : gap),
    left: (/** @type {number} */ k) => (k % across) * (width + gap),
    top: (/** @type {number} */ k) => Math.floor(k / across) * (height + below),
  };
}

/** Pixels of all pictures, with the gaps: columns and rows. @param {ImageMark} mark */
export function gridSize(mark) {
  const { columns, rows } = layoutOf(mark);
  return [columns, rows];
}

/**
 * @param {ImageMark} mark @param {import("./index.js").Place} place
 * @param {import("../frame.js").Box} box
 */
export function drawGrid(mark, { read, frame }, box) {
  const { count, height, width, below, columns, rows, left, top } = layoutOf(mark);
  const reading = read(mark.values);
  const channels = reading.shape[3] ?? 1;
  const pixels = rgbaOf({ ...reading, shape: [count * height, width, channels] });
  // Between the pictures the paper shows.
  const rgba = new Uint8ClampedArray(4 * columns * rows);
  for (let k = 0; k < count; k++) {
    for (let row = 0; row < height; row++) {
      const from = 4 * width * (k * height + row);
      rgba.set(pixels.subarray(from, from + 4 * width), 4 * ((top(k) + row) * columns + left(k)));
    }
  }
  frame.shapes.push({ kind: "raster", ...box, rows, columns, rgba });
  const scale = box.width / columns;
  const size = Math.min(SIZE, Math.floor(0.8 * scale * below));
  for (const [k, label] of (size < SMALLEST ? [] : (mark.labels ?? []).slice(0, count)).entries()) {
    frame.shapes.push({
      kind: "text",
      x: box.x + scale * (left(k) + width / 2),
      y: box.y + scale * (top(k) + height + below / 2) + 0.36 * size,
      text: fit(textOf(label, read), size, scale * width + 2),
      size,
      anchor: "middle",
      paint: "soft",
    });
  }
}
