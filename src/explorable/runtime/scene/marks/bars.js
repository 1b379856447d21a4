// Bars from zero; groups stand side by side, each in its colour.

/** @typedef {import("../../spec").BarsMark} BarsMark */
/** @typedef {import("../../core/memory.js").Read} Read */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const FILLED = 0.78; // of the distance between bars
const COLOURS = 8;
const FAR = 1e5;

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

/** @type {Drawing<BarsMark>} */
export const bars = {
  extent(mark, read, extent) {
    const { places, gap } = barsOf(mark, read);
    for (const place of places) {
      extent.x(place - gap / 2);
      extent.x(place + gap / 2);
    }
    extent.tightX = true;
    extent.y(0);
    for (const height of read(mark.heights).data) extent.y(height);
  },
  draw(mark, { read, frame, paint, index }) {
    const { data } = read(mark.heights);
    const { places, gap, count, groups } = barsOf(mark, read);
    const floor = frame.yScale === "log" ? frame.y + frame.height : frame.up(0);
    const width = (FILLED * gap) / groups;
    for (let group = 0; group < groups; group++) {
      const boxes = new Float32Array(4 * count);
      for (let k = 0; k < count; k++) {
        const top = Math.min(FAR, Math.max(-FAR, frame.up(data[group * count + k])));
        if (top !== top) continue;
        const left = frame.across(places[k] + (group - groups / 2) * width);
        boxes.set(
          [
            left,
            Math.min(top, floor),
            frame.across(places[k] + (group + 1 - groups / 2) * width) - left,
            Math.abs(floor - top),
          ],
          4 * k,
        );
      }
      frame.shapes.push({
        kind: "rects",
        boxes,
        paint: `c${(Number(paint.slice(1)) + group) % COLOURS}`,
        opacity: 0.85,
        clip: true,
      });
    }
    if (mark.edit) frame.handle("bars", mark, index, frame);
  },
};
