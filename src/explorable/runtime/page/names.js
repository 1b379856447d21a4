// What a name means: on the page in full, inside one figure by the figure's own parameters.

import { unknown } from "../core/controls.js";
import { has } from "../core/own.js";

/** @typedef {import("../spec").Spec} Spec */

/**
 * The controls that a figure calls by its own words: parameter -> page name.
 * @param {Spec} spec @param {string} figure @returns {Record<string, string>}
 */
export function parameters({ program, figures }, figure) {
  const own = Object.keys(program.controls).filter((name) => name.startsWith(`${figure}.`));
  const short = own.map((name) => [name.slice(figure.length + 1), name]);
  return { ...Object.fromEntries(short), ...figures[figure]?.names };
}

/**
 * The page name of a control that somebody calls `name`: a word of his figure, or the full name.
 * @param {Spec} spec @param {string} figure "" outside all figures @param {string} name
 */
export function controlOf(spec, figure, name) {
  const words = parameters(spec, figure);
  if (has(words, name)) return words[name];
  const known = Object.keys(spec.program.controls);
  if (known.includes(name)) return name;
  const named = known.filter((full) => !Object.values(words).includes(full));
  throw new Error(unknown("control", name, [...Object.keys(words), ...named]));
}

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
 * An entry of each control by its page name; by the figure's word for it too, but not listed twice.
 * A page name that is the figure's word for another control gives way, as it does in `set`.
 * @template T
 * @param {Spec} spec @param {string} figure @param {string[]} names
 * @param {(name: string) => T} entry @returns {Record<string, T>}
 */
export function byName(spec, figure, names, entry) {
  const words = parameters(spec, figure);
  const means = (/** @type {string} */ name) => (has(words, name) ? words[name] : name);
  /** @type {Record<string, T>} */ const found = {};
  for (const name of names) {
    const listed =
      means(name) === name ? name : Object.keys(words).find((word) => words[word] === name);
    if (listed !== undefined) found[listed] = entry(name);
  }
  for (const [word, name] of Object.entries(words)) {
    if (names.includes(name) && !has(found, word))
      Object.defineProperty(found, word, { value: entry(name) });
  }
  return found;
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
