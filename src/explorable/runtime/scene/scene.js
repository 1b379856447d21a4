// A layout and its numbers -> shapes in CSS pixels. Pure: no DOM, no clock, no measuring.

import { drawPlot, needsOf, prepare, totalOf } from "./plot.js";
import { leftsOf, placeRows } from "./rows.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {import("./frame.js").Box} Box */
/** @typedef {import("./plot.js").Needs} Needs */
/**
 * `key`: plots that have one share their ranges. `left`: where the data area begins, if it is settled.
 * @typedef {{ plot: Plot, needs: Needs, box: Box, key?: string, left?: number }} Placed
 */
/** @typedef {{ placed: Placed[], height: number }} Arranged */
/** @typedef {import("../core/tokens.js").Tokenizer} Tokenizer */
/** A text and how it is cut into tokens. @typedef {{ text: string, tokenizer: Tokenizer }} Typed */
/** By the names of text controls. @typedef {Record<string, Typed>} Texts */
/**
 * Ranges by name, of all the data since the object was new.
 * @typedef {Record<string, [number, number]>} Memory
 */

/** @type {Typed} */ const NO_TEXT = { text: "", tokenizer: { kind: "characters", vocabulary: [] } };
/**
 * A plot in a box.
 * @param {Plot} plot @param {number} x @param {number} y @param {number} width @returns {Arranged}
 */
function placePlot(plot, x, y, width) {
  const needs = needsOf(plot, width);
  const height = totalOf(needs);
  return { placed: [{ plot, needs, box: { x, y, width, height } }], height };
}

/**
 * Plots with their boxes, in reading order.
 * @param {Layout} layout @param {number} width @returns {Arranged}
 */
const place = (layout, width) =>
  (layout.kind === "plot" ? placePlot : placeRows)(/** @type {any} reason: of its kind */ (layout), 0, 0, width, placePlot);

/**
 * The height of a drawing, known from its width before there are any numbers.
 * @param {Layout} layout @param {number} width CSS pixels
 */
export const heightOf = (layout, width) => place(layout, width).height;

/**
 * What a layout looks like at a width.
 * @param {Layout} layout @param {Read} read the numbers of a slot
 * @param {{ width: number, memory: object, locale?: string, texts?: Texts, sounding?: string, chosen?: Record<string, number>, ranges?: Record<number, Partial<Pick<Plot, "x" | "y">>>, turned?: Record<number, number[]> }}
 * options
 *   memory: a plain object that keeps the ranges of automatic axes; a new one forgets them.
 *   locale: of the page: names of months; the numbers of axes are written alike in all. texts: what text controls
 *   hold. sounding: the slot of the samples that are heard now.
 *   turned: from where plots in space are seen, by their number.
 *   chosen: which token of a strip the reader points at, by its slot.
 *   ranges: those the reader has chosen, by the number of the plot.
 * @returns {Scene}
 */
export function scene(layout, read, { width, memory, locale, texts, sounding = "", chosen = {}, ranges = {}, turned = {} }) {
  const { placed, height } = place(layout, width);
  const kept = /** @type {Memory} */ (memory);
  const typed = (/** @type {string} */ name) => texts?.[name] ?? NO_TEXT;
  const look = () => placed.map(({ plot, needs, box, key: common }, k) => {
    const hold = (
      /** @type {string} */ key,
      /** @type {number} */ low,
      /** @type {number} */ high,
    ) => {
      const range = (kept[`${common && /^[xy]$/.test(key) ? common : k}.${key}`] ??= [Infinity, -Infinity]);
      if (low < range[0]) range[0] = low;
      if (high > range[1]) range[1] = high;
      return range;
    };
    return prepare({ ...plot, ...ranges[k] }, needs, box, {
      read,
      hold,
      typed,
      locale,
      sounding,
      turned: turned[k],
      chosen: (slot) => chosen[slot] ?? -1,
    });
  });
  // Ranges in common hold the data of all: they are known after a first look.
  if (placed.some(({ key }) => key)) look();
  const prepared = look();
  const lefts = leftsOf?.(placed, prepared);
  const panels = prepared.map((one, k) => drawPlot(one, lefts?.[k] ?? one.left));
  return { width, height, panels };
}
