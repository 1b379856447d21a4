// What marks of cells share: tints that numbers can be read on, frames around chosen cells, the size
// of type that fits.

import { colour } from "./colour.js";

/** @typedef {import("../spec").Shape} Shape */
/** @typedef {import("./frame.js").Box} Box */

export const WASH = 0.55; // of the colour of a heatmap: numbers stay legible in both themes

/**
 * Cells tinted by their size: orange above zero, blue below, full at `most`.
 * @param {ArrayLike<number>} values @param {number} most @param {number} rows
 * @param {number} columns @param {Box} box @returns {Shape}
 */
export function tinted(values, most, rows, columns, box) {
  const rgba = colour(values, -most, most, true);
  for (let i = 3; i < rgba.length; i += 4) rgba[i] *= WASH;
  return { kind: "raster", ...box, rows, columns, rgba };
}

/**
 * The outline of the cells chosen: a line wherever one meets one that is not.
 * @param {ArrayLike<number>} mask @param {number} rows @param {number} columns @param {Box} box
 * @returns {Shape}
 */
export function framed(mask, rows, columns, box) {
  /** @type {number[]} */ const points = [];
  const [across, down] = [box.width / columns, box.height / rows];
  const chosen = (/** @type {number} */ row, /** @type {number} */ column) =>
    row >= 0 && row < rows && column >= 0 && column < columns && Boolean(mask[row * columns + column]);
  const line = (/** @type {number[]} */ ...[x0, y0, x1, y1]) =>
    points.push(box.x + x0 * across, box.y + y0 * down, box.x + x1 * across, box.y + y1 * down);
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const here = chosen(row, column);
      if (here !== chosen(row - 1, column)) line(column, row, column + 1, row);
      if (here !== chosen(row, column - 1)) line(column, row, column, row + 1);
    }
  }
  const starts = Array.from({ length: points.length / 4 }, (_, k) => 2 * k);
  return { kind: "path", points: Float32Array.from(points), starts, paint: "c1", width: 2, clip: false };
}
