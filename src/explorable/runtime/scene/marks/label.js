// Text at a place: beside it where there is room, or elsewhere with a line to it.

import { extendByPositions } from "./extent.js";
import { textOf, widthOf } from "../text.js";

/** @typedef {import("../../spec").LabelMark} LabelMark */
/** @typedef {import("../frame.js").Box} Box */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const SIZE = 13;
const GAPS = [8, 15]; // pixels from the place: past a dot, past the halo of one that is dragged
const ASCENT = 0.75;
const NEAR = 5; // pixels that the line to a place ends before it

/** @param {Box} a @param {Box} b */
const overlap = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * The box of a text that stands elsewhere, and a line from it to its place.
 * @param {ArrayLike<number>} at @param {number} x @param {number} y @param {number} width
 * @param {import("../frame.js").Frame} frame
 * @returns {Box}
 */
function ledTo(at, x, y, width, frame) {
  const keep = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ to) =>
    Math.max(low, Math.min(high, to));
  const left = keep(frame.x, frame.x + frame.width - width, frame.across(at[0]) - width / 2);
  const top = keep(frame.y, frame.y + frame.height - SIZE, frame.up(at[1]) - SIZE / 2);
  const [fromX, fromY] = [keep(left - 4, left + width + 4, x), keep(top - 3, top + SIZE + 3, y)];
  const length = Math.hypot(x - fromX, y - fromY);
  const reach = Math.max(0, length - NEAR) / (length || 1);
  frame.shapes.push({
    ...{ kind: "path", starts: [0], paint: "soft", width: 1, clip: false },
    points: Float32Array.of(fromX, fromY, fromX + reach * (x - fromX), fromY + reach * (y - fromY)),
  });
  return { x: left, y: top, width, height: SIZE };
}

/** @type {Drawing<LabelMark>} */
export const label = {
  extent(mark, read, extent) {
    extendByPositions(extent, read(mark.xy).data);
    if (mark.at) extendByPositions(extent, read(mark.at).data);
  },
  draw(mark, { read, frame, paint }) {
    const { data } = read(mark.xy);
    const text = textOf(mark.text, read);
    const width = widthOf(text, SIZE);
    for (let i = 0; i < data.length; i += 2) {
      const x = frame.across(data[i]);
      const y = frame.up(data[i + 1]);
      if (!frame.holds(x, y)) continue;
      const leader = mark.at ? ledTo(read(mark.at).data, x, y, width, frame) : null;
      const middle = y - SIZE / 2;
      /** @type {Box[]} */
      const choices = GAPS.flatMap((gap) => [
        [x + gap, middle],
        [x - gap - width, middle],
        [x - width / 2, y - gap - SIZE],
        [x - width / 2, y + gap],
        [x + gap, y - gap - SIZE],
        [x - gap - width, y - gap - SIZE],
        [x + gap, y + gap],
        [x - gap - width, y + gap],
      ]).map(([left, top]) => ({ x: left, y: top, width, height: SIZE }));
      const inside = choices.filter(
        (box) => frame.holds(box.x, box.y, 0) && frame.holds(box.x + width, box.y + SIZE, 0),
      );
      const box =
        leader ??
        inside.find((choice) => !frame.taken.some((other) => overlap(choice, other))) ??
        inside[0] ??
        choices[0];
      frame.taken.push(box);
      frame.shapes.push({
        kind: "text",
        x: box.x,
        y: box.y + ASCENT * SIZE + 1,
        text,
        size: SIZE,
        anchor: "start",
        paint: mark.paint === undefined ? "ink" : paint,
        halo: true,
      });
    }
  },
};
