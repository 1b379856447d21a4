// Every word that a live figure shows or says by itself, by language. The author's words come from the spec.

import { has } from "../core/own.js";
import { PART_WORDS } from "./part_words.js";

/**
 * @typedef {object} PlainWords
 * @property {string} pair with {x} and {y}
 * @property {string} newer with {version}
 * @property {string} failed with {reason}
 * @property {string} wasm the reason below the baseline
 */
/** @typedef {PlainWords & import("./part_words.js").PartWords} Words */

/** @type {Record<string, PlainWords>} */
export const WORDS = {
  en: {
    pair: "x {x}, y {y}",
    newer: "this figure needs a newer Explorable ({version})",
    failed: "this figure is not live: {reason}",
    wasm: "WebAssembly with SIMD is missing or forbidden here",
  },
  ta: {
    pair: "x {x}, y {y}",
    newer: "இந்தப் படத்திற்குப் புதிய Explorable தேவை ({version})",
    failed: "இந்தப் படம் இயங்கவில்லை: {reason}",
    wasm: "இங்கே SIMD உடைய WebAssembly இல்லை",
  },
};

/** The language of a tag, English if there are no words in it. @param {string | undefined} lang */
export function languageOf(lang) {
  const language = (lang ?? "").split("-")[0].toLowerCase();
  return has(WORDS, language) ? language : "en";
}

/** @param {string | undefined} lang @returns {Words} */
export function wordsOf(lang) {
  const language = languageOf(lang);
  return { ...WORDS[language], .../** @type {any} */ (PART_WORDS)?.[language] };
}

/**
 * Fill the places of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export const say = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
