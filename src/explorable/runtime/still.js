// What the build calls in V8 to draw a still: the scene and the painter of the page, over numbers put in by Python.

import { Memory } from "./core/memory.js";
import { learn } from "./core/models.js";
import { markup } from "./page/markup.js";
import { scene } from "./scene/scene.js";
import { rasters, toSvg } from "./scene/svg.js";

/** @typedef {import("./spec").Scene} Scene */
/** @typedef {import("./spec").Slot} Slot */

/** @type {Scene | null} */ let drawn = null;
/** What was laid out before. @type {Scene | null} */ let before = null;

/**
 * Lay out a figure for a width. `files.still` holds the bytes of its slots.
 * @param {import("./spec").Layout} layout
 * @param {Record<string, Slot>} slots
 * @param {number} width CSS pixels
 * @param {string} locale
 * @param {import("./scene/scene.js").Texts} [texts] what text controls hold
 */
export function lay(layout, slots, width, locale, texts) {
  /** @type {Record<string, Uint8Array>} */ const files = /** @type {any} reason: the engine's own global, see engine/child.py */ (globalThis).files;
  const given = files.still;
  const controls = Object.fromEntries(Object.entries(texts ?? {}).map(([name, typed]) => [name, { kind: "text", ...typed }]));
  learn(/** @type {import("./spec").Program} */ (/** @type {unknown} */ ({ controls })), files);
  const buffer = given.slice().buffer;
  const program = /** @type {import("./spec").Program} */ (/** @type {unknown} */ ({ memory: buffer.byteLength, slots }));
  const memory = new Memory(program, buffer);
  before = drawn;
  drawn = scene(layout, (slot) => memory.read(slot), { width, memory: {}, locale, texts });
  return { width: drawn.width, height: drawn.height, rasters: rasters(drawn).map(({ id, rows, columns }) => ({ id, rows, columns })) };
}

/** The pixels of a raster of the figure laid out last. @param {number} index */
export const pixels = (index) => rasters(/** @type {Scene} */ (drawn))[index].rgba;

/**
 * The figure laid out last; with `again`, shapes that are those laid out before, moved and scaled, have their text.
 * @param {{ alt: string, id: string, hrefs: Record<string, string>, again: boolean }} options
 */
export const svg = ({ again, ...options }) =>
  toSvg(/** @type {Scene} */ (drawn), { ...options, beside: again ? before : null });

export { markup };
