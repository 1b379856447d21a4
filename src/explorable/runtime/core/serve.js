// One frame's work, asked of a machine wherever it lives: settings in, steps taken, stale figures
// run.

import { pull } from "./drag.js";
import { paintFields } from "./field.js";
import { rest, resume } from "./saved.js";
import { progress, steer } from "./stepping.js";

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
  if (request.resume) resume(machine, request.resume);
  for (const [name, value] of Object.entries(request.set)) machine.set(name, value);
  const pulled = request.pull ? pull(machine, request.pull) : {};
  const pulling = request.pull ? clock() - start : 0;
  const steered = steer?.(machine, request, clock, () => clock() - start < request.budget);
  const before = clock();
  const ran = machine.settle((figure) => request.figures.includes(figure));
  const settling = clock() - before;
  const pictures = paintFields?.(machine, request.fields ?? [], ran, request.budget, clock);
  return {
    painted: pictures?.painted ?? [],
    painting: pictures?.painting ?? false,
    ran: Object.fromEntries(ran.map((figure) => [figure, machine.key(figure)])),
    runs: progress?.(machine) ?? {},
    seeking: steered?.seeking ?? [],
    pulled,
    cost: Math.max(pulling, steered?.cost ?? 0, settling),
    kept: request.rest ? rest(machine) : undefined,
  };
}
