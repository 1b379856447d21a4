// What stands over a plot: its title, its numbers, the names of its marks, and buttons to hear them.

import { soundRow } from "./marks/sound.js";
import { draftOf, textOf, widthOf, wrap } from "./text.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").ReadoutMark} ReadoutMark */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Box} Box */

const TITLE = { size: 14, weight: 600, line: 20 };
const SMALL = { size: 13, line: 21 };
const NUMBER_WEIGHT = 600;
const SWATCH = 18;
const SWATCH_GAP = 6;
const ITEM_GAP = 18;
const BELOW = 6;
const UNNAMED = new Set(["readout", "label", "sound", "field", "surface"]);
const LINES = new Set(["curve", "segments", "arrow", "mesh", "contour", "streamlines"]);

/** Marks of cells and pixels: they have no colour of their own that a legend could name. */
export const PICTURES = new Set(["heatmap", "image", "matrix", "board", "graph", "tokens"]);

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
    ({ kind, name }) => name && !UNNAMED.has(kind) && !PICTURES.has(kind),
  );
  // One name alone tells nothing apart; it may be there for the page's outputs.
  return legend || shown.length > 1 ? shown : [];
}

/**
 * Room for the header, before its numbers are known.
 * @param {Plot} plot @param {number} width @param {string[]} paints
 */
export function headerOf(plot, width, paints) {
  const title = plot.title ? wrap(draftOf(plot.title), TITLE.size, width, TITLE.weight).length : 0;
  const legend = flow(
    legendOf(plot, paints).map(({ name }) => SWATCH + SWATCH_GAP + widthOf(name, SMALL.size)),
    width,
  );
  const numbers = flow(
    readoutsOf(plot).map(({ label, text }) => readoutWidth(label, draftOf(text))),
    width,
  );
  const sounds = soundRow ? soundRow.height(plot, width) : 0;
  const height = title * TITLE.line + (legend.rows + numbers.rows) * SMALL.line + sounds;
  return { title, legend, numbers, sounds, height: height ? height + BELOW : 0 };
}

/** @param {string | undefined} label @param {string} text */
const readoutWidth = (label, text) =>
  (label ? widthOf(label, SMALL.size) + SWATCH_GAP : 0) + widthOf(text, SMALL.size, NUMBER_WEIGHT);

/**
 * @param {Frame} frame @param {Plot} plot @param {import("./plot.js").Source} source @param {Box} box
 * @param {string[]} paints @param {boolean} bare
 */
export function drawHeader(frame, plot, source, box, paints, bare) {
  const { read } = source;
  const { title, legend, numbers, sounds } = headerOf(plot, box.width, paints);
  const left = bare ? box.x : frame.x;
  /** Over the data area if it fits there, else as far left as it must. @param {number} width */
  const start = (width) => Math.max(box.x, Math.min(left, box.x + box.width - width));
  let y = box.y;
  if (plot.title) {
    const lines = wrap(textOf(plot.title, read), TITLE.size, box.width, TITLE.weight);
    const kept =
      lines.length > title
        ? [...lines.slice(0, title - 1), lines.slice(title - 1).join(" ")]
        : lines;
    for (const [k, text] of kept.entries()) {
      const x = start(Math.max(...kept.map((line) => widthOf(line, TITLE.size, TITLE.weight))));
      frame.shapes.push({
        kind: "text",
        x,
        y: y + 15 + k * TITLE.line,
        text,
        size: TITLE.size,
        anchor: "start",
        paint: "ink",
        weight: TITLE.weight,
      });
    }
    y += title * TITLE.line;
  }
  const items = legendOf(plot, paints);
  const ends = legend.places.map(
    ({ x }, k) => x + SWATCH + SWATCH_GAP + widthOf(items[k].name, SMALL.size),
  );
  const from = start(Math.max(0, ...ends));
  for (const [k, { kind, name, paint, dash }] of items.entries()) {
    const x = from + legend.places[k].x;
    const middle = y + legend.places[k].row * SMALL.line + SMALL.line / 2;
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
      size: SMALL.size,
      anchor: "start",
      paint: "ink",
    });
  }
  y += legend.rows * SMALL.line;
  if (sounds) soundRow.draw(frame, plot, source, { x: left, y, width: box.x + box.width - left });
  y += sounds;
  const readouts = readoutsOf(plot);
  for (const [k, { label, text }] of readouts.entries()) {
    const x = left + numbers.places[k].x;
    const baseline = y + numbers.places[k].row * SMALL.line + 15;
    const number = { text: textOf(text, read), paint: "ink", weight: NUMBER_WEIGHT };
    frame.shapes.push({
      kind: "text",
      x,
      y: baseline,
      size: SMALL.size,
      anchor: "start",
      ...(label
        ? { text: label, paint: "soft", after: { ...number, gap: SWATCH_GAP } }
        : number),
    });
  }
}
