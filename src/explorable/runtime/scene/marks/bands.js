// The bands between the lines of a filled contour, as one picture, and the key to them.

import { colour, rangeOf } from "../colour.js";
import { brief } from "../short.js";

/** @typedef {import("../../spec").ContourMark} ContourMark */
/** @typedef {import("./index.js").Place} Place */

const BAND_PIXELS = 1.5; // the size of a pixel of the picture

/** The middle of each band: half a step outside the first and the last level. @param {number[]} levels */
function middles(levels) {
  const last = levels.length - 1;
  const step = last > 0 ? (levels[last] - levels[0]) / last : 1;
  return [...levels, levels[last] + step].map((level, k) =>
    k ? (level + levels[k - 1]) / 2 : level - step / 2,
  );
}

/**
 * @param {ContourMark} mark @param {Place} place @param {number[]} levels
 * @param {import("../frame.js").Box} box
 * @returns {import("../../spec").Shape}
 */
export function bands(mark, place, levels, box) {
  const { data: values, shape } = place.read(mark.values);
  const [rows, columns] = shape;
  const [across, down] = [
    Math.max(2, Math.round(box.width / BAND_PIXELS)),
    Math.max(2, Math.round(box.height / BAND_PIXELS)),
  ];
  const shades = middles(levels);
  const band = new Float32Array(across * down);
  for (let j = 0; j < down; j++) {
    const y = (1 - (j + 0.5) / down) * (rows - 1);
    const row = Math.min(rows - 2, Math.floor(y));
    const t = y - row;
    for (let i = 0; i < across; i++) {
      const x = ((i + 0.5) / across) * (columns - 1);
      const column = Math.min(columns - 2, Math.floor(x));
      const at = row * columns + column;
      const s = x - column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + columns], values[at + columns + 1]];
      const value = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * c + s * d);
      // How far the value goes in one pixel: the edges of bands are as soft as that.
      const sideways = ((1 - t) * (b - a) + t * (d - c)) * ((columns - 1) / across);
      const upwards = ((1 - s) * (c - a) + s * (d - b)) * ((rows - 1) / down);
      const soft = Math.hypot(sideways, upwards) || 1e-30;
      let shade = value === value ? shades[0] : NaN;
      for (let k = 0; k < levels.length; k++) {
        const beyond = (value - levels[k]) / soft + 0.5;
        if (beyond <= 0) break;
        shade += Math.min(1, beyond) * (shades[k + 1] - shades[k]);
      }
      band[j * across + i] = shade;
    }
  }
  const { low, high, around } = rangeOf(mark, place, shades);
  return {
    kind: "raster",
    ...box,
    rows: down,
    columns: across,
    rgba: colour(band, low, high, around),
    smooth: true,
  };
}

/** What a number is written on. @param {ContourMark} mark @param {Place} place @param {number[]} levels @param {number} k */
export function inkOn(mark, place, levels, k) {
  const shades = middles(levels);
  const { low, high, around } = rangeOf(mark, place, shades);
  const [red, green, blue, alpha] = colour([(shades[k] + shades[k + 1]) / 2], low, high, around);
  if (alpha < 140) return "ink";
  return 0.3 * red + 0.6 * green + 0.1 * blue > 140 ? "dark" : "bright";
}

/**
 * The colours of the key from top to bottom, and its numbers by their place in it.
 * @param {ContourMark} mark @param {Place} place @param {number[]} levels
 */
export function bandKey(mark, place, levels) {
  const shades = middles(levels);
  const { low, high, around } = rangeOf(mark, place, shades);
  const stride = Math.ceil(levels.length / 8);
  const first = Math.max(0, levels.indexOf(0)) % stride;
  const ticks = levels.map((level, k) => ({ label: brief(level), at: 1 - (k + 1) / shades.length }));
  return {
    rgba: colour(shades.reverse(), low, high, around),
    ticks: ticks.filter((_, k) => k % stride === first),
  };
}
