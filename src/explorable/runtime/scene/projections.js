// Pixels of a value on axes that are no straight measure.

import { bend } from "./symlog.js";

/**
 * @param {import("./ticks.js").Range} range @param {"log" | "symlog"} scale
 * @param {number} from @param {number} to pixels
 * @returns {(value: number) => number}
 */
export function projectorOf([low, high], scale, from, to) {
  if (scale === "log") {
    const start = Math.log(low);
    const unit = (to - from) / (Math.log(high) - start);
    return (value) => (value > 0 ? from + (Math.log(value) - start) * unit : NaN);
  }
  const start = bend(low);
  const unit = (to - from) / (bend(high) - start);
  return (value) => from + (bend(value) - start) * unit;
}
