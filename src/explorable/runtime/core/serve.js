// One frame's work, asked of a machine wherever it lives: settings in, steps taken, stale figures
// run.

import { pull } from "./drag.js";
import { paintFields } from "./field.js";
import { advance, seek } from "./stepping.js";

/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./controls.js").Value} Value */
/**
 * @typedef {object} Request
 * @property {Record<string, Value>} set
 * @property {import("./machine.js").Kept} [resume] where a machine before this one rested
 * @property {boolean} [rest] give what the next machine needs; nothing else is done
 * @property {string[]} restart simulations to start again
 * @property {Record<string, number>} seek steps to go to
 * @property {Record<string, number>} advance steps to take, Infinity for as many as fit
 * @property {import("./drag.js").Pull} [pull] a computed place that the reader drags
 * @property {string[]} figures those worth running: on screen
 * @property {import("./field.js").Wanted[]} [fields] pictures on screen, and how fine
 * @property {number} budget milliseconds for steps
 */
/** @typedef {{ step: number, furthest: number, begun: number }} Progress */
/**
 * @typedef {object} Reply
 * @property {Record<string, string>} ran figures that ran, and the entry key of each
 * @property {Record<string, Progress>} runs
 * @property {string[]} seeking simulations that have not arrived yet
 * @property {Record<string, Value>} pulled controls that followed a place, and what they became
 * @property {number} cost milliseconds of the longest piece of work that cannot be cut
 * @property {string[]} painted pictures that have changed
 * @property {boolean} painting some are not as fine as they will be
 * @property {import("./machine.js").Kept} [kept] the answer to `rest`
 */

/**
 * @param {Machine} machine
 * @param {Request} request
 * @param {() => number} clock milliseconds
 * @returns {Reply}
 */
export function serve(machine, request, clock) {
  const start = clock();
  const more = () => clock() - start < request.budget;
  if (request.resume) machine.resume(request.resume);
  for (const [name, value] of Object.entries(request.set)) machine.set(name, value);
  let cost = 0;
  const pulled = request.pull ? pull(machine, request.pull) : {};
  if (request.pull) cost = clock() - start;
  for (const name of request.restart) machine.restart(name);
  const seeking = Object.entries(request.seek).flatMap(([name, step]) =>
    seek(machine, name, step, more) ? [] : [name],
  );
  for (const [name, count] of Object.entries(request.advance)) {
    machine.settle(() => false);
    const before = clock();
    // However slow a step is, one is taken: a run never stands still for want of time.
    const taken = advance(machine, name, Math.min(1, count));
    cost = Math.max(cost, clock() - before);
    if (taken) advance(machine, name, count - taken, more);
  }
  const before = clock();
  const ran = machine.settle((figure) => request.figures.includes(figure));
  cost = Math.max(cost, clock() - before);
  const pictures = paintFields?.(machine, request.fields ?? [], ran, request.budget, clock);
  return {
    painted: pictures?.painted ?? [],
    painting: pictures?.painting ?? false,
    ran: Object.fromEntries(ran.map((figure) => [figure, machine.key(figure)])),
    runs: progress(machine),
    seeking,
    pulled,
    cost,
    kept: request.rest ? machine.rest() : undefined,
  };
}

/** @param {Machine} machine @returns {Record<string, Progress>} */
function progress(machine) {
  /** @type {Record<string, Progress>} */ const runs = {};
  for (const name of machine.simulations) {
    const { step, furthest, begun } = machine.run(name);
    runs[name] = { step, furthest, begun };
  }
  return runs;
}
