// The names of a plot's marks and its numbers, in rows over it. Left out where no plot has either.

import { draftOf, textOf, widthOf } from "./text.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").ReadoutMark} ReadoutMark */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {{ places: { x: number, row: number }[], rows: number }} Rows where each item begins */

const SIZE = 13;
const LINE = 21;
const NUMBER_WEIGHT = 600;
const SWATCH = 18;
const SWATCH_GAP = 6;
const ITEM_GAP = 18;
/** Without a colour of their own. */
const UNNAMED = new Set(
  "readout label sound field surface heatmap image matrix board graph tokens".split(" "),
);
const LINES = new Set(["curve", "segments", "arrow", "mesh", "contour", "streamlines"]);

/**
 * Items in rows that fit a width: where each begins.
 * @param {number[]} widths @param {number} width
 */
function flow(widths, width) {
  let [x, row] = [0, 0];
  const places = widths.map((item) => {
    if (x > 0 && x + item > width) [x, row] = [0, row + 1];
    const place = { x, row };
    x += item + ITEM_GAP;
    return place;
  });
  return { places, rows: widths.length ? row + 1 : 0 };
}

/** @param {Plot} plot */
const readoutsOf = ({ marks }) =>
  /** @type {ReadoutMark[]} */ (marks.filter(({ kind }) => kind === "readout"));

/** @param {Plot} plot @param {string[]} paints */
function legendOf({ marks, legend }, paints) {
  if (legend === false) return [];
  const named = marks.flatMap((mark, k) => {
    const { kind, name } = mark;
    // Dots of several classes stand for themselves, and so do groups of bars.
    if ("classes" in mark && mark.classes) {
      const first = kind === "bars" ? Number(paints[k].slice(1)) : 0;
      return mark.classes.map((of, n) => {
        return { kind, name: of, paint: `c${(first + n) % 8}`, dash: false };
      });
    }
    const dash = "dash" in mark && Boolean(mark.dash);
    return [{ kind, name: name ?? "", paint: paints[k], dash }];
  });
  const shown = named.filter(
    ({ kind, name }) => name && !UNNAMED.has(kind),
  );
  // One name alone tells nothing apart; it may be there for the page's outputs.
  return legend || shown.length > 1 ? shown : [];
}

/** @param {string | undefined} label @param {string} text */
const readoutWidth = (label, text) =>
  (label ? widthOf(label, SIZE) + SWATCH_GAP : 0) + widthOf(text, SIZE, NUMBER_WEIGHT);


export const legend = {
  /** Room for the names. @param {Plot} plot @param {number} width @param {string[]} paints */
  names: (plot, width, paints) =>
    flow(
      legendOf(plot, paints).map(({ name }) => SWATCH + SWATCH_GAP + widthOf(name, SIZE)),
      width,
    ),

  /** Room for the numbers, before they are known. @param {Plot} plot @param {number} width */
  readouts: (plot, width) =>
    flow(
      readoutsOf(plot).map(({ label, text }) => readoutWidth(label, draftOf(text))),
      width,
    ),

  /**
   * @param {Frame} frame @param {Plot} plot @param {string[]} paints
   * @param {{ rows: Rows, y: number, start: (width: number) => number }} place
   */
  draw(frame, plot, paints, { rows, y, start }) {
    const items = legendOf(plot, paints);
    const ends = rows.places.map(
      ({ x }, k) => x + SWATCH + SWATCH_GAP + widthOf(items[k].name, SIZE),
    );
    const from = start(Math.max(0, ...ends));
    for (const [k, { kind, name, paint, dash }] of items.entries()) {
      const x = from + rows.places[k].x;
      const middle = y + rows.places[k].row * LINE + LINE / 2;
      if (kind === "scatter")
        frame.shapes.push({
          kind: "dots",
          points: Float32Array.of(x + SWATCH / 2, middle),
          radius: 4,
          paint,
          clip: false,
        });
      else if (LINES.has(kind))
        frame.shapes.push({
          kind: "path",
          points: Float32Array.of(x, middle, x + SWATCH, middle),
          starts: [0],
          paint,
          width: 2.5,
          clip: false,
          ...(dash ? { dash } : {}),
        });
      else
        frame.shapes.push({
          kind: "rects",
          boxes: Float32Array.of(x + 3, middle - 6, 12, 12),
          paint,
          opacity: 0.85,
          clip: false,
        });
      frame.shapes.push({
        kind: "text",
        x: x + SWATCH + SWATCH_GAP,
        y: middle + 4.5,
        text: name,
        size: SIZE,
        anchor: "start",
        paint: "ink",
      });
    }
  },

  /**
   * @param {Frame} frame @param {Plot} plot @param {import("./plot.js").Source} source
   * @param {{ rows: Rows, left: number, y: number }} place
   */
  drawReadouts(frame, plot, { read }, { rows, left, y }) {
    const readouts = readoutsOf(plot);
    for (const [k, { label, text }] of readouts.entries()) {
      const x = left + rows.places[k].x;
      const baseline = y + rows.places[k].row * LINE + 15;
      const number = { text: textOf(text, read), paint: "ink", weight: NUMBER_WEIGHT };
      frame.shapes.push({
        kind: "text",
        x,
        y: baseline,
        size: SIZE,
        anchor: "start",
        ...(label
          ? { text: label, paint: "soft", after: { ...number, gap: SWATCH_GAP } }
          : number),
      });
    }
  },
};
