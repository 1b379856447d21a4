// The key of a mark's colours: a slim bar beside the plot, with the values at its ends.

import { brief } from "./short.js";
import { colour, rangeOf } from "./colour.js";
import { bandKey } from "./marks/bands.js";
import { levelsOf } from "./marks/contour.js";
import { shadesOf } from "./marks/tints.js";

/** @typedef {import("../spec").HeatmapMark} HeatmapMark */
/** @typedef {import("../spec").ScatterMark} ScatterMark */
/** @typedef {import("../spec").ContourMark} ContourMark */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./marks/index.js").Place} Place */
/** @typedef {HeatmapMark | ScatterMark | ContourMark} Keyed */

const STEPS = 24;
const BAR = 10;
const GAP = 10;
const SIZE = 12;

export const KEY = {
  width: GAP + BAR + 46,
  fromWidth: 300,
  /**
   * Not for what the reader paints, nor for whole numbers, true and false, nor for lines that have
   * their numbers on them.
   * @param {import("../spec").Mark} mark @param {boolean} picture
   * @param {import("../core/memory.js").Read} [read] absent while there are no numbers yet
   */
  suits: (mark, picture, read) =>
    mark.kind === "heatmap"
      ? picture && !mark.edit && (!read || read(mark.values).dtype.startsWith("float"))
      : mark.kind === "contour"
        ? mark.filled && !mark.labels
        : mark.kind === "scatter" && mark.colours,
};

/**
 * The colours from top to bottom, and the numbers beside them by their place.
 * @param {Keyed} mark @param {Place} place @param {number} height
 */
function entries(mark, place, height) {
  if (mark.kind === "contour") {
    const levels = levelsOf(place.read(mark.values).data, mark.levels);
    return levels.length ? bandKey(mark, place, levels) : null;
  }
  const slot = /** @type {string} */ (mark.kind === "scatter" ? mark.colours : mark.values);
  const { data } = place.read(slot);
  const range = rangeOf(mark, place, data);
  const { low, high, around } = range;
  const [from, to] = range.ends;
  const values = Array.from({ length: STEPS }, (_, k) => to - ((k + 0.5) / STEPS) * (to - from));
  return {
    rgba:
      mark.kind === "scatter" ? shadesOf(values, range) : colour(values, low, high, around),
    ticks: [
      { label: brief(to), at: (0.39 * SIZE) / height },
      { label: brief(from), at: 1 - (0.36 * SIZE) / height },
    ],
  };
}

/** @param {Frame} frame @param {Keyed} mark @param {Place} place */
export function drawKey(frame, mark, place) {
  const x = frame.x + frame.width + GAP;
  const height = Math.min(frame.height, 240);
  const found = entries(mark, place, height);
  if (!found) return;
  const { rgba, ticks } = found;
  frame.shapes.push({
    kind: "raster",
    x,
    y: frame.y,
    width: BAR,
    height,
    rows: rgba.length / 4,
    columns: 1,
    rgba,
    free: true,
  });
  for (const { label, at } of ticks)
    frame.shapes.push({
      kind: "text",
      x: x + BAR + 5,
      y: frame.y + at * height + 0.36 * SIZE,
      text: label,
      size: SIZE,
      anchor: "start",
      paint: "soft",
    });
}
