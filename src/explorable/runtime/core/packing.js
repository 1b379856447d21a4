// Arrays out of the form in which they pack well: words as differences, bytes in planes. Left out
// where none is stored so.

const WORDS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };

/**
 * @param {Uint8Array} bytes of the file, changed @param {number} width bytes of a word
 * @param {number} apart how far before a word stands the one it is told from; 0: nowhere
 * @param {boolean} planes all first bytes stand before all second ones
 */
export function unpack(bytes, width, apart, planes) {
  if (planes) {
    const packed = bytes.slice();
    const count = bytes.length / width;
    packed.forEach((byte, k) => (bytes[(k % count) * width + Math.floor(k / count)] = byte));
  }
  const Words = /** @type {Uint8ArrayConstructor} */ (WORDS[/** @type {1} */ (width)]);
  const words = new Words(bytes.buffer);
  if (apart) for (let k = apart; k < words.length; k++) words[k] += words[k - apart];
}
