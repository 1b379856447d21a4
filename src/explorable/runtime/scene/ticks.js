// Round numbers on axes, with labels that don't collide.

import { logTicks } from "./logarithms.js";
import { roundUp, TINY } from "./round.js";
import { symlogTicks } from "./symlog.js";
import { plain, powerOfTen } from "./text.js";

/** @typedef {import("../spec").Scale} Scale */
/** @typedef {[number, number]} Range */
/** @typedef {{ value: number, label: string }} Tick */

/** @param {Range} range @param {number} step @returns {Tick[]} */
function linearTicks([low, high], step) {
  const most = Math.max(Math.abs(low), Math.abs(high));
  const exponent = Math.floor(Math.log10(most));
  // Not where the digits that differ are far behind those that don't.
  const scientific = (most >= 1e5 && step > most / 1e4) || (step < 1e-4 && most < 1e-2);
  const unit = scientific ? 10 ** exponent : 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step / unit) + TINY));
  const ticks = [];
  for (let k = Math.ceil(low / step - TINY); k * step <= high + step * TINY; k++) {
    const label = plain((k * step) / unit, Math.min(digits, 20));
    ticks.push({
      value: k * step,
      label: !scientific ? label : k ? `${label}×${powerOfTen(exponent)}` : "0",
    });
  }
  return ticks;
}

/**
 * Ticks of an axis `length` pixels long, as dense as their labels allow.
 * @param {Range} range @param {Scale} scale @param {number} length
 * @param {number} spacing pixels from tick to tick, about
 * @param {(label: string) => number} room pixels that a label takes along the axis, with the gap to
 * the next
 * @returns {Tick[]}
 */
export function ticksOf(range, scale, length, spacing, room) {
  if (scale === "symlog" && Math.max(-range[0], range[1]) > 1)
    return symlogTicks(range, length, room);
  let count = Math.max(3, Math.floor(length / spacing));
  for (; count >= 1; count--) {
    const ticks =
      scale === "log"
        ? logTicks(range, count)
        : linearTicks(range, roundUp((range[1] - range[0]) / count));
    const widest = Math.max(0, ...ticks.map(({ label }) => room(label)));
    if (ticks.length < 2 || widest * (ticks.length - 1) <= length * share(ticks, range, scale))
      return ticks;
  }
  return [];
}

/**
 * The part of the axis between the first and the last tick.
 * @param {Tick[]} ticks @param {Range} range @param {Scale} scale
 */
function share(ticks, [low, high], scale) {
  const [first, last] = [ticks[0].value, ticks[ticks.length - 1].value];
  return scale === "log"
    ? Math.log(last / first) / Math.log(high / low)
    : (last - first) / (high - low);
}
