// WordPiece: the longest known beginning of a word, then the longest known rest; and whole words.

import { textOf } from "./signs.js";

/** @typedef {import("./signs.js").Sign} Sign */
/** @typedef {import("../tokens.js").Piece} Piece */
/** @typedef {Extract<import("../../spec").TokenizerFile["model"], { kind: "wordPiece" }>} Model */
/** @typedef {Extract<import("../../spec").TokenizerFile["model"], { kind: "wordLevel" }>} Whole */

/** @param {(string | null)[]} vocabulary */
const idsOf = (vocabulary) => new Map(vocabulary.map((name, id) => [name, id]));

/** @param {Model} model @returns {(word: Sign[]) => Piece[]} */
export function wordPiece({ vocabulary, unknown, prefix, longest }) {
  const ids = idsOf(vocabulary);
  return (word) => {
    /** @type {Piece[]} */ const found = [];
    const span = { from: word[0].from, to: word[word.length - 1].to };
    if (word.length > longest) return [{ id: unknown, ...span }];
    for (let start = 0; start < word.length; ) {
      let end = word.length;
      let id;
      for (; end > start; end--) {
        id = ids.get((start ? prefix : "") + textOf(word.slice(start, end)));
        if (id !== undefined) break;
      }
      if (id === undefined) return [{ id: unknown, ...span }];
      found.push({ id, from: word[start].from, to: word[end - 1].to });
      start = end;
    }
    return found;
  };
}

/** @param {Whole} model @returns {(word: Sign[]) => Piece[]} */
export function wordLevel({ vocabulary, unknown }) {
  const ids = idsOf(vocabulary);
  return (word) => {
    const id = ids.get(textOf(word)) ?? unknown;
    return id === null ? [] : [{ id, from: word[0].from, to: word[word.length - 1].to }];
  };
}
