// Unigram: the cut of a word whose pieces' scores have the greatest sum, by Viterbi's algorithm.

import { bytesOf } from "./bpe.js";

/** @typedef {import("./signs.js").Sign} Sign */
/** @typedef {import("../tokens.js").Piece} Piece */
/** @typedef {Extract<import("../../spec").TokenizerFile["model"], { kind: "unigram" }>} Model */

const PENALTY = 10; // an unknown sign scores that much less than the least known piece

/** @param {Model} model @returns {(word: Sign[]) => Piece[]} */
export function unigram({ vocabulary, scores, unknown, fallback }) {
  const ids = new Map(vocabulary.map((name, id) => [name, id]));
  const longest = Math.max(...vocabulary.map((name) => [...name].length));
  const worst = Math.min(...scores) - PENALTY;
  return (word) => {
    const count = word.length;
    const best = new Float64Array(count + 1);
    const starts = new Int32Array(count + 1).fill(-1);
    /** @param {number} start @param {number} end @param {number} score */
    const offer = (start, end, score) => {
      if (starts[end] >= 0 && best[start] + score <= best[end]) return;
      best[end] = best[start] + score;
      starts[end] = start;
    };
    for (let start = 0; start < count; start++) {
      let name = "";
      let single = false;
      for (let end = start + 1; end <= Math.min(count, start + longest); end++) {
        name += word[end - 1].sign;
        const id = ids.get(name);
        if (id === undefined) continue;
        offer(start, end, scores[id]);
        if (end === start + 1) single = true;
      }
      if (!single && unknown !== null) offer(start, start + 1, worst);
    }
    /** @type {[start: number, end: number][]} */ const path = [];
    for (let end = count; end > 0; end = starts[end]) path.unshift([starts[end], end]);
    return path.reduce(read(word), /** @type {Piece[]} */ ([]));
  };

  /**
   * Adds a step of the path: unknown signs beside each other are one unknown piece, or bytes.
   * @param {Sign[]} word
   */
  function read(word) {
    let loose = "";
    return (/** @type {Piece[]} */ found, /** @type {[number, number]} */ [start, end], /** @type {number} */ k, /** @type {[number, number][]} */ path) => {
      const name = nameOf(word, start, end);
      const id = ids.get(name);
      if (id !== undefined) return [...found, { id, ...spanOf(word, start, end) }];
      loose += name;
      const next = path[k + 1];
      if (next && !ids.has(nameOf(word, ...next))) return found;
      const span = spanOf(word, end - [...loose].length, end);
      const bytes = fallback && bytesOf(loose, ids);
      loose = "";
      if (!bytes) return [...found, { id: /** @type {number} */ (unknown), ...span }];
      const step = (span.to - span.from) / bytes.length;
      const { from } = span;
      return [
        ...found,
        ...bytes.map((byte, b) => ({ id: byte, from: from + b * step, to: from + (b + 1) * step })),
      ];
    };
  }
}

/** @param {Sign[]} word @param {number} start @param {number} end */
const nameOf = (word, start, end) =>
  word
    .slice(start, end)
    .map(({ sign }) => sign)
    .join("");

/** @param {Sign[]} word @param {number} start @param {number} end */
const spanOf = (word, start, end) => ({ from: word[start].from, to: word[end - 1].to });
