// Round ranges and ticks of logarithmic axes. Left out where there is none.

import { roundUp, TINY } from "./round.js";
import { plain, powerOfTen } from "./text.js";

/** @typedef {import("./ticks.js").Range} Range */
/** @typedef {import("./ticks.js").Tick} Tick */

/** @param {number} low @param {number} high @returns {Range} */
export function logRange(low, high) {
  if (high / low < 100) return [roundDown(low), roundUp(Math.max(high, low * 1.5))];
  return [10 ** Math.floor(Math.log10(low) + TINY), 10 ** Math.ceil(Math.log10(high) - TINY)];
}

/** @param {number} x */
function roundDown(x) {
  const power = 10 ** Math.floor(Math.log10(x) + TINY);
  const lead = x / power + TINY;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/** @param {number} value */
function logLabel(value) {
  const exponent = Math.floor(Math.log10(value) + TINY);
  if (exponent >= -3 && exponent <= 4) return plain(value, Math.max(0, -exponent));
  const lead = Math.round(value / 10 ** exponent);
  return lead === 1 ? powerOfTen(exponent) : `${lead}×${powerOfTen(exponent)}`;
}

/** @param {Range} range @param {number} count @returns {Tick[]} */
export function logTicks([low, high], count) {
  const decades = Math.log10(high / low);
  const leads = decades * 3 <= count ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil(decades / count));
  const ticks = [];
  for (
    let exponent = Math.floor(Math.log10(low));
    10 ** exponent <= high * (1 + TINY);
    exponent++
  ) {
    if (exponent % stride) continue;
    for (const lead of leads) {
      const value = exponent < 0 ? lead / 10 ** -exponent : lead * 10 ** exponent;
      if (value >= low * (1 - TINY) && value <= high * (1 + TINY))
        ticks.push({ value, label: logLabel(value) });
    }
  }
  return ticks;
}
