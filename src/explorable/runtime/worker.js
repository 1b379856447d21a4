// The machine in a worker: one classic script, told what to do by page/port.js.

import { Machine } from "./core/machine.js";
import { serve } from "./core/serve.js";

/** @typedef {import("./page/port.js").Question} Question */
/**
 * @typedef {{ program: import("./spec").Program, slots: Record<string, string[]>, module: WebAssembly.Module, saved: import("./core/machine.js").Saved }} Start
 */
/** @typedef {import("./core/memory.js").Reading} Reading */

/** @type {Machine} */ let machine;
/** @type {Record<string, string[]>} */ let slots;

/**
 * A copy of a slot, in a buffer the page has sent back if there is one.
 * @param {string} slot
 * @param {Map<string, ArrayBuffer>} spare
 * @returns {[string, Reading]}
 */
function copy(slot, spare) {
  const { data, shape, dtype } = machine.pictures.get(slot) ?? machine.memory.read(slot);
  const buffer = spare.get(slot);
  const Form = /** @type {Float32ArrayConstructor} */ (data.constructor);
  const copied = buffer?.byteLength === data.byteLength ? new Form(buffer) : new Form(data.length);
  copied.set(data);
  return [slot, { data: copied, shape, dtype }];
}

/** @param {Question} question */
function answer({ request, buffers }) {
  const reply = serve(machine, request, () => performance.now());
  const changed = new Set(Object.keys(reply.ran).flatMap((figure) => slots[figure]));
  for (const slot of [...slots[""], ...reply.painted]) changed.add(slot);
  const spare = new Map(buffers);
  const readings = [...changed].map((slot) => copy(slot, spare));
  return { message: { reply, readings }, transfer: readings.map(([, { data }]) => data.buffer) };
}

self.onmessage = async ({ data }) => {
  try {
    if ("program" in data) {
      const { program, module, saved } = /** @type {Start} */ (data);
      const { exports } = await WebAssembly.instantiate(module);
      machine = new Machine(program, exports, saved);
      slots = data.slots;
      self.postMessage({ ready: true });
      return;
    }
    const { message, transfer } = answer(data);
    self.postMessage(message, { transfer });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
