// The two half floats as numbers. Left out where nothing is stored as one.

/** By dtype, from the bits. @type {Record<string, (bits: number) => number>} */
export const halves = { float16: half, bfloat16: brain };

const word = new Uint32Array(1);
const wordAsFloat = new Float32Array(word.buffer);

/** @param {number} bits */
function brain(bits) {
  word[0] = bits << 16;
  return wordAsFloat[0];
}

/** @param {number} bits */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent
    ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
    : sign * 2 ** -24 * fraction;
}
