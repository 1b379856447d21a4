// A picture: grey, RGB or RGBA; floats from 0 to 1 or bytes; row 0 at the top.

import { addHandle } from "./handle.js";
import { drawGrid, gridSize } from "./grid.js";
import { rgbaOf } from "../pixels.js";

/** @typedef {import("../../spec").ImageMark} ImageMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

/**
 * @param {ImageMark} mark @param {import("../../core/memory.js").Read} read
 * @returns {[x: [number, number], y: [number, number]]}
 */
function placeOf(mark, read) {
  const [rows, columns] = mark.grid ? gridSize(mark).reverse() : read(mark.values).shape;
  return [mark.x ?? [0, columns], mark.y ?? [0, rows]];
}

const LARGEST_PIXEL = 14;

/** @type {Drawing<ImageMark>} */
export const image = {
  room(mark, inner, ratio) {
    if (ratio) return undefined;
    if (!mark.grid) return;
    const [columns, rows] = gridSize(mark);
    const scale = Math.min(inner / columns, LARGEST_PIXEL);
    return [columns * scale, rows * scale];
  },
  extent: (mark, read, extent) => extent.rectangle(...placeOf(mark, read)),
  draw(mark, place) {
    const { read, frame, index } = place;
    if (mark.grid) return drawGrid(mark, place, frame.box(...placeOf(mark, read)));
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
    if (mark.edit) addHandle(frame, "cells", mark, index, box);
  },
};
