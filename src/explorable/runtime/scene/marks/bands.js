// The bands between the lines of a filled contour, as one picture.

import { colour } from "../colour.js";

const BAND_PIXELS = 3; // the size of a pixel of the picture

/**
 * @param {ArrayLike<number>} values @param {number} rows @param {number} columns
 * @param {number[]} levels @param {import("../frame.js").Box} box
 * @returns {import("../../spec").Shape}
 */
export function bands(values, rows, columns, levels, box) {
  const [across, down] = [
    Math.max(2, Math.round(box.width / BAND_PIXELS)),
    Math.max(2, Math.round(box.height / BAND_PIXELS)),
  ];
  const band = new Float32Array(across * down);
  for (let j = 0; j < down; j++) {
    const y = (1 - (j + 0.5) / down) * (rows - 1);
    const row = Math.min(rows - 2, Math.floor(y));
    for (let i = 0; i < across; i++) {
      const x = ((i + 0.5) / across) * (columns - 1);
      const column = Math.min(columns - 2, Math.floor(x));
      const at = row * columns + column;
      const [s, t] = [x - column, y - row];
      const value =
        (1 - t) * ((1 - s) * values[at] + s * values[at + 1]) +
        t * ((1 - s) * values[at + columns] + s * values[at + columns + 1]);
      band[j * across + i] =
        value === value ? levels.filter((level) => level <= value).length : NaN;
    }
  }
  return {
    kind: "raster",
    ...box,
    rows: down,
    columns: across,
    rgba: colour(band, 0, Math.max(1, levels.length), false),
  };
}
