// The steps of a machine's simulations: forward with the settings of the reader, back to a step that
// was taken, and forth again with the settings of then.

import { has } from "./own.js";

/** @typedef {import("./controls.js").Value} Value */
/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./simulation.js").Run} Run */
/** @typedef {import("./serve.js").Progress} Progress */
/** @typedef {() => boolean} More */

const always = () => true;

/**
 * Of a request: simulations are started again, go to a step and take steps.
 * @param {Machine} machine @param {import("./serve.js").Request} request
 * @param {() => number} clock milliseconds @param {More} more
 */
export function steer(machine, { restart, seek: asked, advance: wanted }, clock, more) {
  let cost = 0;
  for (const name of restart) machine.restart(name);
  const seeking = Object.keys(asked).filter((name) => !seek(machine, name, asked[name], more));
  for (const [name, count] of Object.entries(wanted)) {
    machine.settle(() => false);
    const before = clock();
    // However slow a step is, one is taken: a run never stands still for want of time.
    const taken = advance(machine, name, Math.min(1, count));
    cost = Math.max(cost, clock() - before);
    if (taken) advance(machine, name, count - taken, more);
  }
  return { seeking, cost };
}

/** How far each run has come. @param {Machine} machine @returns {Record<string, Progress>} */
export const progress = ({ runs }) =>
  Object.fromEntries(
    [...runs].map(([name, { step, furthest, begun }]) => [name, { step, furthest, begun }]),
  );

/** The reader has pressed a button. @param {Machine} machine @param {string} name @param {number} times */
export function press(machine, name, times) {
  for (const node of machine.program.nodes) {
    if (node.kind !== "simulation" || !node.needs.includes(name)) continue;
    const { presses } = machine.run(node.name);
    presses[name] = (presses[name] ?? 0) + times;
  }
}

/**
 * Take steps, at most `count` and as long as `more()`; gives how many were taken.
 * @param {Machine} machine @param {string} name @param {number} count @param {More} [more]
 */
export function advance(machine, name, count, more = always) {
  machine.settle(() => false);
  const run = machine.run(name);
  const last = run.node.steps ?? Infinity;
  let taken = 0;
  if (run.step < last && count > 0) remember(machine, name, run);
  while (taken < count && run.step < last && more()) {
    step(machine, run, run.presses);
    if (Object.keys(run.presses).length) {
      run.presses = {};
      remember(machine, name, run);
    }
    taken += 1;
  }
  if (taken) machine.touch(name);
  return taken;
}

/**
 * Go to a step already taken, as it was; true when there. Called again, it goes on.
 * @param {Machine} machine @param {string} name @param {number} target @param {More} [more]
 */
export function seek(machine, name, target, more = always) {
  machine.settle(() => false);
  const run = machine.run(name);
  const goal = Math.max(0, Math.min(target, run.furthest));
  if (goal < run.step) run.restore(goal);
  const now = { ...machine.values };
  /** @type {import("./simulation.js").Settings | undefined} */ let used;
  while (run.step < goal && more()) {
    const settings = run.settingsAt(run.step + 1);
    if (settings && settings !== used) apply(machine, settings);
    used = settings;
    step(machine, run, settings ?? {});
  }
  if (used) apply(machine, now);
  machine.touch(name);
  return run.step >= goal;
}

/** @param {Machine} machine @param {Run} run @param {Record<string, unknown>} settings with presses */
function step(machine, run, settings) {
  const { node } = run;
  run.writeStep(run.step + 1);
  const buttons = node.needs.filter((name) => machine.program.controls[name]?.kind === "button");
  for (const name of buttons) write(machine, name, Number(settings[name] ?? 0));
  const table =
    run.step === 1 && node.first
      ? node.first
      : run.recording && node.record
        ? node.record
        : node.step;
  machine.enter(table);
  for (const name of buttons) write(machine, name, 0);
  if (run.recording) run.append();
  run.keep();
}

/** @param {Machine} machine @param {string} name @param {number} presses */
function write(machine, name, presses) {
  const { slot } = machine.program.controls[name];
  if (slot) machine.memory.write(slot, [presses]);
}

/**
 * Note the settings of the coming steps, if they differ from those before.
 * @param {Machine} machine @param {string} name @param {Run} run
 */
function remember(machine, name, run) {
  const read = controlsOf(machine, run);
  /** @type {Record<string, Value>} */ const settings = {};
  for (const control of read) settings[control] = run.presses[control] ?? machine.values[control];
  const before = run.settingsAt(run.step + 1);
  if (
    before &&
    read.every((control) => before[control] === settings[control]) &&
    run.trail[run.trail.length - 1]?.settings === before
  )
    return;
  // Going on from an earlier step with other settings: what came after it is no longer true.
  run.forget();
  run.trail.push({ step: run.step + 1, settings });
}

/** Set controls as they were at some step. @param {Machine} machine @param {Record<string, Value>} settings */
function apply(machine, settings) {
  for (const [name, value] of Object.entries(settings)) {
    if (machine.program.controls[name].kind === "button" || machine.values[name] === value) continue;
    machine.values[name] = value;
    machine.write(name);
    machine.touch(name);
  }
  for (const node of machine.program.nodes) {
    if (node.kind !== "value" || !machine.stale.has(node.name)) continue;
    machine.enter(node.run);
    machine.touch(node.name);
    machine.stale.delete(node.name);
  }
}

/**
 * Controls among names, and behind the values among them.
 * @param {Machine} machine @param {string[]} names @returns {Set<string>}
 */
function upstream(machine, names) {
  const found = new Set();
  for (const name of names) {
    if (has(machine.program.controls, name)) found.add(name);
    const node = machine.program.nodes.find((other) => other.name === name);
    if (node?.kind === "value")
      for (const control of upstream(machine, node.needs)) found.add(control);
  }
  return found;
}

/** Of each run. @type {WeakMap<Run, string[]>} */
const known = new WeakMap();

/** Controls that a step reads, directly or through values. @param {Machine} machine @param {Run} run */
function controlsOf(machine, run) {
  let found = known.get(run);
  if (!found) {
    const restart = upstream(machine, run.node.restart);
    found = [...upstream(machine, run.node.needs)].filter((name) => !restart.has(name));
    known.set(run, found);
  }
  return found;
}
