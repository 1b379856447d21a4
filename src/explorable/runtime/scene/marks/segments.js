// Lines between pairs of positions.

import { extendByPositions } from "./extent.js";
import { Pen } from "../pen.js";
import { caps } from "./caps.js";

/** @typedef {import("../../spec").SegmentsMark} SegmentsMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

/** @type {Drawing<SegmentsMark>} */
export const segments = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, { read, frame, paint }) {
    const { data } = read(mark.xy);
    const pen = new Pen(frame);
    for (let k = 0; k < data.length / 4; k++) pen.trace(frame, data, 4 * k, 2);
    if (mark.caps && caps) caps(pen, frame, data);
    frame.shapes.push({ kind: "path", ...pen.take(), paint, width: 1.5, clip: true });
  },
};
