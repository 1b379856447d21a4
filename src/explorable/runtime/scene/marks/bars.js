// Bars from zero; groups stand side by side, or one upon the other, each in its colour.

import { addHandle } from "./handle.js";
import { fit } from "../short.js";
import { textOf } from "../text.js";

/** @typedef {import("../../spec").BarsMark} BarsMark */
/** @typedef {import("../../core/memory.js").Read} Read */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const FILLED = 0.78; // of the distance between bars
const COLOURS = 8;
const SIZE = 12;
const WIDEST = 150; // pixels of a word beside a bar
const FAR = 1e5;
const THICKEST = 110; // pixels: a bar alone is still a bar
const CAP = 3; // pixels: what the reader takes hold of, also where a bar has no height

/** Places of the bars and the distance between them. @param {BarsMark} mark @param {Read} read */
export function barsOf(mark, read) {
  const { shape } = read(mark.heights);
  const count = shape[shape.length - 1];
  const places = mark.x
    ? Array.from(read(mark.x).data, Number)
    : Array.from({ length: count }, (_, k) => k);
  let gap = Infinity;
  for (let k = 1; k < count; k++)
    gap = Math.min(gap, Math.abs(places[k] - places[k - 1]) || Infinity);
  return { places, gap: gap < Infinity ? gap : 1, count, groups: shape.length > 1 ? shape[0] : 1 };
}

/**
 * Where each bar begins and ends, group by group.
 * @param {BarsMark} mark @param {Read} read
 * @returns {[from: number, to: number][]}
 */
function spans(mark, read) {
  const { data, shape } = read(mark.heights);
  const count = shape[shape.length - 1];
  const above = new Float64Array(count);
  const below = new Float64Array(count);
  return Array.from(data, (height, i) => {
    if (!mark.stacked) return [0, height];
    const ends = height < 0 ? below : above;
    const from = ends[i % count];
    return [from, (ends[i % count] += height || 0)];
  });
}

/**
 * The boxes of all bars, group by group: x, y, width, height.
 * @param {BarsMark} mark @param {Read} read @param {import("../frame.js").Frame} frame
 */
export function boxesOf(mark, read, frame) {
  const { places, gap, count, groups } = barsOf(mark, read);
  const { horizontal } = mark;
  const [along, far] = horizontal ? [frame.up, frame.across] : [frame.across, frame.up];
  const pixel = (/** @type {number} */ y) => Math.min(FAR, Math.max(-FAR, far(y)));
  const log = (horizontal ? frame.xScale : frame.yScale) === "log";
  const ground = !log ? pixel(0) : horizontal ? frame.x : frame.y + frame.height;
  const most = THICKEST / Math.abs(along(places[0] + 1) - along(places[0]));
  const width = (mark.joined ? gap : Math.min(FILLED * gap, most)) / (mark.stacked ? 1 : groups);
  const boxes = new Float32Array(4 * count * groups);
  for (const [i, [from, to]] of spans(mark, read).entries()) {
    let place = mark.stacked ? -0.5 : Math.floor(i / count) - groups / 2;
    // Read from the top: the first of a group is the upper one.
    if (horizontal) place = -1 - place;
    const [base, top] = [from ? pixel(from) : ground, pixel(to)];
    if (top !== top) continue;
    const start = along(places[i % count] + place * width);
    const end = along(places[i % count] + (place + 1) * width);
    const [left, across] = [Math.min(start, end), Math.abs(end - start)];
    // Bars that touch are told apart by a line of paper.
    const slit = mark.joined && across > 4 ? 1 : 0;
    const [x, y, w, h] = [left, Math.min(top, base), across - slit, Math.abs(base - top)];
    boxes.set(horizontal ? [y, x, h, w] : [x, y, w, h], 4 * i);
  }
  return boxes;
}

/**
 * The words beside bars that lie, if they have some.
 * @param {import("../../spec").Plot} plot @param {Read} read
 * @returns {import("../ticks.js").Tick[] | undefined}
 */
export function sideNames({ marks }, read) {
  const mark = marks.find((other) => other.kind === "bars" && other.horizontal && other.labels);
  if (mark?.kind !== "bars") return;
  return barsOf(mark, read).places.map((value, k) => ({
    value,
    label: fit(textOf(mark.labels?.[k] ?? [], read), SIZE, WIDEST),
  }));
}

/** @type {Drawing<BarsMark>} */
export const bars = {
  extent(mark, read, extent) {
    const { places, gap } = barsOf(mark, read);
    const { horizontal } = mark;
    const [along, up] = horizontal ? /** @type {const} */ (["y", "x"]) : /** @type {const} */ (["x", "y"]);
    for (const place of places) {
      extent[along](place - gap / 2);
      extent[along](place + gap / 2);
    }
    extent[horizontal ? "tightY" : "tightX"] = true;
    extent[up](0);
    for (const [, to] of spans(mark, read)) extent[up](to);
  },
  draw(mark, { read, frame, paint, index }) {
    const { count, groups } = barsOf(mark, read);
    const { data } = read(mark.heights);
    const all = boxesOf(mark, read, frame);
    for (let group = 0; group < groups; group++) {
      const first = count * group;
      const boxes = all.subarray(4 * first, 4 * (first + count));
      const role = groups > 1 ? `c${(Number(paint.slice(1)) + group) % COLOURS}` : paint;
      const opacity = mark.joined || mark.edit ? 0.5 : 0.85;
      frame.shapes.push({ kind: "rects", boxes, paint: role, opacity, clip: true });
      if (!mark.edit) continue;
      const caps = boxes.slice();
      const side = mark.horizontal ? 0 : 1;
      for (let k = 0; k < count; k++) {
        // At the end away from zero: to the right, or to the top.
        const beyond = data[first + k] < 0 !== Boolean(mark.horizontal);
        caps[4 * k + side] += (beyond ? caps[4 * k + side + 2] : 0) - CAP / 2;
        caps[4 * k + side + 2] = CAP;
      }
      frame.shapes.push({ kind: "rects", boxes: caps, paint: role, clip: false });
    }
    if (mark.edit) addHandle(frame, "bars", mark, index, frame);
  },
};
