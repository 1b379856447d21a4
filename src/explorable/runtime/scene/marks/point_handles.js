// Where the reader takes hold of positions in the plane.

import { addHandle } from "./handle.js";

/** @typedef {import("../../spec").Mark} Mark */
/** @typedef {import("../frame.js").Frame} Frame */

export const GRIP = 11;
/** How strong the halo is that tells what can be dragged. */
export const HALO = 0.2;
const RIM = 1.5; // of paper, so that a handle is seen on any picture

/**
 * What dots that are dragged stand on.
 * @param {Frame} frame @param {Omit<Extract<import("../../spec").Shape, { kind: "dots" }>, "radius">} dots
 * @param {number} radius
 */
export function halo(frame, { rgba, paints, ...dots }, radius) {
  const coloured = { ...dots, ...(rgba ? { rgba } : {}), ...(paints ? { paints } : {}) };
  frame.shapes.push({ ...coloured, radius: GRIP, opacity: HALO });
  frame.shapes.push({ ...dots, radius: radius + RIM, paint: "paper" });
}

/**
 * A handle at each position (x and y are its centre), and a disc under it where the mark shows no
 * dot.
 * @param {Mark} mark @param {ArrayLike<number>} xy @param {Frame} frame @param {number} index
 * @param {string | null} paint
 */
export function pointHandles(mark, xy, frame, index, paint) {
  if (!mark.edit && !mark.drag) return;
  if (mark.edit?.grows) addHandle(frame, "plane", mark, index, frame);
  const discs = new Float32Array(xy.length);
  for (let i = 0; i < xy.length / 2; i++) {
    // A point that was dragged or set out of the range waits at its edge: it can always be caught.
    const x = Math.min(frame.x + frame.width, Math.max(frame.x, frame.across(xy[2 * i]) || 0));
    const y = Math.min(frame.y + frame.height, Math.max(frame.y, frame.up(xy[2 * i + 1]) || 0));
    discs[2 * i] = x;
    discs[2 * i + 1] = y;
    addHandle(frame, "point", mark, index, { x, y, width: 2 * GRIP, height: 2 * GRIP });
  }
  if (paint)
    frame.shapes.push({
      kind: "dots",
      points: discs,
      radius: GRIP,
      paint,
      opacity: HALO,
      clip: false,
    });
}
