// Typed views of a module's memory by slot name. Every offset and shape is checked before a view is
// made.

import { present } from "./sizes.js";
import { clearWide, decode, roomFor, wideForm, writeWide } from "./wide.js";

/** @typedef {import("../spec").Program} Program */
/** @typedef {import("../spec").Dtype} Dtype */
/**
 * @typedef {Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | BigInt64Array} View
 */
/** @typedef {Exclude<View, BigInt64Array>} NumberView */
/** @typedef {{ data: NumberView, shape: number[], dtype: Dtype }} Reading */
/** @typedef {(slot: string) => Reading} Read */

/** @typedef {[make: new (buffer: ArrayBuffer, offset: number, length: number) => View, bytes: number, parts: number]} Form */
/** What most figures compute in; others are wide.js's. @type {Form} */
const FLOAT = [Float32Array, 4, 1];

/** @param {Dtype} dtype @returns {Form | undefined} */
export const formOf = (dtype) => (dtype === "float32" ? FLOAT : wideForm?.(dtype));

/** The shape of the whole slot. @param {import("../spec").Extent[]} shape */
export const boundsOf = (shape) => shape.map((extent) => (typeof extent === "number" ? extent : extent[0]));

/** Numbers in a shape, complex counted twice. @param {Dtype} dtype @param {number[]} shape */
export const count = (dtype, shape) =>
  shape.reduce((product, extent) => product * extent, formOf(dtype)?.[2] ?? 1);

/**
 * @param {string} what
 * @param {ArrayBuffer} buffer
 * @param {number} offset
 * @param {Dtype} dtype
 * @param {number[]} shape
 * @returns {View}
 */
export function viewOf(what, buffer, offset, dtype, shape) {
  const form = formOf(dtype);
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
      const data = roomFor ? roomFor(dtype, view) : /** @type {NumberView} */ (view);
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
    if (view instanceof Float32Array)
      for (let i = 0; i < view.length; i++) view[i] = Number(numbers[i] ?? 0);
    else writeWide(view, numbers);
  }

  /** NaN where the dtype has it, else zero. @param {string} slot */
  clear(slot) {
    const view = this.view(slot);
    if (view instanceof Float32Array) view.fill(NaN);
    else clearWide(view);
  }
}
