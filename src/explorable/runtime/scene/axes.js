// Axes: a quiet grid, lines at zero, numbers that don't collide; the words beside cells and under
// bars.

import { PICTURES } from "./marks/kinds.js";
import { labels as tokensOf } from "../core/tokens.js";
import { dateTicks } from "./dates.js";
import { barsOf, sideNames } from "./marks/bars.js";
import { fit, textOf, widthOf } from "./text.js";
import { ticksOf } from "./ticks.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").HeatmapMark} HeatmapMark */
/** @typedef {import("../spec").BarsMark} BarsMark */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./plot.js").Source} Source */
/** @typedef {import("./ticks.js").Range} Range */
/** @typedef {import("./ticks.js").Tick} Tick */

const SIZE = 12;
const SMALLEST = 8;
const GAP_ACROSS = 14;
const ROOM_UP = 26;
const SPACING = { across: 60, up: 38 };
const OUTSIDE = 13;
const FEW = 26; // pixels under a bar that a shortened word needs
const WHOLE = 2; // pixels: left margins grow by whole steps

/** @param {string} label */
const across = (label) => widthOf(label, SIZE) + GAP_ACROSS;
const up = () => ROOM_UP;

/** Words beside the rows and columns of a heatmap. @param {Plot} plot @param {Source} source */
export function edgeLabels({ marks }, { typed }) {
  const mark = /** @type {HeatmapMark | undefined} */ (
    marks.find((other) => PICTURES.has(other.kind) && ("rows" in other || "columns" in other))
  );
  /** @param {HeatmapMark["rows"]} given @returns {string[] | null} */
  const list = (given) => {
    if (!given || Array.isArray(given)) return given ?? null;
    const { tokenizer, text } = typed(given.text);
    return tokensOf(tokenizer, text);
  };
  return { rows: list(mark?.rows), columns: list(mark?.columns) };
}

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
  return Math.ceil((Math.max(...labels.map((label) => widthOf(label, SIZE))) + 10) / WHOLE) * WHOLE;
}

/** On the pixel grid, so that thin lines are sharp. @param {number} pixel */
const sharp = (pixel) => Math.round(pixel - 0.5) + 0.5;

/** @param {Frame} frame @param {Plot} plot @param {Source} source @param {boolean} picture */
export function drawAxes(frame, plot, source, picture) {
  const { x, y, width, height } = frame;
  if (picture) return drawEdges(frame, plot, source);
  const bars = /** @type {BarsMark | undefined} */ (
    plot.marks.find((mark) => mark.kind === "bars")
  );
  const named = bars?.horizontal ? undefined : bars;
  const sideways = sideNames?.(plot, source.read);
  const columns = plot.xNames
    ? nameTicks(plot.xNames, frame.xRange, width)
    : plot.xDates
      ? dateTicks(frame.xRange, plot.xDates, width, across, source.locale)
      : named
        ? barTicks(frame, named, source)
        : ticksOf(frame.xRange, frame.xScale, width, SPACING.across, across);
  // Where a unit is as long either way, so are the steps.
  const rows = plot.yNames
    ? nameTicks(plot.yNames, frame.yRange, 0)
    : (sideways ??
      ticksOf(
        frame.yRange,
        frame.yScale,
        height,
        plot.aspect === "equal" ? SPACING.across : SPACING.up,
        up,
      ));
  // Under bars vertical lines would only be noise.
  const verticals = named || plot.xNames ? [] : columns;
  lines(
    frame,
    [
      ...verticals.map(({ value }) => vertical(frame, frame.across(value))),
      ...(sideways ? [] : rows).map(({ value }) => horizontal(frame, frame.up(value))),
    ],
    "grid",
  );
  const zeroX =
    frame.xScale !== "log" &&
    frame.xRange[0] <= 0 &&
    frame.xRange[1] >= 0 &&
    !(named || plot.xNames || plot.xDates);
  const zeroY =
    frame.yScale !== "log" && frame.yRange[0] <= 0 && frame.yRange[1] >= 0 && !plot.yNames;
  lines(
    frame,
    [
      vertical(frame, zeroX ? frame.across(0) : x),
      horizontal(frame, zeroY ? frame.up(0) : y + height),
    ].slice(named ? 1 : 0, bars?.horizontal ? 1 : 2),
    "frame",
  );
  for (const { value, label } of plot.quietX ? [] : columns) {
    // The last number may not leave the drawing.
    const most = x + width + OUTSIDE - widthOf(label, SIZE) / 2;
    words(frame, Math.min(most, frame.across(value)), y + height + 17, label, "middle");
  }
  for (const { value, label } of plot.quietY ? [] : rows)
    words(frame, x - 8, frame.up(value) + 0.36 * SIZE, label, "end");
}

/**
 * Words at 0, 1, 2...; every second or third where they have no room, shortened where they have a
 * little.
 * @param {string[]} names @param {Range} range @param {number} length pixels; 0: words that lie
 * under one another
 */
function nameTicks(names, [low, high], length) {
  const room = length ? length / (high - low) - 4 : Infinity;
  const labels = names.map((name, value) => ({
    value,
    label: room < FEW ? name : fit(name, SIZE, room),
  }));
  const widest = length ? Math.max(0, ...labels.map(({ label }) => widthOf(label, SIZE))) : 0;
  const stride = Math.max(1, Math.ceil(widest / room));
  return labels.filter((_, k) => k % stride === 0);
}

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

/**
 * @param {Frame} frame @param {number} x @param {number} y @param {string} text
 * @param {"start" | "middle" | "end"} anchor @param {number} [size]
 */
function words(frame, x, y, text, anchor, size = SIZE) {
  frame.shapes.push({ kind: "text", x, y, text, size, anchor, paint: "soft" });
}

/**
 * A number or a word under each bar, or under as many as there is room for.
 * @param {Frame} frame @param {BarsMark} mark @param {Source} source
 * @returns {Tick[]}
 */
function barTicks(frame, mark, { read }) {
  const { places, gap } = barsOf(mark, read);
  if (!mark.labels && (mark.x || places.length > 12))
    return ticksOf(frame.xRange, frame.xScale, frame.width, SPACING.across, across);
  const room = Math.abs(frame.across(places[0] + gap) - frame.across(places[0])) - 4;
  const labels = places.map((value, k) => {
    const label = mark.labels ? textOf(mark.labels[k] ?? [], read) : String(k);
    return { value, label: room < FEW ? label : fit(label, SIZE, room) };
  });
  const stride = Math.max(
    1,
    Math.ceil(Math.max(...labels.map(({ label }) => widthOf(label, SIZE))) / room),
  );
  return labels.filter((_, k) => k % stride === 0);
}

/** @param {Frame} frame @param {Plot} plot @param {Source} source */
function drawEdges(frame, plot, source) {
  const { rows, columns } = edgeLabels(plot, source);
  const { x, y, width, height, xRange, yRange } = frame;
  // The names of rows keep clear of a matrix's brackets.
  const beside = plot.marks.some(({ kind }) => kind === "matrix") ? 13 : 7;
  const cellWidth = width / (xRange[1] - xRange[0]);
  const cellHeight = height / (yRange[1] - yRange[0]);
  const size = Math.max(SMALLEST, Math.min(SIZE, Math.round(cellWidth), Math.round(cellHeight)));
  const rowStride = Math.max(1, Math.ceil((size - 1) / cellHeight));
  const widest = Math.max(0, ...(columns ?? []).map((label) => widthOf(label, size)));
  const columnStride = Math.max(1, Math.ceil(widest / cellWidth));
  for (const [k, label] of (rows ?? []).entries()) {
    if (k % rowStride === 0 && k < yRange[1])
      words(frame, x - beside, y + (k + 0.5) * cellHeight + 0.34 * size, label, "end", size);
  }
  for (const [k, label] of (columns ?? []).entries()) {
    if (k % columnStride === 0 && k < xRange[1])
      words(frame, x + (k + 0.5) * cellWidth, y - 6, label, "middle", size);
  }
}
