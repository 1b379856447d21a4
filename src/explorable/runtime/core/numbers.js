// What a slider takes of a number, and what other controls take of each of theirs.

import { logDigits } from "./log_scale.js";

/** @typedef {import("./controls.js").Ranged} Ranged */

/** @param {number} low @param {number} high @param {number} x */
export const clamp = (low, high, x) => Math.min(high, Math.max(low, x));

/** Within the range, on its grid. @param {Ranged} control @param {number} x */
export function snapped({ low, high, step }, x) {
  const near = step ? Number((low + Math.round((x - low) / step) * step).toPrecision(12)) : x;
  return clamp(low, high, near);
}

/** @param {string} name @param {unknown} asked */
export function finite(name, asked) {
  const x = typeof asked === "string" && asked.trim() ? Number(asked) : asked;
  if (typeof x !== "number" || Number.isNaN(x)) throw wrong(name, "a number", asked);
  return x;
}

/** @param {string} name @param {string} expected @param {unknown} got */
export const wrong = (name, expected, got) =>
  new Error(`'${name}' takes ${expected}, got ${JSON.stringify(got)}`);

/** A number of a range as the reader sees it, without the unit. @param {Ranged} control @param {number} x */
export function digits({ low, high, scale, step }, x) {
  if (scale === "log") return logDigits(x);
  // As many decimals as a hundredth of the range, or a step, needs.
  const unit = step ?? (high - low) / 100;
  return x
    .toFixed(step ? decimals(step) : clamp(0, 8, Math.ceil(-Math.log10(unit) - 0.1)))
    .replace("-", "−");
}

/** @param {number} step */
const decimals = (step) =>
  String(step).split("e-")[1] ? 8 : (String(step).split(".")[1] ?? "").length;
