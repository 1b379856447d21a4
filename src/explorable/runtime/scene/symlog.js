// An axis that is a logarithm far from zero, on both sides, and straight near it: between -1 and 1.

import { powerOfTen } from "./text.js";

/** @typedef {[number, number]} Range */

/** @param {number} x */
export const bend = (x) => Math.sign(x) * Math.log1p(Math.abs(x));
/** @param {number} x */
export const unbend = (x) => Math.sign(x) * Math.expm1(Math.abs(x));

/** The smallest of 1, 2, 5 times a power of ten that holds what lies this far from zero. @param {number} x */
function outwards(x) {
  const size = Math.abs(x);
  if (size < 1e-9) return 0;
  const power = 10 ** Math.floor(Math.log10(size) + 1e-9);
  const lead = [1, 2, 5, 10].find((step) => size <= step * power * (1 + 1e-9)) ?? 10;
  return Math.sign(x) * lead * power;
}

/** @param {number} low @param {number} high @returns {Range} */
export function symlogRange(low, high) {
  if (!(low <= high)) return [-1, 1];
  const range = /** @type {Range} */ ([Math.min(0, outwards(low)), Math.max(0, outwards(high))]);
  return range[0] < range[1] ? range : [-1, 1];
}

/** @param {number} value */
function labelOf(value) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size < 1e4) return sign + size;
  const exponent = Math.floor(Math.log10(size) + 1e-9);
  const lead = Math.round(size / 10 ** exponent);
  return `${sign}${lead === 1 ? "" : `${lead}×`}${powerOfTen(exponent)}`;
}

/**
 * Zero, and powers of ten on both sides, as many as their labels allow.
 * @param {Range} range @param {number} length pixels
 * @param {(label: string) => number} room pixels that a label takes along the axis
 */
export function symlogTicks([low, high], length, room) {
  const most = Math.log10(Math.max(1, -low, high));
  const unit = length / (bend(high) - bend(low));
  for (const [leads, first, stride] of /** @type {[number[], number, number][]} */ ([
    [[1, 2, 5], 0, 1],
    [[1], 0, 1],
    ...[1, 2, 3, 4, 6, 9, 12].map((every) => [[1], every, every]),
  ])) {
    const values = [0];
    for (let k = first; k <= most + 1e-9; k += stride)
      for (const lead of leads) values.push(lead * 10 ** k, -lead * 10 ** k);
    const inside = values.filter((v) => v >= low && v <= high).sort((a, b) => a - b);
    const ticks = inside.map((value) => ({ value, label: labelOf(value) }));
    const clear = ticks.every(({ value, label }, k) => {
      if (!k) return true;
      const before = ticks[k - 1];
      return (
        (bend(value) - bend(before.value)) * unit >= (room(label) + room(before.label)) / 2 - 1e-6
      );
    });
    if (clear) return ticks;
  }
  return [];
}
