// How words stand at an axis.

import { widthOf } from "./text.js";

export const SIZE = 12;
export const SPACING = { across: 60, up: 38, bars: 36 };
const GAP_ACROSS = 14;

/** @param {string} label */
export const across = (label) => widthOf(label, SIZE) + GAP_ACROSS;

/**
 * @param {import("./frame.js").Frame} frame @param {number} x @param {number} y @param {string} text
 * @param {"start" | "middle" | "end"} anchor @param {number} [size]
 */
export function words(frame, x, y, text, anchor, size = SIZE) {
  frame.shapes.push({ kind: "text", x, y, text, size, anchor, paint: "soft" });
}
