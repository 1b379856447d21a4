// Pre-tokenizers: how a text is cut into the words that the model reads one at a time.

import { before } from "./normalize.js";
import { inPlaceOf, runsOf, utf8 } from "./signs.js";

/** @typedef {import("./signs.js").Sign} Sign */
/** @typedef {import("../../spec").TokenizerFile["split"][number]} Step */

/** Printable signs for the 256 bytes: their own where they have one, else the next from U+0100. */
const BYTES = (() => {
  const own = (/** @type {number} */ byte) =>
    (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(own(byte) ? byte : next++));
})();

/** @param {Step[]} steps @returns {(signs: Sign[]) => Sign[][]} */
export function splitter(steps) {
  const made = steps.map(step);
  return (signs) =>
    made.reduce(
      (words, change) => words.flatMap(change).filter((word) => word.length),
      [signs],
    );
}

/** @param {Step} given @returns {(word: Sign[]) => Sign[][]} */
function step(given) {
  switch (given[0]) {
    case "split": {
      const [, source, behavior, invert] = given;
      const pattern = new RegExp(source, "gu");
      return (word) => split(word, pattern, behavior, invert);
    }
    case "space":
      return (word) => [word[0].sign === " " ? word : before(word, " ")];
    case "bytes":
      return (word) => [
        word.flatMap((one) => inPlaceOf(utf8(one.sign).map((byte) => BYTES[byte]), [one])),
      ];
    case "meta": {
      const [, sign, scheme] = given;
      return (word) => {
        const marked = word.map((one) => (one.sign === " " ? { ...one, sign } : one));
        const wanted = scheme === "always" || (scheme === "first" && word[0].from === 0);
        return [wanted && marked[0].sign !== sign ? before(marked, sign) : marked];
      };
    }
  }
}

/**
 * @param {Sign[]} word @param {RegExp} pattern @param {string} behavior as the library names it
 * @param {boolean} invert what lies between the matches is the match
 */
function split(word, pattern, behavior, invert) {
  const runs = runsOf(word, pattern).map(({ run, match }) => ({
    run,
    match: Boolean(match) !== invert,
  }));
  if (behavior === "Isolated") return runs.map(({ run }) => run);
  if (behavior === "Removed") return runs.filter(({ match }) => !match).map(({ run }) => run);
  const backwards = behavior === "MergedWithNext";
  /** @type {Sign[][]} */ const words = [];
  let previous = null;
  for (const { run, match } of backwards ? runs.reverse() : runs) {
    const joins = behavior === "Contiguous" ? match === previous : match && !previous;
    const last = words.length - 1;
    if (joins && last >= 0)
      words[last] = backwards ? [...run, ...words[last]] : [...words[last], ...run];
    else words.push(run);
    previous = match;
  }
  return backwards ? words.reverse() : words;
}

