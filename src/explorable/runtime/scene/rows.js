// Several plots: side by side, one under the other, in grids; what lines up where they meet.

import { placeGrid } from "./multiples.js";
import { totalOf } from "./plot.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("./plot.js").Prepared} Prepared */
/** @typedef {import("./scene.js").Arranged} Arranged */
/** @typedef {import("./scene.js").Placed} Placed */

const BESIDE = 28;
const BELOW = 20;
const STACKED = 480; // a row narrower than this is a column

/**
 * Plots with their boxes, in reading order.
 * @param {Exclude<Layout, Plot>} layout @param {number} x @param {number} y @param {number} width
 * @param {(plot: Plot, x: number, y: number, width: number) => Arranged} placePlot
 * @returns {Arranged}
 */
export function placeRows(layout, x, y, width, placePlot) {
  if (layout.kind === "grid") return placeGrid(layout, x, y, width, y);
  /** @param {Layout} child @param {number} x @param {number} y @param {number} width */
  const place = (child, x, y, width) =>
    child.kind === "plot"
      ? placePlot(child, x, y, width)
      : placeRows(child, x, y, width, placePlot);
  /** @type {Placed[]} */ const placed = [];
  const { children } = layout;
  if (layout.kind === "column" || width < STACKED) {
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
      children[k].kind === "plot" ? totalOf(one.placed[0].needs) : one.height,
    ),
  );
  for (const one of beside) {
    const spare = height - totalOf(one.needs);
    if (one.needs.flexible && spare > 0) one.needs = { ...one.needs, body: one.needs.body + spare };
    one.box.height = height;
  }
  return { placed: inner.flatMap((one) => one.placed), height };
}

/**
 * Where the data areas begin, from the left of their boxes.
 * @param {Placed[]} placed @param {Prepared[]} prepared
 */
export const leftsOf = (placed, prepared) =>
  prepared.map((one, k) => {
    const { left: settled } = placed[k];
    if (settled !== undefined) return settled && Math.max(settled, one.left);
    // Plots over one another share the line where their data begin.
    const column = prepared.filter(
      ({ box, picture, bare }) =>
        !picture && !bare && box.x === one.box.x && box.width === one.box.width,
    );
    return one.picture ? one.left : Math.max(0, ...column.map(({ left }) => left));
  });
