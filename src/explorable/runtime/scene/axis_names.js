// The words beside cells and under bars. Left out where an axis has numbers alone.

import { labels as tokensOf } from "../core/tokens.js";
import { across, SIZE, SPACING, words } from "./axis_words.js";
import { barsOf, sideNames } from "./marks/bars.js";
import { fit } from "./short.js";
import { textOf, widthOf } from "./text.js";
import { ticksOf } from "./ticks.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").HeatmapMark} HeatmapMark */
/** @typedef {import("../spec").BarsMark} BarsMark */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./plot.js").Source} Source */
/** @typedef {import("./ticks.js").Range} Range */
/** @typedef {import("./ticks.js").Tick} Tick */

const SMALLEST = 8;
const FEW = 26; // pixels under a bar that a shortened word needs

/** Words beside the rows and columns of a heatmap. @param {Plot} plot @param {Source} source */
export function edgeLabels({ marks }, { typed }) {
  const mark = /** @type {HeatmapMark | undefined} */ (
    marks.find((other) => "rows" in other || "columns" in other)
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

/**
 * A number or a word under each bar, or under as many as there is room for.
 * @param {Frame} frame @param {BarsMark} mark @param {Source} source
 * @returns {Tick[]}
 */
function barTicks(frame, mark, { read }) {
  const { places, gap } = barsOf(mark, read);
  if (!mark.labels && (mark.x || places.length > 12))
    return ticksOf(frame.xRange, frame.xScale, frame.width, SPACING.bars, across);
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
export function drawEdges(frame, plot, source) {
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

/**
 * Ticks that are words, or stand under bars; undefined where an axis has numbers. `standing` and
 * `lying`: there are bars; `sideways`: with names beside them.
 * @param {Frame} frame @param {Plot} plot @param {Source} source
 */
export function namedTicks(frame, plot, source) {
  const bars = /** @type {BarsMark | undefined} */ (
    plot.marks.find((mark) => mark.kind === "bars")
  );
  const lying = Boolean(bars?.horizontal);
  const sideways = sideNames?.(plot, source.read);
  const { xNames, yNames, xDates } = plot;
  return {
    columns: xNames
      ? nameTicks(xNames, frame.xRange, frame.width)
      : bars && !lying && !xDates
        ? barTicks(frame, bars, source)
        : undefined,
    rows: yNames ? nameTicks(yNames, frame.yRange, 0) : sideways,
    sideways: Boolean(sideways),
    standing: Boolean(bars) && !lying,
    lying,
  };
}
