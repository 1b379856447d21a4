// A machine that has left the page: at work in a worker, which answers by the same port, or at rest.
// Fetched when it is wanted: most figures are quick, and stay in sight.

import { has } from "../core/own.js";
import { save } from "../core/saved.js";
import { bytes, urlOf } from "./load.js";
import { store } from "./store.js";

/** @typedef {import("../core/memory.js").Reading} Reading */
/** @typedef {import("../core/serve.js").Reply} Reply */
/** @typedef {import("../spec").Spec} Spec */
/** @typedef {import("./port.js").Answer} Answer */
/** @typedef {import("./port.js").Port} Port */

const START_MILLISECONDS = 5000;

/**
 * Slots that each figure draws or gives out, and those of values and records under "".
 * @param {Spec} spec
 * @returns {Record<string, string[]>}
 */
function slotsRead(spec) {
  /** @param {unknown} part @param {Set<string>} found */
  const search = (part, found) => {
    if (typeof part === "string" && has(spec.program.slots, part)) found.add(part);
    else if (part && typeof part === "object")
      for (const inner of Object.values(part)) search(inner, found);
    return found;
  };
  /** @type {Record<string, string[]>} */ const slots = { "": [] };
  for (const [name, { layouts, outputs }] of Object.entries(spec.figures))
    slots[name] = [...search([layouts, outputs], new Set())];
  for (const node of spec.program.nodes) {
    if (node.kind !== "figure")
      slots[""].push(
        ...search(node.kind === "value" ? node.outputs : Object.values(node.records), new Set()),
      );
  }
  return slots;
}

/**
 * Copies of all that the page reads, so that the machine itself can go.
 * @param {Spec} spec @param {import("../core/memory.js").Read} read
 * @returns {Map<string, Reading>}
 */
function copies(spec, read) {
  /** @param {string} slot @returns {[string, Reading]} */
  const copy = (slot) => [slot, { ...read(slot), data: read(slot).data.slice() }];
  return new Map(Object.values(slotsRead(spec)).flat().map(copy));
}

/**
 * The machine of a port rests: what the next one needs, and what the page reads until then.
 * @param {Spec} spec @param {Port} port
 */
export async function rested(spec, port) {
  const nothing = { set: {}, restart: [], seek: {}, advance: {}, figures: [], budget: 0 };
  const { kept } = await port.ask({ ...nothing, rest: true });
  const readings = copies(spec, port.read);
  port.end();
  return { kept, read: (/** @type {string} */ slot) => /** @type {Reading} */ (readings.get(slot)) };
}

/**
 * Go on in a worker. Tries each URL; if none starts, the page computes in slices, with the same
 * results.
 * @param {Spec} spec
 * @param {WebAssembly.Module} module
 * @param {string} base where the bundle came from
 * @param {Port} from
 * @returns {Promise<Port>}
 */
export async function workerPort(spec, module, base, from) {
  for (const url of workerUrls(base, spec.parts?.worker)) {
    try {
      const worker = new Worker(await url());
      const post = connect(worker);
      const saved = from.machine && save(from.machine);
      const started = post({ program: spec.program, slots: slotsRead(spec), module, saved });
      const timeout = new Promise((_, fail) =>
        setTimeout(() => fail(new Error("the worker does not start")), START_MILLISECONDS),
      );
      try {
        await Promise.race([started, timeout]);
      } catch (error) {
        worker.terminate();
        throw error;
      }
      return portOf(worker, post, copies(spec, from.read));
    } catch {
      // A policy forbids this kind of worker: the next one, or none.
    }
  }
  return from.patient ? from : patient(from);
}

/** Computes between two frames and draws in the next: a task each. @param {Port} port @returns {Port} */
const patient = (port) => ({
  ...port,
  patient: true,
  ask(request) {
    const reply = port.ask(request);
    // A hidden page has no frames.
    return document.hidden
      ? reply
      : new Promise((resolve) => requestAnimationFrame(() => resolve(reply)));
  },
});

/** Questions to a worker are answered in order. @param {Worker} worker */
function connect(worker) {
  /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void }[]} */ const waiting =
    [];
  worker.onmessage = ({ data }) => {
    const next = waiting.shift();
    if (data.error === undefined) next?.resolve(data);
    else next?.reject(new Error(data.error));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.splice(0))
      reject(new Error(event.message || "the worker has stopped"));
  };
  /** @param {unknown} message @param {Transferable[]} [transfer] @returns {Promise<Answer>} */
  return (message, transfer = []) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(message, transfer);
    });
}

/**
 * @param {Worker} worker
 * @param {ReturnType<typeof connect>} post
 * @param {Map<string, Reading>} readings
 * @returns {Port}
 */
function portOf(worker, post, readings) {
  /** @type {[string, ArrayBuffer][]} */ let spare = [];
  return {
    async ask(request) {
      const buffers = spare;
      spare = [];
      const { reply, readings: sent } = await post(
        { request, buffers },
        buffers.map(([, buffer]) => buffer),
      );
      for (const [slot, reading] of sent ?? []) {
        // What it replaces goes back with the next question, to be filled again.
        const old = readings.get(slot);
        if (old) spare.push([slot, /** @type {ArrayBuffer} */ (old.data.buffer)]);
        readings.set(slot, reading);
      }
      return /** @type {Reply} */ (reply);
    },
    read: (slot) => /** @type {Reading} */ (readings.get(slot)),
    end: () => worker.terminate(),
  };
}

/**
 * URLs a worker script may be started from, best first.
 * @param {string} base
 * @param {string | undefined} name
 */
function workerUrls(base, name) {
  if (!name) return [];
  const blob = async () =>
    URL.createObjectURL(
      new Blob([/** @type {BlobPart} */ (await bytes(base, name))], { type: "text/javascript" }),
    );
  // No worker starts from another origin's URL.
  const url = urlOf(base, name);
  return new URL(url).origin === location.origin && !has(store().inline, name)
    ? [() => url]
    : [blob];
}
