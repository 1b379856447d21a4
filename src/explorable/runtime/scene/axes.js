// Axes: a quiet grid, lines at zero, numbers that don't collide.

import { drawEdges, namedTicks } from "./axis_names.js";
import { across, SIZE, SPACING, words } from "./axis_words.js";
import { dateTicks } from "./dates.js";
import { widthOf } from "./text.js";
import { ticksOf } from "./ticks.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./plot.js").Source} Source */
/** @typedef {import("./ticks.js").Range} Range */

const ROOM_UP = 26;
const OUTSIDE = 13;
const APART = 4;
const WHOLE = 2; // pixels: left margins grow by whole steps

const up = () => ROOM_UP;

/**
 * Pixels left of the data area.
 * @param {{ yRange: Range, yScale: import("../spec").Scale, length: number } | null} axis
 * @param {string[] | null} rows
 */
export function leftOf(axis, rows) {
  const labels =
    rows || !axis
      ? (rows ?? [])
      : ticksOf(axis.yRange, axis.yScale, axis.length, SPACING.up, up).map(({ label }) => label);
  if (!labels.length) return 0;
  const longest = Math.max(...labels.map((label) => widthOf(label, SIZE)));
  // Words differ more than digits do from font to font.
  return Math.ceil((longest * (rows ? 1.12 : 1) + 10) / WHOLE) * WHOLE;
}

/** On the pixel grid, so that thin lines are sharp. @param {number} pixel */
const sharp = (pixel) => Math.round(pixel - 0.5) + 0.5;

/** @param {Frame} frame @param {Plot} plot @param {Source} source @param {boolean} picture */
export function drawAxes(frame, plot, source, picture) {
  const { x, y, width, height } = frame;
  if (picture) return drawEdges?.(frame, plot, source);
  const own = namedTicks?.(frame, plot, source);
  const columns =
    own?.columns ??
    (plot.xDates
      ? dateTicks(frame.xRange, plot.xDates, width, across, source.locale)
      : ticksOf(frame.xRange, frame.xScale, width, SPACING.across, across));
  // Where a unit is as long either way, so are the steps.
  const spacing = plot.aspect === "equal" ? SPACING.across : SPACING.up;
  const rows = own?.rows ?? ticksOf(frame.yRange, frame.yScale, height, spacing, up);
  lines(
    frame,
    [
      ...(own?.columns || own?.standing ? [] : columns).map(({ value }) => vertical(frame, frame.across(value))),
      ...(own?.sideways ? [] : rows).map(({ value }) => horizontal(frame, frame.up(value))),
    ],
    "grid",
  );
  const zeroX = hasZero(frame.xRange, frame.xScale) && !own?.columns && !plot.xDates;
  const zeroY = hasZero(frame.yRange, frame.yScale) && !plot.yNames;
  lines(
    frame,
    [
      vertical(frame, zeroX ? frame.across(0) : x),
      horizontal(frame, zeroY ? frame.up(0) : y + height),
    ].slice(own?.standing ? 1 : 0, own?.lying ? 1 : 2),
    "frame",
  );
  let end = -Infinity;
  for (const { value, label } of plot.quietX ? [] : columns) {
    // The last number may not leave the drawing, nor touch the one before.
    const half = widthOf(label, SIZE) / 2;
    const middle = Math.min(x + width + OUTSIDE - half, frame.across(value));
    if (middle - half < end) continue;
    words(frame, middle, y + height + 17, label, "middle");
    end = middle + half + APART;
  }
  for (const { value, label } of plot.quietY ? [] : rows)
    words(frame, x - 8, frame.up(value) + 0.36 * SIZE, label, "end");
}

/** @param {Range} range @param {import("../spec").Scale} scale */
const hasZero = ([low, high], scale) => scale !== "log" && low <= 0 && high >= 0;

/** @param {Frame} frame @param {number} x */
const vertical = ({ y, height }, x) => [sharp(x), y, sharp(x), y + height];
/** @param {Frame} frame @param {number} y */
const horizontal = ({ x, width }, y) => [x, sharp(y), x + width, sharp(y)];

/** @param {Frame} frame @param {number[][]} given @param {string} paint */
function lines(frame, given, paint) {
  frame.shapes.push({
    kind: "path",
    points: Float32Array.from(given.flat()),
    starts: given.map((_, k) => 2 * k),
    paint,
    width: 1,
    clip: false,
  });
}
