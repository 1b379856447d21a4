// Typed views of a module's memory by slot name. Every offset and shape is checked before a view is
// made.

import { halves } from "./halves.js";
import { has } from "./own.js";
import { present } from "./sizes.js";

/** @typedef {import("../spec").Program} Program */
/** @typedef {import("../spec").Dtype} Dtype */
/**
 * @typedef {Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | BigInt64Array} View
 */
/** @typedef {Exclude<View, BigInt64Array>} NumberView */
/** @typedef {{ data: NumberView, shape: number[], dtype: Dtype }} Reading */
/** @typedef {(slot: string) => Reading} Read */

/**
 * @type {Record<Dtype, [make: new (buffer: ArrayBuffer, offset: number, length: number) => View, bytes: number, parts: number]>}
 */
export const FORMS = {
  float32: [Float32Array, 4, 1],
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

/** The shape of the whole slot. @param {import("../spec").Extent[]} shape */
export const boundsOf = (shape) => shape.map((extent) => (typeof extent === "number" ? extent : extent[0]));

/** Numbers in a shape, complex counted twice. @param {Dtype} dtype @param {number[]} shape */
export const count = (dtype, shape) =>
  shape.reduce((product, extent) => product * extent, FORMS[dtype][2]);

/**
 * @param {string} what
 * @param {ArrayBuffer} buffer
 * @param {number} offset
 * @param {Dtype} dtype
 * @param {number[]} shape
 * @returns {View}
 */
export function viewOf(what, buffer, offset, dtype, shape) {
  const form = has(FORMS, dtype) ? FORMS[dtype] : null;
  if (!form || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new Error(`${what} has no known form: ${dtype} [${shape}]`);
  }
  const [Form, bytes] = form;
  const length = count(dtype, shape);
  const fits =
    Number.isSafeInteger(offset) &&
    offset >= 0 &&
    offset % bytes === 0 &&
    offset + length * bytes <= buffer.byteLength;
  if (!fits)
    throw new Error(
      `${what} (${dtype} [${shape}] at ${offset}) lies outside the ${buffer.byteLength} bytes there are`,
    );
  return new Form(buffer, offset, length);
}

/** The memory of one running module. */
export class Memory {
  /** @type {Map<string, View>} */ #views = new Map();
  /** @type {Map<string, Reading>} */ #readings = new Map();

  /** @param {Program} program @param {ArrayBuffer} buffer */
  constructor(program, buffer) {
    if (buffer.byteLength !== program.memory) {
      throw new Error(
        `the module has ${buffer.byteLength} bytes of memory, its spec says ${program.memory}`,
      );
    }
    this.buffer = buffer;
    this.slots = program.slots;
    for (const [name, [offset, dtype, shape]] of Object.entries(program.slots)) {
      this.#views.set(name, viewOf(`slot '${name}'`, buffer, offset, dtype, boundsOf(shape)));
    }
  }

  /**
   * The slot itself: what is written here, the module reads.
   * @param {string} slot
   * @returns {View}
   */
  view(slot) {
    const view = this.#views.get(slot);
    if (!view) throw new Error(`no slot '${slot}'`);
    return view;
  }

  /** @param {string} slot */
  bytes(slot) {
    const view = this.view(slot);
    return new Uint8Array(this.buffer, view.byteOffset, view.byteLength);
  }

  /**
   * A slot as plain numbers: the view itself, except int64 and the half floats, which are converted
   * at each reading.
   * @param {string} slot @returns {Reading}
   */
  read(slot) {
    const view = this.view(slot);
    let reading = this.#readings.get(slot);
    if (!reading) {
      const [, dtype, shape] = this.slots[slot];
      const data = plain(dtype)
        ? /** @type {NumberView} */ (view)
        : dtype === "int64"
          ? new Float64Array(view.length)
          : new Float32Array(view.length);
      reading = { data, shape: boundsOf(shape), dtype };
      this.#readings.set(slot, reading);
    }
    if (reading.data !== view) decode(reading.dtype, view, reading.data);
    return present ? present(this, reading, this.slots[slot][2]) : reading;
  }

  /**
   * Write numbers from the start of a slot; the rest becomes zero.
   * @param {string} slot
   * @param {ArrayLike<number | boolean>} numbers
   */
  write(slot, numbers) {
    const view = this.view(slot);
    if (numbers.length > view.length)
      throw new Error(`${numbers.length} numbers do not fit slot '${slot}'`);
    for (let i = 0; i < view.length; i++) {
      const x = Number(numbers[i] ?? 0);
      if (view instanceof BigInt64Array) view[i] = BigInt(x);
      else view[i] = x;
    }
  }

  /** NaN where the dtype has it, else zero. @param {string} slot */
  clear(slot) {
    const view = this.view(slot);
    if (view instanceof BigInt64Array) view.fill(0n);
    else view.fill(view instanceof Float32Array || view instanceof Float64Array ? NaN : 0);
  }
}

/** @param {Dtype} dtype */
const plain = (dtype) => dtype !== "int64" && dtype !== "float16" && dtype !== "bfloat16";

/** @param {Dtype} dtype @param {View} from @param {NumberView} to */
export function decode(dtype, from, to) {
  const number = halves?.[dtype] ?? Number;
  for (let i = 0; i < to.length; i++) to[i] = number(/** @type {number} */ (from[i]));
}
