// What stands over a plot: its title, its numbers, the names of its marks, and buttons to hear them.

import { legend } from "./legend.js";
import { soundRow } from "./marks/sound.js";
import { draftOf, textOf, widthOf, wrap } from "./text.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Box} Box */

const TITLE = { size: 14, weight: 600, line: 20 };
const LINE = 21;
const BELOW = 6;
const NONE = { places: [], rows: 0 };

/**
 * Room for the header, before its numbers are known.
 * @param {Plot} plot @param {number} width @param {string[]} paints
 */
export function headerOf(plot, width, paints) {
  const title = plot.title ? wrap(draftOf(plot.title), TITLE.size, width, TITLE.weight).length : 0;
  const names = legend?.names(plot, width, paints) ?? NONE;
  const numbers = legend?.readouts(plot, width) ?? NONE;
  const sounds = soundRow ? soundRow.height(plot, width) : 0;
  const height = title * TITLE.line + (names.rows + numbers.rows) * LINE + sounds;
  return { title, names, numbers, sounds, height: height ? height + BELOW : 0 };
}

/**
 * @param {Frame} frame @param {Plot} plot @param {import("./plot.js").Source} source @param {Box} box
 * @param {string[]} paints @param {boolean} bare
 */
export function drawHeader(frame, plot, source, box, paints, bare) {
  const { read } = source;
  const { title, names, numbers, sounds } = headerOf(plot, box.width, paints);
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
  legend?.draw(frame, plot, paints, { rows: names, y, start });
  y += names.rows * LINE;
  if (sounds) soundRow.draw(frame, plot, source, { x: left, y, width: box.x + box.width - left });
  y += sounds;
  legend?.drawReadouts(frame, plot, source, { rows: numbers, left, y });
}
