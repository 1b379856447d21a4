// A bracket along a line, on its left, with a text at its middle: what a distance is called.

import { extendByPositions } from "./extent.js";
import { textOf, widthOf } from "../text.js";

/** @typedef {import("../../spec").BracketMark} BracketMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const NEAR = 5; // pixels from the line to the bracket's ends, to its back, to its tip
const BACK = 11;
const TIP = 15;
const SIZE = 13;

/** @type {Drawing<BracketMark>} */
export const bracket = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, { read, frame }) {
    const { data } = read(mark.xy);
    const text = textOf(mark.text, read);
    const width = widthOf(text, SIZE);
    /** @type {number[]} */ const points = [];
    const starts = [];
    for (let i = 0; i < data.length; i += 4) {
      const [x0, y0] = [frame.across(data[i]), frame.up(data[i + 1])];
      const [x1, y1] = [frame.across(data[i + 2]), frame.up(data[i + 3])];
      const length = Math.hypot(x1 - x0, y1 - y0);
      if (!(length > 1 && length < Infinity)) continue;
      const [aside, up] = [(y1 - y0) / length, -(x1 - x0) / length];
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      starts.push(points.length / 2, points.length / 2 + 4);
      for (const [px, py, far] of [
        [x0, y0, NEAR],
        [x0, y0, BACK],
        [x1, y1, BACK],
        [x1, y1, NEAR],
        [x, y, BACK],
        [x, y, TIP],
      ])
        points.push(px + far * aside, py + far * up);
      const [tipX, tipY] = [x + (TIP + 4) * aside, y + (TIP + 4) * up];
      // The text begins, ends or is centred where it keeps clear of the bracket.
      const left = tipX - (width * (1 - aside)) / 2;
      const top = tipY - (SIZE * (1 - up)) / 2;
      frame.taken.push({ x: left, y: top, width, height: SIZE });
      frame.shapes.push({
        ...{ kind: "text", x: left, y: top + 0.82 * SIZE, text, size: SIZE },
        ...{ anchor: "start", paint: "ink", halo: true },
      });
    }
    frame.shapes.push({
      ...{ kind: "path", points: Float32Array.from(points), starts },
      ...{ paint: "ink", width: 1, clip: false, opacity: 0.7 },
    });
  },
};
