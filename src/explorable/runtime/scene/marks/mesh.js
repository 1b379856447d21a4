// A warped grid: its rows and its columns as lines.

import { extendByPositions } from "./extent.js";
import { Pen } from "../pen.js";

/** @typedef {import("../../spec").MeshMark} MeshMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

/** @type {Drawing<MeshMark>} */
export const mesh = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, { read, frame }) {
    const { data, shape } = read(mark.xy);
    const [rows, columns] = shape;
    const pen = new Pen(frame);
    const to = (/** @type {number} */ at) =>
      pen.to(frame.across(data[2 * at]), frame.up(data[2 * at + 1]));
    for (let row = 0; row < rows; row++) {
      pen.lift();
      for (let column = 0; column < columns; column++) to(row * columns + column);
    }
    for (let column = 0; column < columns; column++) {
      pen.lift();
      for (let row = 0; row < rows; row++) to(row * columns + column);
    }
    frame.shapes.push({
      kind: "path",
      ...pen.take(),
      paint: "soft",
      width: 1,
      opacity: 0.55,
      clip: true,
    });
  },
};
