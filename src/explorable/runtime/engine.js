// What the build calls in V8: machines by a number, so that Python can drive the very runtime the
// page uses. Files (wasm, arrays) are put into globalThis.files by name before.

import { whole } from "./core/field.js";
import { Machine } from "./core/machine.js";
import { format } from "./core/format.js";
import { advance as take, seek as goTo } from "./core/stepping.js";
import { markup } from "./page/markup.js";

/** @type {Map<number, Machine>} */
const machines = new Map();
let last = 0;
/** What `picture` made. */ let drawn = new Uint8ClampedArray();

/** @returns {Record<string, Uint8Array>} */
const files = () =>
  /** @type {any} reason: the engine's own global, see engine/child.py */ (globalThis).files;

/** @param {number} id */
function machine(id) {
  const found = machines.get(id);
  if (!found) throw new Error(`no machine ${id}`);
  return found;
}

/**
 * A machine for a program.
 * @param {import("./spec").Program} program
 * @param {"plain" | "relaxed"} [variant]
 */
export function open(program, variant = "plain") {
  const wasm = /** @type {BufferSource} */ (files()[program.wasm[variant] ?? ""]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
  machines.set(++last, new Machine(program, exports, files()));
  return last;
}

/** @param {number} id */
export const close = (id) => machines.delete(id);

/** Set controls; what each took. @param {number} id @param {Record<string, unknown>} settings */
export function set(id, settings) {
  const taken = Object.entries(settings).map(([name, value]) => [
    name,
    machine(id).set(name, value),
  ]);
  return Object.fromEntries(taken);
}

/** Run all that is stale; the figures that ran. @param {number} id */
export const settle = (id) => machine(id).settle();

/** @param {number} id @param {string} simulation @param {number} count */
export const advance = (id, simulation, count) => take(machine(id), simulation, count);

/** @param {number} id @param {string} simulation @param {number} step */
export const seek = (id, simulation, step) => goTo(machine(id), simulation, step);

/** @param {number} id @param {string} simulation */
export const restart = (id, simulation) => machine(id).restart(simulation);

/**
 * Where an element of a dragged mark is, and how it moves: into the drag's slots.
 * @param {number} id @param {import("./spec").Drag} drag @param {number} element
 */
export const slope = (id, drag, element) => machine(id).ask(drag.run, drag.element, [element]);

/** @param {number} id @param {import("./spec").Pixels} pixels @param {number[]} corner */
export const block = (id, pixels, corner) => machine(id).ask(pixels.run, pixels.corner, corner);

/**
 * All pixels of a field, for `pixels`.
 * @param {number} id @param {import("./spec").FieldMark} mark @param {number} columns
 * @param {number} rows
 */
export function picture(id, mark, columns, rows) {
  drawn = whole(machine(id), mark, columns, rows);
}

/** @param {number} _id of the machine that drew last */
export const pixels = (_id) => drawn;

/** The static key of a figure at the present settings. @param {number} id @param {string} figure */
export const key = (id, figure) => machine(id).key(figure);

/** The bytes of a slot, shared with the machine. @param {number} id @param {string} slot */
export const bytes = (id, slot) => machine(id).memory.bytes(slot);

/** Live text. @param {number} id @param {string} slot @param {string} spec */
export const text = (id, slot, spec) => format(machine(id).memory.read(slot), spec);

export { markup };
