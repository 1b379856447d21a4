// Very many dots: rounded to whole pixels, of which 32 at a time ask whether a dot is near.

import { cover } from "./cover.js";

/** A bit for each pixel in which there is a dot. */
let bits = new Int32Array(0);
/** The same, and behind them what `widen` made of them. */
let wide = new Int32Array(0);

/**
 * The pixels that the dots of a class cover.
 * @param {import("./stamps.js").Sheet} sheet @param {Float32Array} points
 * @param {Uint8Array | undefined} paints @param {number} k the class
 * @param {Int32Array} tints its pixels, by how much of them is covered
 */
export function crowd(sheet, points, paints, k, tints) {
  const { across, rows, room, scale, right, down, width, height } = sheet;
  const words = (across >> 5) + 3;
  if (bits.length !== words * (rows + 2)) bits = new Int32Array(words * (rows + 2));
  bits.fill(0);
  for (let i = 0; i < points.length; i += 2) {
    if (paints && paints[i / 2] !== k) continue;
    const x = points[i] * scale + right;
    const y = points[i + 1] * scale + down;
    if (!(x >= 0 && y >= 0 && x <= width && y <= height)) continue;
    const column = (x | 0) + room + 32;
    bits[((y | 0) + room + 1) * words + (column >> 5)] |= 1 << (column & 31);
  }
  spread(sheet, words, tints);
}

/**
 * From the bits of pixels that hold a dot to the ink of all that dots cover: the pixels most covered first,
 * 32 neighbours at a time. A word of no pixels stands at both ends of each row.
 * @param {import("./stamps.js").Sheet} sheet @param {number} words in a row @param {Int32Array} tints
 */
function spread({ ink, across, rows, reach }, words, tints) {
  const far = Math.ceil(reach - 0.5);
  widen(far);
  const levels = nearest(reach, far, words);
  ink.fill(0);
  for (let row = far; row < rows - far; row++) {
    const first = (row + 1) * words;
    for (let word = 1; word < words - 1; word++) {
      let covered = 0;
      for (let level = 0; level < levels.length && covered !== -1; level++) {
        const { least, places } = levels[level];
        let found = 0;
        for (let k = 0; k < places.length; k++) found |= wide[first + word + places[k]];
        found &= ~covered;
        covered |= found;
        const start = row * across + ((word - 1) << 5);
        if (found === -1) ink.fill(tints[least], start, start + 32);
        else for (; found; found &= found - 1) ink[start + 31 - Math.clz32(found & -found)] = tints[least];
      }
    }
  }
}

/**
 * After the bits themselves those of pixels with a dot at most 1, 2, ... `far` pixels beside them.
 * @param {number} far
 */
function widen(far) {
  const size = bits.length;
  if (wide.length !== size * (far + 1)) wide = new Int32Array(size * (far + 1));
  wide.set(bits);
  for (let i = 1; i < size - 1; i++) {
    const before = bits[i - 1];
    const here = bits[i];
    const after = bits[i + 1];
    let near = here;
    for (let by = 1; by <= far; by++) {
      near |= (here >>> by) | (here << by) | (after << (32 - by)) | (before >>> (32 - by));
      wide[by * size + i] = near;
    }
  }
}

/**
 * Where a dot may be that covers so much of a pixel or more, the most first: in each row around it at most
 * so far beside it.
 * @param {number} reach @param {number} far @param {number} words
 */
function nearest(reach, far, words) {
  const covers = new Set();
  for (let row = 0; row <= far; row++) {
    for (let column = 0; column <= far; column++) covers.add(cover(reach, column, row));
  }
  covers.delete(0);
  return [...covers].sort((a, b) => b - a).map((least) => {
    /** @type {number[]} */ const places = [];
    for (let row = -far; row <= far; row++) {
      let by = far;
      while (by >= 0 && cover(reach, by, row) < least) by--;
      if (by >= 0) places.push(by * bits.length + row * words);
    }
    return { least, places };
  });
}
