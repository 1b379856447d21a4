// Byte pair encoding: the pair that was learnt first is joined first, the leftmost before others.

import { textOf, utf8 } from "./signs.js";

/** @typedef {import("./signs.js").Sign} Sign */
/** @typedef {import("../tokens.js").Piece} Piece */
/** @typedef {Extract<import("../../spec").TokenizerFile["model"], { kind: "bpe" }>} Model */

/**
 * The ids of all tokens, and what pairs of ids become: only tokens that no pair makes are written
 * out, the others have the free ids in the order of their pairs.
 * @param {Model} model
 */
function read({ vocabulary, merges, prefix }) {
  const names = [...vocabulary];
  const ids = new Map(names.flatMap((name, id) => (name === null ? [] : [[name, id]])));
  /** @type {Map<number, { rank: number, id: number }>} */ const pairs = new Map();
  let free = 0;
  for (let k = 0; k < merges.length; k += 2) {
    const [left, right] = [merges[k], merges[k + 1]];
    const end = /** @type {string} */ (names[right]);
    const joined = names[left] + (prefix && end.startsWith(prefix) ? end.slice(prefix.length) : end);
    let id = ids.get(joined);
    if (id === undefined) {
      while (names[free] !== null) free += 1;
      names[(id = free)] = joined;
      ids.set(joined, id);
    }
    pairs.set(left * names.length + right, { rank: k, id });
  }
  return { ids, pairs, size: names.length };
}

/** @param {Model} model @returns {(word: Sign[]) => Piece[]} */
export function bpe(model) {
  const { ids, pairs, size } = read(model);
  const { prefix, suffix, unknown, fuse, fallback, direct } = model;

  /** @param {Sign[]} word */
  const begin = (word) => {
    /** @type {Piece[]} */ const found = [];
    let loose = false;
    for (const [k, { sign, from, to }] of word.entries()) {
      const name = (k > 0 ? prefix : "") + sign + (k === word.length - 1 ? suffix : "");
      const id = ids.get(name);
      const wasLoose = loose;
      loose = false;
      if (id !== undefined) {
        found.push({ id, from, to });
        continue;
      }
      const bytes = fallback ? bytesOf(name, ids) : null;
      if (bytes) {
        const step = (to - from) / bytes.length;
        for (const [b, byte] of bytes.entries())
          found.push({ id: byte, from: from + b * step, to: from + (b + 1) * step });
      } else if (unknown !== null) {
        loose = true;
        if (wasLoose && fuse) found[found.length - 1].to = to;
        else found.push({ id: unknown, from, to });
      }
    }
    return found;
  };

  return (word) => {
    const all = direct ? ids.get(textOf(word)) : undefined;
    if (all !== undefined) return [{ id: all, from: word[0].from, to: word[word.length - 1].to }];
    const found = begin(word);
    for (;;) {
      let best = null;
      let at = 0;
      for (let k = 0; k + 1 < found.length; k++) {
        const pair = pairs.get(found[k].id * size + found[k + 1].id);
        if (pair && (!best || pair.rank < best.rank)) [best, at] = [pair, k];
      }
      if (!best) return found;
      const { from } = found[at];
      found.splice(at, 2, { id: best.id, from, to: found[at + 1].to });
    }
  };
}

/**
 * The ids of a sign's bytes, if the vocabulary has them all.
 * @param {string} sign @param {Map<string | null, number>} ids
 */
export function bytesOf(sign, ids) {
  const found = utf8(sign).map((byte) =>
    ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  );
  return found.every((id) => id !== undefined) ? /** @type {number[]} */ (found) : null;
}
