// Whole numbers of eight bits times their scales, as float32. Left out where nothing is stored so.

/** @typedef {import("./memory.js").View} View */

/**
 * @param {ArrayBuffer} stored that begins with a scale for each index of dimension `along`
 * @param {View} codes @param {number[]} shape @param {number} along @param {View} to
 */
export function expand(stored, codes, shape, along, to) {
  const scales = new Float32Array(stored, 0, shape[along]);
  const apart = shape.slice(along + 1).reduce((product, extent) => product * extent, 1);
  for (let i = 0; i < to.length; i++)
    to[i] = Number(codes[i]) * scales[Math.floor(i / apart) % scales.length];
}
