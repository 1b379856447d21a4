// A picture: grey, RGB or RGBA; floats from 0 to 1 or bytes; row 0 at the top.

import { rgbaOf } from "../pixels.js";

/** @typedef {import("../../spec").ImageMark} ImageMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

/**
 * @param {ImageMark} mark @param {import("../../core/memory.js").Read} read
 * @returns {[x: [number, number], y: [number, number]]}
 */
function placeOf(mark, read) {
  const [rows, columns] = read(mark.values).shape;
  return [mark.x ?? [0, columns], mark.y ?? [0, rows]];
}

/** @type {Drawing<ImageMark>} */
export const image = {
  extent: (mark, read, extent) => extent.rectangle(...placeOf(mark, read)),
  draw(mark, { read, frame, index }) {
    const reading = read(mark.values);
    const [rows, columns] = reading.shape;
    const rgba = rgbaOf(reading);
    const box = frame.box(...placeOf(mark, read));
    // Small pictures show their pixels, large ones are smoothed.
    frame.shapes.push({
      kind: "raster",
      ...box,
      rows,
      columns,
      rgba,
      smooth: columns > box.width / 4,
    });
    if (mark.edit) frame.handle("cells", mark, index, box);
  },
};
