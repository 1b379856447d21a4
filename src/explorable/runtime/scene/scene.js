// A layout and its numbers -> shapes in CSS pixels. Pure: no DOM, no clock, no measuring.

import { placeGrid } from "./multiples.js";
import { drawPlot, needsOf, prepare } from "./plot.js";

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
/** @typedef {import("../core/tokens.js").Tokenizer} Tokenizer */
/** A text and how it is cut into tokens. @typedef {{ text: string, tokenizer: Tokenizer }} Typed */
/** By the names of text controls. @typedef {Record<string, Typed>} Texts */
/**
 * Ranges by name, of all the data since the object was new.
 * @typedef {Record<string, [number, number]>} Memory
 */

const BESIDE = 28;
const BELOW = 20;
/** @type {Typed} */ const NO_TEXT = { text: "", tokenizer: { kind: "characters", vocabulary: [] } };
const STACKED = 480; // a row narrower than this is a column

/** @param {Layout} layout @param {number} width */
const stacks = (layout, width) =>
  layout.kind === "column" || (layout.kind === "row" && width < STACKED);

/** @param {Needs} needs */
const total = ({ header, top, body, bottom }) => Math.ceil(header + top + body + bottom);

/**
 * Plots with their boxes, in reading order.
 * @param {Layout} layout @param {number} x @param {number} y @param {number} width
 * @returns {{ placed: Placed[], height: number }}
 */
function place(layout, x, y, width) {
  if (layout.kind === "plot") {
    const needs = needsOf(layout, width);
    const height = total(needs);
    return { placed: [{ plot: layout, needs, box: { x, y, width, height } }], height };
  }
  if (layout.kind === "grid") return placeGrid(layout, x, y, width, y);
  /** @type {Placed[]} */ const placed = [];
  const { children } = layout;
  if (stacks(layout, width)) {
    let below = y;
    for (const child of children) {
      const inner = place(child, x, below, width);
      placed.push(...inner.placed);
      below += inner.height + BELOW;
    }
    return { placed, height: Math.max(0, below - BELOW - y) };
  }
  const share = (width - BESIDE * (children.length - 1)) / children.length;
  const inner = children.map((child, k) =>
    place(child, Math.round(x + k * (share + BESIDE)), y, Math.floor(share)),
  );
  const beside = inner.filter((_, k) => children[k].kind === "plot").map((one) => one.placed[0]);
  // Plots side by side begin at one line, and those without a ratio of their own end at one.
  const header = Math.max(0, ...beside.map(({ needs }) => needs.header));
  const top = Math.max(0, ...beside.map(({ needs }) => needs.top));
  for (const one of beside) one.needs = { ...one.needs, header, top };
  const height = Math.max(
    ...inner.map((one, k) =>
      children[k].kind === "plot" ? total(one.placed[0].needs) : one.height,
    ),
  );
  for (const one of beside) {
    const spare = height - total(one.needs);
    if (one.needs.flexible && spare > 0) one.needs = { ...one.needs, body: one.needs.body + spare };
    one.box.height = height;
  }
  return { placed: inner.flatMap((one) => one.placed), height };
}

/**
 * The height of a drawing, known from its width before there are any numbers.
 * @param {Layout} layout @param {number} width CSS pixels
 */
export const heightOf = (layout, width) => place(layout, 0, 0, width).height;

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
  const { placed, height } = place(layout, 0, 0, width);
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
  const panels = prepared.map((one, k) => {
    const { left: settled } = placed[k];
    if (settled !== undefined) return drawPlot(one, settled && Math.max(settled, one.left));
    // Plots over one another share the line where their data begin.
    const column = prepared.filter(
      ({ box, picture, bare }) =>
        !picture && !bare && box.x === one.box.x && box.width === one.box.width,
    );
    return drawPlot(one, one.picture ? one.left : Math.max(0, ...column.map(({ left }) => left)));
  });
  return { width, height, panels };
}
