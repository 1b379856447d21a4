// A field: the picture that was computed for these pixels; before it has come, the values that the
// figure drew on a coarse grid.

import { rgbaOf } from "../pixels.js";

/** @typedef {import("../../spec").FieldMark} FieldMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

/** @type {Drawing<FieldMark>} */
export const field = {
  extent: (mark, read, extent) => extent.rectangle(mark.x, mark.y),
  draw(mark, { read, frame }) {
    const reading = read(mark.pixels.picture) ?? read(mark.values);
    const [rows, columns] = reading.shape;
    const box = frame.box(mark.x, mark.y);
    const rgba = rgbaOf(reading);
    frame.shapes.push({ kind: "raster", ...box, rows, columns, rgba, smooth: true });
  },
};
