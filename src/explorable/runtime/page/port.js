// A figure's port: a request goes in, a reply comes out, and the slots can be read. Inline the
// reply is there at once and reading is a view of the arena; from a worker (away.js) it is a promise
// and reading is of the copies it sent.

import { Machine } from "../core/machine.js";
import { has } from "../core/own.js";
import { serve } from "../core/serve.js";

/** @typedef {import("../core/serve.js").Request} Request */
/** @typedef {import("../core/serve.js").Reply} Reply */
/** @typedef {import("../core/memory.js").Reading} Reading */
/** @typedef {import("../spec").Spec} Spec */
/**
 * @typedef {object} Port
 * @property {(request: Request) => Reply | Promise<Reply>} ask
 * @property {import("../core/memory.js").Read} read
 * @property {() => void} end
 * @property {Machine} [machine] where it is on the page
 * @property {true} [patient] where no worker started
 */
/** @typedef {{ request: Request, buffers: [string, ArrayBuffer][] }} Question */
/**
 * @typedef {{ reply?: Reply, readings?: [string, Reading][], error?: string, ready?: true }} Answer
 */

const clock = () => performance.now();

/**
 * @param {Spec} spec @param {WebAssembly.Module} module @param {Record<string, Uint8Array>} files
 * @returns {Promise<Port>}
 */
export async function inlinePort(spec, module, files) {
  const { exports } = await WebAssembly.instantiate(module);
  const machine = new Machine(spec.program, exports, files);
  return {
    ask: (request) => serve(machine, request, clock),
    read: (slot) =>
      has(spec.program.slots, slot)
        ? machine.memory.read(slot)
        : /** @type {Reading} */ (machine.pictures.get(slot)),
    machine,
    end() {},
  };
}
