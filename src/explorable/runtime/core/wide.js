// Every dtype but float32: how it lies in memory, and how it is read and written as plain numbers.

import { halves } from "./halves.js";
import { has } from "./own.js";

/** @typedef {import("../spec").Dtype} Dtype */
/** @typedef {import("./memory.js").Form} Form */
/** @typedef {import("./memory.js").View} View */
/** @typedef {import("./memory.js").NumberView} NumberView */

/** @type {Partial<Record<Dtype, Form>>} */
const FORMS = {
  float64: [Float64Array, 8, 1],
  int8: [Int8Array, 1, 1],
  int16: [Int16Array, 2, 1],
  int32: [Int32Array, 4, 1],
  int64: [BigInt64Array, 8, 1],
  uint8: [Uint8Array, 1, 1],
  bool: [Uint8Array, 1, 1],
  complex64: [Float32Array, 4, 2],
  complex128: [Float64Array, 8, 2],
  float16: [Uint16Array, 2, 1],
  bfloat16: [Uint16Array, 2, 1],
};

/** @param {Dtype} dtype @returns {Form | undefined} */
export const wideForm = (dtype) => (has(FORMS, dtype) ? FORMS[dtype] : undefined);

/** Where a slot is read to: the slot itself, where its numbers are plain. @param {Dtype} dtype @param {View} view */
export function roomFor(dtype, view) {
  if (dtype === "int64") return new Float64Array(view.length);
  if (dtype === "float16" || dtype === "bfloat16") return new Float32Array(view.length);
  return /** @type {NumberView} */ (view);
}

/** @param {Dtype} dtype @param {View} from @param {NumberView} to */
export function decode(dtype, from, to) {
  const number = halves?.[dtype] ?? Number;
  for (let i = 0; i < to.length; i++) to[i] = number(/** @type {number} */ (from[i]));
}

/** @param {View} view @param {ArrayLike<number | boolean>} numbers */
export function writeWide(view, numbers) {
  for (let i = 0; i < view.length; i++) {
    const x = Number(numbers[i] ?? 0);
    if (view instanceof BigInt64Array) view[i] = BigInt(x);
    else view[i] = x;
  }
}

/** @param {View} view */
export function clearWide(view) {
  if (view instanceof BigInt64Array) view.fill(0n);
  else view.fill(view instanceof Float64Array || view instanceof Float32Array ? NaN : 0);
}

/**
 * The first element of a slot of whole numbers, as `format(tensor.item(), "")` in Python; undefined for others.
 * @param {import("./format.js").Numbers} numbers @param {string} spec
 */
export const formatWhole = ({ data, dtype }, spec) =>
  /^d?$/.test(spec) && /^u?int/.test(dtype) ? String(BigInt(Number(data[0]))) : undefined;
