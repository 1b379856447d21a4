// What a name means: on the page in full, inside one figure by the figure's own parameters.

import { has } from "../core/own.js";
import { unknown } from "../core/unknown.js";

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
  throw new Error(unknown?.("control", name, [...Object.keys(words), ...named]));
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
