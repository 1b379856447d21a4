// What the names of values, runs and other figures mean. A figure that stands alone knows without it.

import { has } from "../core/own.js";
import { parameters } from "./names.js";

/** @typedef {import("../spec").Spec} Spec */

/**
 * The full name of what a text of the page calls `name`: a control or an output. `figure.parameter`
 * is known for every figure; an ending, or a parameter, where only one thing has it.
 * @param {Spec} spec @param {string[]} known @param {string} name
 */
export function find(spec, known, name) {
  if (known.includes(name)) return name;
  const short = new Set(known.filter((full) => full.endsWith(`.${name}`)));
  for (const figure of Object.keys(spec.figures)) {
    for (const [word, full] of Object.entries(parameters(spec, figure))) {
      if (`${figure}.${word}` === name) return full;
      if (word === name) short.add(full);
    }
    for (const full of known) {
      for (const called of inWords(spec, figure, full))
        if (called === name || `${figure}.${called}` === name) short.add(full);
    }
  }
  return short.size === 1 ? [...short][0] : undefined;
}

/**
 * What a figure calls an output of a value or a run: `run.loss` for `training.loss`, where its
 * parameter is `run=training`.
 * @param {Spec} spec @param {string} figure @param {string} full
 */
const inWords = ({ figures }, figure, full) =>
  Object.entries(figures[figure]?.nodes ?? {})
    .filter(([, node]) => `${full}.`.startsWith(`${node}.`))
    .map(([word, node]) => word + full.slice(node.length));

/**
 * Outputs by their page names, and, not listed, by the figure's words for them.
 * @template T
 * @param {Spec} spec @param {string} figure @param {Record<string, T>} outputs
 */
export function withWords(spec, figure, outputs) {
  for (const [full, value] of Object.entries(outputs)) {
    for (const called of inWords(spec, figure, full))
      if (!has(outputs, called)) Object.defineProperty(outputs, called, { value });
  }
  return outputs;
}

/**
 * Slots of what has a name on the page: a value's outputs, a run's newest records; its step has
 * none.
 * @param {import("../spec").Program} program
 * @param {Record<string, { step: number }>} [runs] given: without records that no step has made yet
 */
export function slotsByName({ nodes }, runs) {
  /** @type {Record<string, string>} */ const slots = {};
  for (const node of nodes) {
    if (node.kind === "value") {
      for (const [path, slot] of Object.entries(node.outputs))
        slots[path ? `${node.name}.${path}` : node.name] = slot;
    } else if (node.kind === "simulation") {
      slots[`${node.name}.step`] = "";
      if (runs && runs[node.name].step < node.recordEvery) continue;
      for (const [record, { slot }] of Object.entries(node.records))
        slots[`${node.name}.${record}`] = slot;
    }
  }
  return slots;
}

/**
 * Names of the controls that a figure depends on, directly or through values and simulations.
 * @param {Spec} spec @param {string} figure
 */
export function controlsBehind({ program, figures }, figure) {
  const { controls, nodes } = program;
  const found = new Set(figures[figure].controls);
  /** @param {string} name */
  const follow = (name) => {
    found.add(name);
    const node = nodes.find((other) => other.name === name && other.kind !== "figure");
    for (const need of node
      ? [...node.needs, ...(node.kind === "simulation" ? node.restart : [])]
      : [])
      if (!found.has(need)) follow(need);
  };
  const own = nodes.find((node) => node.kind === "figure" && node.name === figure);
  for (const need of own?.needs ?? []) follow(need);
  return [...found].filter((name) => has(controls, name));
}

/** The step numbers of runs, as outputs are. @param {Record<string, { step: number }>} runs */
export const stepNumbers = (runs) =>
  Object.entries(runs).map(([name, { step }]) => [
    `${name}.step`,
    { data: Float64Array.of(step), shape: [], dtype: "int64" },
  ]);

/**
 * A whole number that JavaScript's numbers cannot hold is given rounded, and an `error` event
 * says so, once until it fits again.
 * @param {HTMLElement} element @param {Record<string, string>} named slots by name
 * @param {import("../core/memory.js").Read} read @param {Set<string>} rounded those that it was said of
 */
export function checkWhole(element, named, read, rounded) {
  for (const [name, slot] of Object.entries(named)) {
    const { data, dtype } = read(slot);
    const large =
      dtype === "int64"
        ? Array.from(data).find((x) => Math.abs(x) > Number.MAX_SAFE_INTEGER)
        : undefined;
    if (large === undefined) rounded.delete(name);
    else if (!rounded.has(name)) {
      rounded.add(name);
      const message = `output '${name}' holds ${large}, beyond 2^53: int64 is rounded here`;
      element.dispatchEvent(new CustomEvent("error", { detail: { message, output: name } }));
    }
  }
}
