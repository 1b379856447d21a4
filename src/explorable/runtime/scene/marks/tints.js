// The colours of single dots, and of the key beside them. Dots stand on paper, light or dark: what
// is near zero is grey, not clear, and the darkest and the brightest shades are left to cells.

import { colour, rangeOf } from "../colour.js";

const GREY = 150;
const MARGIN = 0.09; // of the range, at either end

/**
 * RGB and 255 of values.
 * @param {ArrayLike<number>} values @param {{ low: number, high: number, around: boolean }} range
 */
export function shadesOf(values, { low, high, around }) {
  const margin = around ? 0 : MARGIN * (high - low);
  const rgba = colour(values, low - margin, high + margin, around);
  for (let i = 0; i < rgba.length; i += 4) {
    const share = rgba[i + 3] / 255;
    for (let k = i; k < i + 3; k++) rgba[k] = share * rgba[k] + (1 - share) * GREY;
    rgba[i + 3] = 255;
  }
  return rgba;
}

/**
 * The colours of dots; what is not a number is grey.
 * @param {import("../../spec").ScatterMark} mark @param {import("./index.js").Place} place
 */
export function tints(mark, place) {
  const { data } = place.read(/** @type {string} */ (mark.colours));
  return shadesOf(data, rangeOf(mark, place, data));
}
