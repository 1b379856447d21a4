// The lines that a vector field flows along, evenly apart: each begins beside one that is drawn, and
// ends where it would come too near to another (Jobard and Lefer's rule).

import { Pen } from "../pen.js";

/** @typedef {import("../../spec").StreamlinesMark} StreamlinesMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const APART = 20; // pixels from line to line
const NEAREST = 0.5; // of that, where a line ends
const STEP = 3; // pixels
const MOST_STEPS = 700;
const SHORTEST = 40; // pixels
const STILL = 1e-6; // of the greatest speed
const HEAD = { length: 6, half: 2.8, every: 160 };

/**
 * The places drawn so far, by cells as wide as lines are apart.
 * @param {number} width @param {number} height
 */
function crowd(width, height) {
  const across = Math.ceil(width / APART) + 1;
  /** @type {number[][]} */
  const cells = Array.from({ length: across * (Math.ceil(height / APART) + 1) }, () => []);
  const cellOf = (/** @type {number} */ x, /** @type {number} */ y) =>
    Math.floor(y / APART) * across + Math.floor(x / APART);
  return {
    /** @param {number[]} line */
    add(line) {
      for (let i = 0; i < line.length; i += 2)
        cells[cellOf(line[i], line[i + 1])].push(line[i], line[i + 1]);
    },
    /** @param {number} x @param {number} y @param {number} distance */
    holds(x, y, distance) {
      const [column, row] = [Math.floor(x / APART), Math.floor(y / APART)];
      for (let j = Math.max(0, row - 1); j <= row + 1; j++) {
        for (let i = Math.max(0, column - 1); i <= Math.min(across - 1, column + 1); i++) {
          const cell = cells[j * across + i] ?? [];
          for (let k = 0; k < cell.length; k += 2)
            if ((cell[k] - x) ** 2 + (cell[k + 1] - y) ** 2 < distance * distance) return true;
        }
      }
      return false;
    },
  };
}

/** @typedef {(x: number, y: number, out: Float64Array) => boolean} Flow */

/**
 * The direction of the field at a pixel of its box, of length one; false where there is none.
 * @param {ArrayLike<number>} data @param {number} rows @param {number} columns
 * @param {number} width @param {number} height @param {[number, number]} units pixels of one
 * @returns {Flow}
 */
function flowOf(data, rows, columns, width, height, [across, up]) {
  let most = 0;
  for (let i = 0; i < data.length; i += 2) {
    const speed = Math.hypot(data[i] * across, data[i + 1] * up);
    if (speed < Infinity) most = Math.max(most, speed);
  }
  return (x, y, out) => {
    if (!(x >= 0 && y >= 0 && x <= width && y <= height)) return false;
    const [u, v] = [(x / width) * (columns - 1), (1 - y / height) * (rows - 1)];
    const [column, row] = [
      Math.min(columns - 2, Math.floor(u)),
      Math.min(rows - 2, Math.floor(v)),
    ];
    const [s, t] = [u - column, v - row];
    const at = 2 * (row * columns + column);
    const above = at + 2 * columns;
    const mix = (/** @type {number} */ k) =>
      (1 - t) * ((1 - s) * data[at + k] + s * data[at + 2 + k]) +
      t * ((1 - s) * data[above + k] + s * data[above + 2 + k]);
    const [dx, dy] = [mix(0) * across, -mix(1) * up];
    const speed = Math.hypot(dx, dy);
    if (!(speed > STILL * most)) return false;
    out[0] = dx / speed;
    out[1] = dy / speed;
    return true;
  };
}

const here = new Float64Array(2);
const half = new Float64Array(2);

/**
 * One way along the field from a place, by midpoints.
 * @param {Flow} flow @param {number} x @param {number} y @param {1 | -1} way
 * @param {ReturnType<typeof crowd>} others
 */
function follow(flow, x, y, way, others) {
  /** @type {number[]} */ const line = [x, y];
  const near = NEAREST * APART;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (!flow(x, y, here)) break;
    if (!flow(x + (way * STEP * here[0]) / 2, y + (way * STEP * here[1]) / 2, half)) break;
    x += way * STEP * half[0];
    y += way * STEP * half[1];
    if (!flow(x, y, here) || others.holds(x, y, near)) break;
    // A ring ends where it began; a spiral before it meets itself.
    let met = false;
    for (let i = 0; i < line.length - (2.5 * APART) / STEP && !met; i += 4)
      met = (line[i] - x) ** 2 + (line[i + 1] - y) ** 2 < (i ? near * near : STEP * STEP);
    line.push(x, y);
    if (met) break;
  }
  return line;
}

/**
 * All lines, each x, y, x, y... in pixels of the box.
 * @param {Flow} flow @param {number} width @param {number} height
 */
function linesOf(flow, width, height) {
  const drawn = crowd(width, height);
  /** @type {number[][]} */ const lines = [];
  const begin = (/** @type {number} */ x, /** @type {number} */ y) => {
    if (!(x >= 0 && y >= 0 && x <= width && y <= height) || drawn.holds(x, y, APART)) return;
    const back = follow(flow, x, y, -1, drawn);
    const line = [];
    for (let i = back.length - 2; i > 0; i -= 2) line.push(back[i], back[i + 1]);
    line.push(...follow(flow, x, y, 1, drawn));
    if (line.length < (2 * SHORTEST) / STEP) return;
    drawn.add(line);
    lines.push(line);
  };
  // Beside the lines there are, then wherever room is left: in eddies of their own.
  let beside = 0;
  const spread = () => {
    for (; beside < lines.length; beside++) {
      const line = lines[beside];
      for (let i = 0; i + 3 < line.length; i += 8) {
        const [dx, dy] = [line[i + 2] - line[i], line[i + 3] - line[i + 1]];
        const reach = (1.02 * APART) / Math.hypot(dx, dy);
        begin(line[i] - dy * reach, line[i + 1] + dx * reach);
        begin(line[i] + dy * reach, line[i + 1] - dx * reach);
      }
    }
  };
  begin(width / 2, height / 3);
  spread();
  for (let y = APART / 2; y < height; y += APART) {
    for (let x = APART / 2; x < width; x += APART) {
      begin(x, y);
      spread();
    }
  }
  return lines;
}

/** @type {Drawing<StreamlinesMark>} */
export const streamlines = {
  extent: (mark, _read, extent) => extent.rectangle(mark.x, mark.y),
  draw(mark, { read, frame, paint }) {
    const { data, shape } = read(mark.vectors);
    const box = frame.box(mark.x, mark.y);
    const units = /** @type {[number, number]} */ ([
      box.width / (mark.x[1] - mark.x[0]),
      box.height / (mark.y[1] - mark.y[0]),
    ]);
    const flow = flowOf(data, shape[0], shape[1], box.width, box.height, units);
    const pen = new Pen(frame);
    /** @type {number[]} */ const heads = [];
    for (const line of linesOf(flow, box.width, box.height)) {
      pen.lift();
      for (let i = 0; i < line.length; i += 2) pen.to(box.x + line[i], box.y + line[i + 1]);
      const count = Math.max(1, Math.round((line.length * STEP) / 2 / HEAD.every));
      for (let k = 0; k < count; k++) {
        const i = 2 * Math.floor(((k + 0.5) / count) * (line.length / 2 - 1));
        const [x, y] = [box.x + line[i], box.y + line[i + 1]];
        const [dx, dy] = [line[i + 2] - line[i], line[i + 3] - line[i + 1]];
        const size = Math.hypot(dx, dy);
        if (!(size > 0) || !frame.holds(x, y)) continue;
        const [ux, uy] = [dx / size, dy / size];
        heads.push(x + (ux * HEAD.length) / 2, y + (uy * HEAD.length) / 2);
        for (const side of [-1, 1])
          heads.push(
            x - (ux * HEAD.length) / 2 + side * HEAD.half * uy,
            y - (uy * HEAD.length) / 2 - side * HEAD.half * ux,
          );
      }
    }
    const look = /** @type {const} */ ({ kind: "path", paint, opacity: 0.7, clip: true });
    frame.shapes.push({ ...look, ...pen.take(), width: 1 });
    frame.shapes.push({
      ...look,
      points: Float32Array.from(heads),
      starts: Array.from({ length: heads.length / 6 }, (_, k) => 3 * k),
      width: 0,
      closed: true,
      fill: paint,
    });
  },
};
