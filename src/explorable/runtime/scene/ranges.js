// Ranges that hold the data, where the author has given none: the smallest round ones.

import { logRange } from "./logarithms.js";
import { Extent } from "./marks/extent.js";
import { drawingOf } from "./marks/index.js";
import { roundUp, TINY } from "./round.js";
import { symlogRange } from "./symlog.js";

/** @typedef {import("./ticks.js").Range} Range */
/** @typedef {import("./ticks.js").Scale} Scale */

const FINE = 20; // steps of which a round range is made

/**
 * The smallest round range that holds low..high.
 * @param {number} low @param {number} high @param {Scale} scale
 * @returns {Range}
 */
export function roundRange(low, high, scale) {
  if (scale === "symlog") return symlogRange(low, high);
  if (!(low <= high)) return scale === "log" ? [1, 10] : [0, 1];
  if (scale === "log") return logRange(low, high);
  if (low === high) {
    const half = low === 0 ? 1 : Math.abs(low) / 2;
    return roundRange(low - half, high + half, scale);
  }
  const step = roundUp((high - low) / FINE);
  // Multiplying by the step alone would give 0.30000000000000004.
  const digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
  const snap = (/** @type {number} */ k) =>
    digits <= 100 ? Number((k * step).toFixed(digits)) : k * step;
  return [snap(Math.floor(low / step + TINY)), snap(Math.ceil(high / step - TINY))];
}

/**
 * @param {Range} held @param {boolean} tight @param {import("../spec").Scale} scale
 * @returns {Range}
 */
const rangeOf = ([low, high], tight, scale) =>
  tight && low < high ? [low, high] : roundRange(low, high, scale);

/**
 * What the axes of a plot have held so far, and the ranges they show; `tight`: those that end where
 * the data end.
 * @param {import("../spec").Plot} plot @param {import("./plot.js").Source} source
 * @returns {{ x: Range, y: Range, xRange: Range, yRange: Range, tightX?: boolean, tightY?: boolean }}
 */
export function rangesOf(plot, source) {
  const extent = new Extent(plot.xScale === "log", plot.yScale === "log");
  // The box of a plot in space has ranges of its own.
  for (const mark of plot.space ? [] : plot.marks)
    drawingOf(mark).extent(mark, source.read, extent);
  const x = plot.x ?? source.hold("x", extent.xLow, extent.xHigh);
  const y = plot.y ?? source.hold("y", extent.yLow, extent.yHigh);
  const { tightX, tightY } = extent;
  const xRange = plot.x ?? rangeOf(x, tightX, plot.xScale);
  const yRange = plot.y ?? rangeOf(y, tightY, plot.yScale);
  return { x, y, xRange, yRange, tightX, tightY };
}
