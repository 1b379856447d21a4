// Every word that a live figure shows or says by itself, by language. The author's words come from the spec.

import { has } from "../core/own.js";
import { PART_WORDS } from "./part_words.js";

/** @typedef {import("./part_words.js").PartWords} Words */

/** The language of a tag, English if there are no words in it. @param {string | undefined} lang */
export function languageOf(lang) {
  const language = (lang ?? "").split("-")[0].toLowerCase();
  return has(PART_WORDS, language) ? language : "en";
}

/** @param {string | undefined} lang @returns {Words} */
export const wordsOf = (lang) => PART_WORDS[languageOf(lang)];

/**
 * Fill the places of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export const say = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
