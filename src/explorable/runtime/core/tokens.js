// What a text control's tokenizer makes of a text: pieces, each an id and where it lies in the text.
// A place may lie inside a character: some tokens are single bytes of one.

import { graphemes } from "./graphemes.js";
import { modelPieces } from "./models.js";

/** @typedef {import("../spec").TextControl} TextControl */
/** @typedef {TextControl["tokenizer"]} Tokenizer */
/**
 * One token: its id, and from where to where it lies in the text, in UTF-16 units. A token that
 * stands for no text ([CLS]) has its name instead.
 * @typedef {{ id: number, from: number, to: number, name?: string }} Piece
 */

const WORD =
  /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}\p{N}_]+)*|[^\s\p{L}\p{M}\p{N}_]/gu;

/** @type {WeakMap<Tokenizer, { text: string, pieces: Piece[] }>} */
const last = new WeakMap();

/**
 * The tokens of a text.
 * @param {Tokenizer} tokenizer @param {string} text @returns {Piece[]}
 */
export function pieces(tokenizer, text) {
  const kept = last.get(tokenizer);
  if (kept?.text === text) return kept.pieces;
  const found = cut(tokenizer, text);
  last.set(tokenizer, { text, pieces: found });
  return found;
}

/** @param {Tokenizer} tokenizer @param {string} text @returns {Piece[]} */
function cut(tokenizer, text) {
  if (tokenizer.kind === "model") return modelPieces(tokenizer, text);
  const { kind, vocabulary } = tokenizer;
  const unknown = vocabulary.length - 1;
  if (kind === "words")
    return Array.from(text.matchAll(WORD), ({ 0: word, index = 0 }) => {
      const id = vocabulary.indexOf(word);
      const lower = id < 0 ? vocabulary.indexOf(word.toLowerCase()) : id;
      return { id: lower < 0 ? unknown : lower, from: index, to: index + word.length };
    });
  let from = 0;
  return Array.from(text, (sign) => {
    const id = vocabulary.indexOf(sign);
    const piece = { id: id < 0 ? unknown : id, from, to: from + sign.length };
    from = piece.to;
    return piece;
  });
}

/** Fewer tokens than a control needs. @param {TextControl} control @param {string} text */
export const isShort = ({ tokenizer, min = 0 }, text) =>
  min > 0 && pieces(tokenizer, text).length < min;

/**
 * As much of a text as a control takes: whole signs from its beginning.
 * @param {TextControl} control @param {string} text
 */
export function fitting({ tokenizer, max }, text) {
  if (pieces(tokenizer, text).length <= max) return text;
  const signs = graphemes(text);
  let [fits, over] = [0, signs.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (pieces(tokenizer, signs.slice(0, middle).join("")).length <= max) fits = middle;
    else over = middle;
  }
  return signs.slice(0, fits).join("");
}

/**
 * What each token says, in whole signs: one that is a part of a sign shows all of it.
 * @param {Tokenizer} tokenizer @param {string} text @returns {string[]}
 */
export function labels(tokenizer, text) {
  const ends = [0];
  for (const sign of graphemes(text)) ends.push(ends[ends.length - 1] + sign.length);
  return pieces(tokenizer, text).map(({ from, to, name }) => {
    if (name !== undefined) return name;
    const start = Math.max(...ends.filter((end) => end <= from));
    const said = text.slice(start, Math.min(...ends.filter((end) => end >= to)));
    // "the" and " the" are two tokens.
    return said.replace(/^ (?=.)/u, "·");
  });
}
