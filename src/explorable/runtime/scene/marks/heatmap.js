// Cells coloured by value, row 0 at the top. True and false are a colour and none; whole numbers
// are written out.

import { addHandle } from "./handle.js";
import { brief } from "../short.js";
import { widthOf } from "../text.js";
import { colour, rangeOf } from "../colour.js";

/** @typedef {import("../../spec").HeatmapMark} HeatmapMark */
/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("../frame.js").Box} Box */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const FRAMED = { switches: 9, colours: 14 }; // pixels from which cells are told apart by lines
const WRITTEN = 15;
const MOST_DIGITS = 3;

/**
 * @param {HeatmapMark} mark @param {import("../../core/memory.js").Read} read
 * @returns {[x: [number, number], y: [number, number]]}
 */
export function placeOf(mark, read) {
  const [rows, columns] = read(mark.values).shape;
  return [mark.x ?? [0, columns], mark.y ?? [0, rows]];
}

/** @type {Drawing<HeatmapMark>} */
export const heatmap = {
  extent: (mark, read, extent) => extent.rectangle(...placeOf(mark, read)),
  draw(mark, place) {
    const { read, frame, index, paint } = place;
    const { data, shape, dtype } = read(mark.values);
    const [rows, columns] = shape;
    const box = frame.box(...placeOf(mark, read));
    const cell = { width: box.width / columns, height: box.height / rows };
    const size = Math.min(cell.width, cell.height);
    if (dtype === "bool") {
      frame.shapes.push({
        kind: "rects",
        boxes: Float32Array.of(box.x, box.y, box.width, box.height),
        paint: "grid",
        clip: true,
      });
      frame.shapes.push({
        kind: "rects",
        boxes: cellsOf(data, rows, columns, box, cell, Boolean),
        paint,
        clip: true,
      });
    } else {
      const range = rangeOf({ ...mark, tint: mark.tint || Boolean(mark.edit) }, place, data);
      // What is not a number shows the ground, and so does what fades into it.
      const fades = range.low > range.high;
      if (fades || range.holes) {
        const boxes = cellsOf(data, rows, columns, box, cell, (value) => fades || value !== value);
        if (boxes.length) frame.shapes.push({ kind: "rects", boxes, paint: "grid", clip: true });
      }
      const rgba = colour(data, range.low, range.high, range.around, wordsOf(mark, data.length));
      // A canvas knows no picture of nothing.
      if (rgba.length) frame.shapes.push({ kind: "raster", ...box, rows, columns, rgba });
      if (size >= WRITTEN && isCount(data, dtype)) write(data, rgba, shape, box, cell, size, frame);
    }
    if (size >= (dtype === "bool" ? FRAMED.switches : FRAMED.colours))
      frame.shapes.push(gridOf(rows, columns, box, cell, dtype === "bool" ? 1 : 0.3));
    if (mark.edit) addHandle(frame, "cells", mark, index, box);
  },
};

/** The colours last painted, which nobody reads any more. @type {WeakMap<HeatmapMark, Uint32Array>} */
const painted = new WeakMap();

/** @param {HeatmapMark} mark @param {number} count */
function wordsOf(mark, count) {
  let words = painted.get(mark);
  if (words?.length !== count) painted.set(mark, (words = new Uint32Array(count)));
  return words;
}

/**
 * Boxes of the cells chosen, runs in a row joined.
 * @param {ArrayLike<number>} data @param {number} rows @param {number} columns @param {Box} box
 * @param {{ width: number, height: number }} cell @param {(value: number) => boolean} choose
 */
function cellsOf(data, rows, columns, box, cell, choose) {
  const boxes = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = column;
      while (column < columns && choose(data[row * columns + column])) column++;
      if (column > from)
        boxes.push(
          box.x + from * cell.width,
          box.y + row * cell.height,
          (column - from) * cell.width,
          cell.height,
        );
    }
  }
  return Float32Array.from(boxes);
}

/** @param {ArrayLike<number>} data @param {string} dtype */
function isCount(data, dtype) {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] % 1 !== 0) return false;
    most = Math.max(most, Math.abs(data[i]));
  }
  // Zeros and ones as floats are switches, not counts.
  return most < 10 ** MOST_DIGITS && (most > 1 || dtype.startsWith("int"));
}

/**
 * @param {ArrayLike<number>} data @param {Uint8ClampedArray} rgba @param {number[]} shape
 * @param {Box} box @param {{ width: number, height: number }} cell @param {number} size
 * @param {Frame} frame
 */
function write(data, rgba, [rows, columns], box, cell, size, frame) {
  const type = Math.min(13, Math.round(0.6 * size));
  for (let i = 0; i < rows * columns; i++) {
    const text = brief(data[i]);
    if (data[i] === 0 || widthOf(text, type) > cell.width - 2) continue;
    const light = (0.3 * rgba[4 * i] + 0.6 * rgba[4 * i + 1] + 0.1 * rgba[4 * i + 2]) / 255;
    const paint = rgba[4 * i + 3] < 140 ? "ink" : light > 0.55 ? "dark" : "bright";
    const x = box.x + ((i % columns) + 0.5) * cell.width;
    const y = box.y + (Math.floor(i / columns) + 0.5) * cell.height + 0.36 * type;
    frame.shapes.push({ kind: "text", x, y, text, size: type, anchor: "middle", paint });
  }
}

/**
 * @param {number} rows @param {number} columns @param {Box} box
 * @param {{ width: number, height: number }} cell @param {number} opacity
 * @returns {import("../../spec").Shape}
 */
function gridOf(rows, columns, box, cell, opacity) {
  const points = [];
  const starts = [];
  for (let row = 1; row < rows; row++) {
    const y = box.y + row * cell.height;
    starts.push(points.length / 2);
    points.push(box.x, y, box.x + box.width, y);
  }
  for (let column = 1; column < columns; column++) {
    const x = box.x + column * cell.width;
    starts.push(points.length / 2);
    points.push(x, box.y, x, box.y + box.height);
  }
  return {
    kind: "path",
    points: Float32Array.from(points),
    starts,
    paint: "paper",
    width: 1,
    opacity,
    clip: true,
  };
}
