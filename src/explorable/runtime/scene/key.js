// The key of a mark's colours: a slim bar beside the plot, with the values at its ends.

import { brief } from "./text.js";
import { colour, rangeOf } from "./colour.js";
import { shadesOf } from "./marks/tints.js";

/** @typedef {import("../spec").HeatmapMark} HeatmapMark */
/** @typedef {import("../spec").ScatterMark} ScatterMark */
/** @typedef {import("./frame.js").Frame} Frame */

const STEPS = 24;
const BAR = 10;
const GAP = 10;
const SIZE = 12;

export const KEY = {
  width: GAP + BAR + 46,
  fromWidth: 300,
  /**
   * Not for what the reader paints, nor for true and false.
   * @param {import("../spec").Mark} mark @param {import("../core/memory.js").Read} read
   * @param {boolean} picture
   */
  suits: (mark, read, picture) =>
    mark.kind === "heatmap"
      ? picture && !mark.edit && read(mark.values).dtype.startsWith("float")
      : "colours" in mark,
};

/**
 * @param {Frame} frame @param {HeatmapMark | ScatterMark} mark
 * @param {import("./marks/index.js").Place} place
 */
export function drawKey(frame, mark, place) {
  const dots = mark.kind === "scatter";
  const slot = /** @type {string} */ (dots ? mark.colours : mark.values);
  const range = rangeOf(mark, place, place.read(slot).data);
  const { low, high, around } = range;
  const x = frame.x + frame.width + GAP;
  const height = Math.min(frame.height, 240);
  const values = Array.from({ length: STEPS }, (_, k) => high - ((k + 0.5) / STEPS) * (high - low));
  frame.shapes.push({
    kind: "raster",
    x,
    y: frame.y,
    width: BAR,
    height,
    rows: STEPS,
    columns: 1,
    rgba: dots ? shadesOf(values, range) : colour(values, low, high, around),
    free: true,
  });
  for (const [value, y] of [
    [high, frame.y + 0.75 * SIZE],
    [low, frame.y + height],
  ]) {
    frame.shapes.push({
      kind: "text",
      x: x + BAR + 5,
      y,
      text: brief(value),
      size: SIZE,
      anchor: "start",
      paint: "soft",
    });
  }
}
