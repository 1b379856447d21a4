// The area between a curve and another, or zero.

import { extendByPositions } from "./extent.js";

/** @typedef {import("../../spec").AreaMark} AreaMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const FAR = 3e4;

/** @param {number} pixel */
const near = (pixel) => Math.min(FAR, Math.max(-FAR, pixel));

/** @type {Drawing<AreaMark>} */
export const area = {
  extent(mark, read, extent) {
    extendByPositions(extent, read(mark.xy).data);
    if (mark.low) extendByPositions(extent, read(mark.low).data);
    else extent.y(0);
  },
  draw(mark, { read, frame, paint }) {
    const { data: upper, shape } = read(mark.xy);
    const lower = mark.low ? read(mark.low).data : null;
    const count = shape[shape.length - 2];
    const floor = near(frame.yScale === "log" ? frame.y + frame.height : frame.up(0));
    /** @type {number[]} */ let points = [];
    const put = (
      /** @type {ArrayLike<number>} */ xy,
      /** @type {number} */ i,
      /** @type {number} */ y,
    ) => points.push(near(frame.across(xy[2 * i])), near(y));
    const missing = (/** @type {number} */ i) =>
      !Number.isFinite(
        frame.across(upper[2 * i]) +
          frame.up(upper[2 * i + 1]) +
          (lower ? frame.up(lower[2 * i + 1]) : 0),
      );
    for (let curve = 0; curve < upper.length / 2; curve += count) {
      points = [];
      const starts = [];
      for (let from = curve; from < curve + count;) {
        let to = from;
        while (to < curve + count && !missing(to)) to++;
        if (to - from > 1) {
          starts.push(points.length / 2);
          for (let i = from; i < to; i++) put(upper, i, frame.up(upper[2 * i + 1]));
          for (let i = to - 1; i >= from; i--)
            put(lower ?? upper, i, lower ? frame.up(lower[2 * i + 1]) : floor);
        }
        from = to + 1;
      }
      // One shape each: where areas overlap they are darker.
      frame.shapes.push({
        kind: "path",
        points: Float32Array.from(points),
        starts,
        paint,
        width: 0,
        closed: true,
        fill: paint,
        opacity: 0.22,
        clip: true,
      });
    }
  },
};
