// A matrix with its numbers, in brackets. Numbers that do not fit shrink, then lose digits; shares
// that would all be 0 or 1 are left to the colours of their cells.

import { addHandle } from "./handle.js";
import { format } from "../../core/format.js";
import { framed, tinted } from "../cells.js";
import { widthOf, written } from "../text.js";

/** @typedef {import("../../spec").MatrixMark} MatrixMark */
/** @typedef {import("../frame.js").Box} Box */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const CELL = { width: 62, height: 34, least: 17, ratio: 0.6 };
const TYPE = { most: 14, least: 8.5, short: 7, tiny: 5, room: 5 };
const BRACKET = { away: 6, arm: 6, width: 1.5 };
const DIGITS = /\.(\d+)([a-zA-Z%]?)$/;

/** @type {Drawing<MatrixMark>} */
export const matrix = {
  room({ shape: [rows, columns] }, inner, ratio) {
    const most = inner - 2 * BRACKET.away - 2;
    if (ratio) return [Math.floor(most), Math.round(most / ratio)];
    const width = Math.min(CELL.width, most / columns);
    const height = Math.min(CELL.height, Math.max(CELL.least, CELL.ratio * width));
    return [Math.floor(columns * width), Math.round(rows * height)];
  },
  extent({ shape: [rows, columns] }, read, extent) {
    extent.rectangle([0, columns], [0, rows]);
  },
  draw(mark, { read, frame, hold, index }) {
    const values = read(mark.values);
    const [rows, columns] = values.shape;
    const [allRows, allColumns] = mark.shape;
    // Fewer rows than there may be stand at the top, in cells of the same size.
    const box = frame.box([0, columns], [allRows - rows, allRows]);
    const cell = { width: frame.width / allColumns, height: frame.height / allRows };
    if (rows * columns) {
      const sizes = Array.from(values.data, (x) => Math.abs(x)).filter((x) => x < Infinity);
      const [, most] = hold(`${index}.most`, 0, mark.most ?? Math.max(0, ...sizes));
      if (!mark.plain) frame.shapes.push(tinted(values.data, most || 1, rows, columns, box));
      if (mark.highlight) frame.shapes.push(framed(read(mark.highlight).data, rows, columns, box));
      const fewest = mark.plain || mark.edit ? 0 : Math.ceil(-Math.log10(Math.max(most, 0.04) / 4));
      const room = cell.width - TYPE.room;
      const { texts, size } = fitted(values, mark.format, fewest, room, hold, index);
      for (const [i, text] of texts.entries()) {
        if (size > cell.height) break;
        const x = box.x + ((i % columns) + 0.5) * cell.width;
        const y = box.y + (Math.floor(i / columns) + 0.5) * cell.height + 0.36 * size;
        frame.shapes.push({ kind: "text", x, y, text, size, anchor: "middle", paint: "ink" });
      }
    }
    frame.shapes.push(brackets(box));
    frame.taken.push(box);
    if (mark.edit) addHandle(frame, "numbers", mark, index, box);
  },
};

/**
 * The numbers as texts, and the size in which the widest so far fits.
 * @param {import("../../core/memory.js").Reading} values @param {string | undefined} asked
 * @param {number} fewest digits behind the point that say anything
 * @param {number} room @param {import("./index.js").Place["hold"]} hold @param {number} index
 */
function fitted(values, asked, fewest, room, hold, index) {
  const form = asked ?? (values.dtype.includes("float") ? ".2f" : "d");
  const digits = Number(DIGITS.exec(form)?.[1] ?? 0);
  for (let kept = digits; ; kept--) {
    const spec = form.replace(DIGITS, (_, __, type) => `.${kept}${type}`);
    const texts = Array.from(values.data, (_, i) => written(format(values, spec, i)));
    const [, widest] = hold(`${index}.${kept}`, 0, Math.max(...texts.map((text) => widthOf(text, 1))));
    const size = Math.min(TYPE.most, Math.floor((2 * room) / widest) / 2);
    if (size >= TYPE.least || kept <= Math.max(0, Math.min(fewest, digits)))
      return { texts: size < (kept ? TYPE.short : TYPE.tiny) ? [] : texts, size };
  }
}

/** Square brackets around a box. @param {Box} box @returns {import("../../spec").Shape} */
function brackets({ x, y, width, height }) {
  const points = [-1, 1].flatMap((side) => {
    const stem = (side < 0 ? x : x + width) + side * BRACKET.away;
    const arm = stem - side * BRACKET.arm;
    return [arm, y - 1, stem, y - 1, stem, y + height + 1, arm, y + height + 1];
  });
  return {
    kind: "path",
    points: Float32Array.from(points),
    starts: [0, 4],
    paint: "ink",
    width: BRACKET.width,
    clip: false,
  };
}
