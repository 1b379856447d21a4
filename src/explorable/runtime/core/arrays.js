// Constants out of files, into memory. Left out where there are none.

import { expand } from "./codes.js";
import { boundsOf, count, formOf, viewOf } from "./memory.js";
import { unpack } from "./packing.js";
import { decode } from "./wide.js";

/** @typedef {import("../spec").Program} Program */

/**
 * Copy a constant out of a file, widening it if it is stored in a smaller dtype.
 * @param {ArrayBuffer} buffer the memory @param {Program["arrays"][number]} array
 * @param {Uint8Array | undefined} file
 */
export function load(buffer, array, file) {
  const { slot: [offset, dtype, extents], stored, start, along = -1, apart = 0, planes = false } = array;
  const name = array.file;
  if (!file) throw new Error(`the file '${name}' is missing`);
  const shape = boundsOf(extents);
  const size = formOf(stored)?.[1] ?? 1;
  const scales = 4 * (shape[along] ?? 0);
  const bytes = scales + count(stored, shape) * size;
  if (!(start >= 0 && start + bytes <= file.byteLength))
    throw new Error(`'${name}' is too short: ${file.byteLength} bytes`);
  // A copy, so that the file's own alignment does not matter.
  const copied = file.slice(start, start + bytes);
  const inside = /** @type {ArrayBuffer} */ (copied.buffer);
  if (apart || planes) unpack(copied, size, apart, planes);
  const from = viewOf(`'${name}'`, inside, scales, stored, shape);
  const to = viewOf(`an array of '${name}'`, buffer, offset, dtype, shape);
  if (scales) expand(inside, from, shape, along, to);
  else if (stored === dtype) new Uint8Array(buffer, offset, bytes).set(copied);
  else if (to instanceof BigInt64Array) to.forEach((_, i) => (to[i] = BigInt(from[i])));
  else decode(stored, from, to);
}
