// Constants out of files, into memory. Left out where there are none.

import { expand } from "./codes.js";
import { boundsOf, count, decode, FORMS, viewOf } from "./memory.js";

/** @typedef {import("../spec").Program} Program */

/**
 * Copy a constant out of a file, widening it if it is stored in a smaller dtype.
 * @param {ArrayBuffer} buffer the memory @param {Program["arrays"][number]} array
 * @param {Uint8Array | undefined} file
 */
export function load(buffer, { slot: [offset, dtype, extents], file: name, stored, start, along = -1 }, file) {
  if (!file) throw new Error(`the file '${name}' is missing`);
  const shape = boundsOf(extents);
  const scales = 4 * (shape[along] ?? 0);
  const bytes = scales + count(stored, shape) * FORMS[stored][1];
  if (!(start >= 0 && start + bytes <= file.byteLength))
    throw new Error(`'${name}' is too short: ${file.byteLength} bytes`);
  // A copy, so that the file's own alignment does not matter.
  const copied = /** @type {ArrayBuffer} */ (file.slice(start, start + bytes).buffer);
  const from = viewOf(`'${name}'`, copied, scales, stored, shape);
  const to = viewOf(`an array of '${name}'`, buffer, offset, dtype, shape);
  if (scales) expand(copied, from, shape, along, to);
  else if (stored === dtype) new Uint8Array(buffer, offset, bytes).set(new Uint8Array(copied));
  else decode(stored, from, /** @type {import("./memory.js").NumberView} */ (to));
}
