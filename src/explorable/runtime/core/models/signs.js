// A text as signs that know where they come from, whatever is done to them.

/** One code point, and the place in the reader's text that it stands for. @typedef {{ sign: string, from: number, to: number }} Sign */

/** @param {string} text @returns {Sign[]} */
export function signsOf(text) {
  let from = 0;
  return Array.from(text, (sign) => {
    const to = from + sign.length;
    // Half of a character alone is none.
    const made = { sign: /^[\ud800-\udfff]$/.test(sign) ? "\ufffd" : sign, from, to };
    from = to;
    return made;
  });
}

/** @param {Sign[]} signs */
export const textOf = (signs) => signs.map(({ sign }) => sign).join("");

/**
 * New signs in the place of others, which they share evenly.
 * @param {Iterable<string>} text @param {Sign[]} run @returns {Sign[]}
 */
export function inPlaceOf(text, run) {
  const signs = [...text];
  const { from } = run[0];
  const step = (run[run.length - 1].to - from) / signs.length;
  return signs.map((sign, k) => ({ sign, from: from + k * step, to: from + (k + 1) * step }));
}

/**
 * Signs cut where a pattern (with flags g and u) matches: the matches, and what is between them.
 * @param {Sign[]} signs @param {RegExp} pattern
 * @returns {{ run: Sign[], match: RegExpMatchArray | null }[]}
 */
export function runsOf(signs, pattern) {
  const found = [];
  // Which sign begins at each unit of the text.
  /** @type {number[]} */ const places = [];
  for (const [k, { sign }] of signs.entries()) for (let u = 0; u < sign.length; u++) places.push(k);
  places.push(signs.length);
  let at = 0;
  for (const match of textOf(signs).matchAll(pattern)) {
    const from = places[/** @type {number} */ (match.index)];
    const to = places[/** @type {number} */ (match.index) + match[0].length];
    if (from === to) continue;
    if (from > at) found.push({ run: signs.slice(at, from), match: null });
    found.push({ run: signs.slice(from, to), match });
    at = to;
  }
  if (at < signs.length) found.push({ run: signs.slice(at), match: null });
  return found;
}

/** The bytes of a text in UTF-8. @param {string} text @returns {number[]} */
export const utf8 = (text) =>
  encodeURIComponent(text)
    .match(/%..|./g)
    ?.map((byte) => (byte.length > 1 ? parseInt(byte.slice(1), 16) : byte.charCodeAt(0))) ?? [];
