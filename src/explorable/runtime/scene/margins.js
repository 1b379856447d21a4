// Pixels around a data area, and how large one is at most.

export const LEFT = 40;
export const RIGHT = 14;
export const TOP = 8;
export const BOTTOM = 24;
/** Around a picture, which has no numbers beside it. */
export const EDGE = 4;
export const LARGEST_SQUARE = 440;

/**
 * Keep a narrower area in the middle.
 * @param {import("./frame.js").Box} area @param {"x"} side @param {number} width
 */
export function shrink(area, side, width) {
  area[side] = Math.round(area[side] + (area.width - width) / 2);
  area.width = width;
}
