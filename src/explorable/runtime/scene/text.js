// Text without measuring: advance widths from a table, live text from slots, lines that fit.

import { formatFixed } from "../core/fixed.js";
import { format } from "../core/format.js";
import { formatWhole } from "../core/wide.js";

/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {import("../spec").Text} Text */

/**
 * Thousandths of the size, for a common sans (Arial's metrics, which others follow closely).
 * @type {[number, string][]}
 */
const ADVANCES = [
  [222, "ijl'|"],
  [278, " !,./:;I[]\\ft·"],
  [340, '()-r`{}"°²³¹⁰⁴⁵⁶⁷⁸⁹⁻ιἰ'],
  [500, "cksvxyzJγνς"],
  [584, "+<=>~−×±≈≤≥^"],
  [611, "FTZξζ"],
  [667, "ABEKPSVXY&"],
  [722, "CDHNRUwφπψΩ"],
  [778, "GOQΘω∞"],
  [850, "Mm%—→←↑↓"],
  [980, "W@…"],
];
const DEFAULT_ADVANCE = 556;
const BOLD = 1.1;
const WIDER = 1.05; // some systems have a wider sans

/** @type {Map<string, number>} */
const advances = new Map(
  ADVANCES.flatMap(([advance, signs]) => [...signs].map((sign) => [sign, advance])),
);

/** @param {string} sign */
function advanceOf(sign) {
  const known = advances.get(sign);
  if (known !== undefined) return known;
  const code = /** @type {number} */ (sign.codePointAt(0));
  if (code < 0x300) return DEFAULT_ADVANCE;
  if (code < 0x370) return 0;
  // Tamil: signs above and below a letter take no room, those beside it about half.
  if (code >= 0xb80 && code < 0xc00)
    return code === 0xbcd || code === 0xbc0 ? 0 : code >= 0xbbe && code < 0xbcd ? 560 : 960;
  return code >= 0x2e80 ? 1000 : DEFAULT_ADVANCE + 40;
}

/**
 * CSS pixels that a text takes.
 * @param {string} text @param {number} size @param {number} [weight]
 */
export function widthOf(text, size, weight = 400) {
  let sum = 0;
  for (const sign of text) sum += advanceOf(sign);
  return (WIDER * sum * size * (weight > 500 ? BOLD : 1)) / 1000;
}

/**
 * A number as Python writes it, as it is set: with a minus, but none before a zero.
 * @param {string} text
 */
export const written = (text) => (/^-0?\.?0*%?$/.test(text) ? text.slice(1) : text.replace("-", "−"));

/** A text with its live numbers filled in. @param {Text} text @param {Read} read */
export const textOf = (text, read) =>
  text.map((part) => (typeof part === "string" ? part : numberOf(part, read))).join("");

/** @param {{ slot: string, format: string }} part @param {Read} read */
function numberOf({ slot, format: spec }, read) {
  const number = read(slot);
  return written(
    formatWhole?.(number, spec) ?? formatFixed(number, spec) ?? format(number, spec),
  );
}

/** What a text takes before its numbers are known. @param {Text} text */
export const draftOf = (text) =>
  text.map((part) => (typeof part === "string" ? part : "00.00")).join("");

/**
 * Lines that fit a width, broken at spaces.
 * @param {string} text @param {number} size @param {number} width @param {number} [weight]
 */
export function wrap(text, size, width, weight) {
  /** @type {string[]} */ const lines = [];
  const space = widthOf(" ", size, weight);
  let used = Infinity;
  for (const word of text.split(" ")) {
    const more = widthOf(word, size, weight);
    used += space + more;
    if (used <= width) lines[lines.length - 1] += ` ${word}`;
    else {
      lines.push(word);
      used = more;
    }
  }
  return lines;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10 to a whole power. @param {number} exponent */
export function powerOfTen(exponent) {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

/**
 * A number as it stands on an axis.
 * @param {number} value @param {number} digits after the point
 */
export const plain = (value, digits) =>
  value
    .toFixed(digits)
    .replace(/^-(?!0\.?0*$)/, "−")
    .replace(/^-/, "");
