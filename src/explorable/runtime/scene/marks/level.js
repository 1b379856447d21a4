// The number of a contour line, set into the line where it is straightest.

import { brief } from "../short.js";
import { widthOf } from "../text.js";

/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("../frame.js").Box} Box */

const SIZE = 10;
const AIR = 8; // pixels of the line left out beside the number
const LONGER = 2.5; // lines that have a number are so much longer than its gap
const STEP = 6;
const BEND = 8; // a bend costs so much more than a slope

/** @param {Box} a @param {Box} b */
const overlap = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * Write a line's number, and give the line without the pixels under it.
 * @param {Float32Array} line x, y, x, y... in pixels
 * @param {number} level @param {string} paint @param {Frame} frame
 * @returns {ArrayLike<number>[]} pieces
 */
export function writeLevel(line, level, paint, frame) {
  const text = brief(level);
  const width = widthOf(text, SIZE);
  const gap = width + AIR;
  const count = line.length / 2;
  const along = new Float32Array(count);
  for (let i = 1; i < count; i++)
    along[i] =
      along[i - 1] + Math.hypot(line[2 * i] - line[2 * i - 2], line[2 * i + 1] - line[2 * i - 1]);
  const total = along[count - 1];
  /** The place at a distance along the line. @param {number} distance */
  const at = (distance) => {
    let i = 1;
    while (i < count - 1 && along[i] < distance) i++;
    const t = (distance - along[i - 1]) / (along[i] - along[i - 1] || 1);
    return [
      line[2 * i - 2] + t * (line[2 * i] - line[2 * i - 2]),
      line[2 * i - 1] + t * (line[2 * i + 1] - line[2 * i - 1]),
    ];
  };
  let [least, chosen] = [Infinity, 0];
  /** @type {Box | null} */ let found = null;
  let angle = 0;
  for (let middle = gap; total > LONGER * gap && middle < total - gap; middle += STEP) {
    const [[fromX, fromY], [toX, toY]] = [at(middle - gap / 2), at(middle + gap / 2)];
    const [dx, dy] = [toX - fromX, toY - fromY];
    const chord = Math.hypot(dx, dy);
    const cost = BEND * (1 - chord / gap) + Math.abs(dy) / chord;
    if (!(cost < least)) continue;
    const box = {
      x: (fromX + toX - Math.abs(dx)) / 2 - 2,
      y: (fromY + toY - Math.abs(dy)) / 2 - SIZE / 2,
      width: Math.abs(dx) + 4,
      height: Math.abs(dy) + SIZE,
    };
    if (!frame.holds(box.x, box.y, 0) || !frame.holds(box.x + box.width, box.y + box.height, 0))
      continue;
    if (frame.taken.some((other) => overlap(box, other))) continue;
    [least, chosen, found] = [cost, middle, box];
    angle = (Math.atan(dy / dx) * 180) / Math.PI || 0;
  }
  if (!found) return [line];
  frame.taken.push(found);
  const [x, y] = at(chosen);
  const [middleX, middleY] = [found.x + found.width / 2, found.y + found.height / 2];
  const turn = (angle * Math.PI) / 180;
  const down = 0.36 * SIZE;
  frame.shapes.push({
    kind: "text",
    x: (x + middleX) / 2 - down * Math.sin(turn),
    y: (y + middleY) / 2 + down * Math.cos(turn),
    text,
    size: SIZE,
    anchor: "middle",
    paint,
    rotate: Math.round(angle),
  });
  const [from, to] = [chosen - gap / 2, chosen + gap / 2];
  /** @type {number[]} */ const before = [];
  /** @type {number[]} */ const after = [...at(to)];
  for (let i = 0; i < count; i++) {
    if (along[i] < from) before.push(line[2 * i], line[2 * i + 1]);
    if (along[i] > to) after.push(line[2 * i], line[2 * i + 1]);
  }
  before.push(...at(from));
  return [before, after];
}
