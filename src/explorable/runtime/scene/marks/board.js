// A board: squares or crossings, pieces or numbers on them, small numbers for what may still come.

import { addHandle } from "./handle.js";
import { framed, tinted } from "../cells.js";

/** @typedef {import("../../spec").BoardMark} BoardMark */
/** @typedef {import("../../spec").Shape} Shape */
/** @typedef {import("../frame.js").Box} Box */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const SQUARE = 46;
const TALLEST = 440;
/** Of a square: its number, a piece that is a sign, a stone, a note. */
const PART = { number: 0.56, piece: 0.78, stone: 0.4, note: 0.27 };
const STONES = "●○";

/** @type {Drawing<BoardMark>} */
export const board = {
  room({ shape: [rows, columns] }, inner) {
    const side = Math.min(SQUARE, Math.floor((inner - 2) / columns), Math.floor(TALLEST / rows));
    return [side * columns, side * rows];
  },
  extent({ shape: [rows, columns] }, read, extent) {
    extent.rectangle([0, columns], [0, rows]);
  },
  draw(mark, { read, frame, hold, index }) {
    const { data: cells, shape } = read(mark.cells);
    const [rows, columns] = shape;
    const side = Math.min(frame.width / mark.shape[1], frame.height / mark.shape[0]);
    const box = { x: frame.x, y: frame.y, width: side * columns, height: side * rows };
    const { shapes } = frame;
    if (mark.style === "checkered") shapes.push(darkSquares(rows, columns, box, side, mark.shade ? 0.25 : 0.45));
    if (mark.shade && rows * columns) {
      const { data } = read(mark.shade);
      const [, most] = hold(`${index}.shade`, 0, Math.max(...Array.from(data, Math.abs)));
      shapes.push(tinted(data, most || 1, rows, columns, box));
    }
    shapes.push(...linesOf(mark, rows, columns, box, side));
    const notes = mark.notes && read(mark.notes);
    /** @type {Record<string, number[]>} */ const stones = { [STONES[0]]: [], [STONES[1]]: [] };
    for (let i = 0; i < rows * columns; i++) {
      const x = box.x + ((i % columns) + 0.5) * side;
      const y = box.y + (Math.floor(i / columns) + 0.5) * side;
      const cell = Number(cells[i]);
      const piece = mark.pieces ? (mark.pieces[cell] ?? String(cell)) : cell ? String(cell) : "";
      if (stones[piece]) stones[piece].push(x, y);
      else if (piece) shapes.push(sign(piece, x, y, side, mark.pieces ? "piece" : "number", "ink"));
      else if (notes) {
        const count = notes.shape[2];
        const left = [];
        for (let k = 0; k < count; k++) if (notes.data[i * count + k]) left.push(k + 1);
        shapes.push(...noted(left, count, x, y, side));
      }
    }
    for (const [piece, at] of Object.entries(stones)) {
      const [points, radius] = [Float32Array.from(at), PART.stone * side];
      if (!at.length) continue;
      shapes.push({ kind: "dots", points, radius, paint: "ink", clip: false });
      if (piece === STONES[1])
        shapes.push({ kind: "dots", points, radius: radius - 1.5, paint: "paper", clip: false });
    }
    if (mark.highlight && rows * columns)
      shapes.push(framed(read(mark.highlight).data, rows, columns, box));
    if (mark.edit) addHandle(frame, "board", mark, index, box);
  },
};

/**
 * @param {string} text @param {number} x @param {number} y @param {number} side
 * @param {"number" | "piece" | "note"} part @param {string} paint @returns {Shape}
 */
function sign(text, x, y, side, part, paint) {
  const size = Math.round(PART[part] * side * 2) / 2;
  const weight = part === "number" && paint === "ink" ? { weight: 600 } : {};
  return { kind: "text", x, y: y + 0.36 * size, text, size, anchor: "middle", paint, ...weight };
}

/**
 * What may still come to a square: small numbers in their places, the last one large.
 * @param {number[]} left @param {number} count of all @param {number} x @param {number} y
 * @param {number} side @returns {Shape[]}
 */
function noted(left, count, x, y, side) {
  if (left.length === 1) return [sign(String(left[0]), x, y, side, "number", "c0")];
  if (!left.length) return [sign("×", x, y, side, "number", "c1")];
  const across = Math.ceil(Math.sqrt(count));
  const gap = (0.86 * side) / across;
  return left.map((number) => {
    const [row, column] = [Math.floor((number - 1) / across), (number - 1) % across];
    const middle = (across - 1) / 2;
    const [dx, dy] = [(column - middle) * gap, (row - middle) * gap];
    return sign(String(number), x + dx, y + dy, side * Math.min(1, 3 / across), "note", "soft");
  });
}

/**
 * @param {number} rows @param {number} columns @param {Box} box @param {number} side
 * @param {number} opacity @returns {Shape}
 */
function darkSquares(rows, columns, box, side, opacity) {
  const boxes = [];
  for (let row = 0; row < rows; row++)
    for (let column = (row + 1) % 2; column < columns; column += 2)
      boxes.push(box.x + column * side, box.y + row * side, side, side);
  return { kind: "rects", boxes: Float32Array.from(boxes), paint: "frame", opacity, clip: true };
}

/**
 * @param {BoardMark} mark @param {number} rows @param {number} columns @param {Box} box
 * @param {number} side @returns {Shape[]}
 */
function linesOf({ style, boxes }, rows, columns, { x, y, width, height }, side) {
  /** @type {number[]} */ const thin = [];
  /** @type {number[]} */ const thick = [];
  // On crossings the lines end at the outermost ones.
  const inset = style === "crossings" ? side / 2 : 0;
  const [stepDown, stepAcross] = boxes ?? [rows, columns];
  const last = inset ? 1 : 0;
  if (style !== "checkered") {
    for (let row = 0; row <= rows - last; row++) {
      const at = y + inset + row * side;
      const list = !inset && row % stepDown === 0 ? thick : thin;
      list.push(x + inset, at, x + width - inset, at);
    }
    for (let column = 0; column <= columns - last; column++) {
      const at = x + inset + column * side;
      const list = !inset && column % stepAcross === 0 ? thick : thin;
      list.push(at, y + inset, at, y + height - inset);
    }
  } else {
    const [right, below] = [x + width, y + height];
    thin.push(x, y, right, y, x, below, right, below, x, y, x, below, right, y, right, below);
  }
  const starts = (/** @type {number[]} */ list) =>
    Array.from({ length: list.length / 4 }, (_, k) => 2 * k);
  /** @type {Shape[]} */ const drawn = [];
  for (const [list, paint, lineWidth] of /** @type {[number[], string, number][]} */ ([
    [thin, inset ? "soft" : "frame", 1],
    [thick, "ink", 1.5],
  ])) {
    if (list.length)
      drawn.push({
        kind: "path",
        points: Float32Array.from(list),
        starts: starts(list),
        paint,
        width: lineWidth,
        clip: false,
      });
  }
  return drawn;
}
