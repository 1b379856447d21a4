// Normalizers: the few steps that tokenizer_file.py writes all of them with.

import { graphemes } from "../graphemes.js";
import { inPlaceOf, runsOf, textOf, utf8 } from "./signs.js";

/** @typedef {import("./signs.js").Sign} Sign */
/** @typedef {import("../../spec").TokenizerFile["normalize"][number]} Step */

// What may change together: a letter and its marks, the parts of a Korean syllable.
const TOGETHER = /[\u1100-\u11ff]+|\P{M}?\p{M}*/gu;
const SHORT = 6; // bytes
// The bits of a unit of the trie.
const [LEAF, WIDE, LABEL, VALUE] = [1 << 8, 1 << 9, 0x800000ff | 0, 0x7fffffff];
const SPACE = /^\p{White_Space}$/u;

/** @param {Step[]} steps @returns {(signs: Sign[]) => Sign[]} */
export function normalizer(steps) {
  const made = steps.map(step);
  return (signs) => made.reduce((now, change) => (now.length ? change(now) : now), signs);
}

/** @param {Step} given @returns {(signs: Sign[]) => Sign[]} */
function step(given) {
  switch (given[0]) {
    case "form":
      return (signs) => inForm(signs, given[1]);
    case "lower":
      return (signs) =>
        signs.flatMap((one) => inPlaceOf(one.sign.toLowerCase(), [one]));
    case "strip":
      return (signs) => stripped(signs, given[1], given[2]);
    case "prepend":
      return (signs) => before(signs, given[1]);
    case "around":
      return replacing(given[1], (run) => [
        ...before([], " ", run[0].from),
        ...run,
        ...before([], " ", run[run.length - 1].to),
      ]);
    case "table":
      return byTable(given[1], given[2]);
    case "replace":
      return replacing(given[1], (run) => (given[2] ? inPlaceOf(given[2], run) : []));
  }
}

/** @param {string} source @param {(run: Sign[]) => Sign[]} change */
function replacing(source, change) {
  const pattern = new RegExp(source, "gu");
  return (/** @type {Sign[]} */ signs) =>
    runsOf(signs, pattern).flatMap(({ run, match }) => (match ? change(run) : run));
}

/**
 * Signs with a text before them that is not the reader's.
 * @param {Sign[]} signs @param {string} text @param {number} at
 */
export const before = (signs, text, at = signs[0].from) => [
  ...Array.from(text, (sign) => ({ sign, from: at, to: at })),
  ...signs,
];

/** @param {Sign[]} signs @param {string} form */
function inForm(signs, form) {
  const changed = runsOf(signs, TOGETHER).flatMap(({ run }) => {
    const text = textOf(run);
    const now = text.normalize(form);
    return now === text ? run : inPlaceOf(now, run);
  });
  const all = textOf(signs).normalize(form);
  return textOf(changed) === all ? changed : inPlaceOf(all, signs);
}

/**
 * What SentencePiece does with its compiled table: a sign of few bytes becomes what the shortest of its
 * beginnings in the table becomes, all of it; of others each code point is looked up.
 * @param {number[]} units a trie of bytes @param {string} texts what keys become, a zero after each
 */
function byTable(units, texts) {
  /** @param {Sign[]} run @returns {Sign[] | null} */
  const changed = (run) => {
    let place = below(0, units[0]);
    for (const byte of utf8(textOf(run))) {
      place ^= byte;
      const unit = units[place];
      if (unit === undefined || (unit & LABEL) !== byte) return null;
      place = below(place, unit);
      if (!(unit & LEAF)) continue;
      const at = units[place] & VALUE;
      const now = texts.slice(at, texts.indexOf("\0", at));
      return now ? inPlaceOf(now, run) : [];
    }
    return null;
  };
  return (/** @type {Sign[]} */ signs) => {
    let at = 0;
    return graphemes(textOf(signs)).flatMap((grapheme) => {
      const run = signs.slice(at, (at += [...grapheme].length));
      const whole = utf8(grapheme).length < SHORT ? changed(run) : null;
      return whole ?? run.flatMap((one) => changed([one]) ?? [one]);
    });
  };
}

/** Where the children of a unit lie. @param {number} place @param {number} unit */
const below = (place, unit) => place ^ ((unit >>> 10) << ((unit & WIDE) >> 6));

/** @param {Sign[]} signs @param {boolean} left @param {boolean} right */
function stripped(signs, left, right) {
  let [from, to] = [0, signs.length];
  while (left && from < to && SPACE.test(signs[from].sign)) from += 1;
  while (right && to > from && SPACE.test(signs[to - 1].sign)) to -= 1;
  return signs.slice(from, to);
}
