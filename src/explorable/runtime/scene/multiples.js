// Small multiples: plots of one size in rows and columns, whose numbers stand at the outer ones.

import { needsOf } from "./plot.js";

/** @typedef {import("./scene.js").Placed} Placed */

const NARROWEST = 104; // pixels of a data area, else there are fewer columns
const LEFT = 40;
const RIGHT = 14;
const INNER = 8; // pixels under a plot that has no numbers there
const BELOW = 12;

/**
 * @param {import("../spec").Grid} grid @param {number} x @param {number} y @param {number} width
 * @param {number} key of the ranges that its plots have in common
 * @returns {{ placed: Placed[], height: number }}
 */
export function placeGrid({ children, columns: most, shared }, x, y, width, key) {
  const fitting = Math.floor((width - LEFT) / (NARROWEST + RIGHT));
  const columns = Math.max(1, Math.min(most, children.length, fitting));
  const left = shared ? LEFT : 0;
  const cell = Math.floor((width - left) / columns);
  /** @type {Placed[]} */ const placed = [];
  let below = y;
  for (let first = 0; first < children.length; first += columns) {
    const row = children.slice(first, first + columns).map((plot, k) => {
      // Plots that share their ranges show the numbers once: beside the first, under the last.
      const quiet = shared
        ? { quietX: first + k + columns < children.length, quietY: k > 0 }
        : {};
      const needs = needsOf(plot, shared ? cell + LEFT : cell);
      const bottom = quiet.quietX ? INNER : needs.bottom;
      const start = k && left ? x + left + k * cell : x + k * cell;
      return {
        plot: { ...plot, ...quiet },
        needs: { ...needs, bottom, flexible: false },
        box: { x: start, y: below, width: k || !left ? cell : cell + left, height: 0 },
        ...(shared ? { key: `g${key}`, left: k ? 0 : LEFT } : {}),
      };
    });
    const header = Math.max(...row.map(({ needs }) => needs.header));
    const top = Math.max(...row.map(({ needs }) => needs.top));
    const height = Math.ceil(
      Math.max(...row.map(({ needs }) => header + top + needs.body + needs.bottom)),
    );
    for (const one of row) {
      one.needs = { ...one.needs, header, top };
      one.box.height = height;
    }
    placed.push(...row);
    below += height + BELOW;
  }
  return { placed, height: below - BELOW - y };
}
