// What one machine hands to another of the same program: all of it to one in a worker, what the
// reader did to one that begins where it rested.

import { learn, learnt } from "./models.js";

/** @typedef {import("./machine.js").Kept} Kept */
/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./machine.js").Saved} Saved */

/** Everything another machine needs to go on from here. @param {Machine} machine @returns {Saved} */
export const save = ({ program, memory, values, stale, runs }) => ({
  memory: memory.buffer.slice(0),
  values,
  stale: [...stale],
  runs: [...runs].map(([name, run]) => [name, run.save()]),
  tokenizers: learnt ? learnt(program) : undefined,
});

/** Go on from what another machine saved. @param {Machine} machine @param {Saved} saved */
export function adopt(machine, { memory, values, stale, runs, tokenizers }) {
  if (learn) learn(machine.program, tokenizers ?? {});
  new Uint8Array(machine.memory.buffer).set(new Uint8Array(memory));
  machine.values = { ...values };
  machine.stale = new Set(stale);
  for (const [name, run] of runs) Object.assign(machine.run(name), run);
}

/** What the reader did, without the arena: enough for `resume` in a fresh machine. @param {Machine} machine @returns {Kept} */
export const rest = ({ values, runs }) => ({
  values,
  runs: [...runs].map(([name, run]) => [name, run.rest()]),
});

/** Go on from where another machine rested; here nothing has run. @param {Machine} machine @param {Kept} kept */
export function resume(machine, { values, runs }) {
  for (const name of Object.keys(values)) {
    machine.values[name] = values[name];
    machine.write(name);
  }
  for (const node of machine.program.nodes) {
    if (node.kind === "figure") continue;
    if (node.kind === "value") machine.enter(node.run);
    else {
      // A run also reads what init alone writes, its random key.
      machine.enter(node.init);
      const [, kept] = /** @type {Kept["runs"][0]} */ (runs.find(([name]) => name === node.name));
      Object.assign(machine.run(node.name), kept).restore(kept.step);
    }
    machine.stale.delete(node.name);
  }
}
