// A Hugging Face tokenizer in the page: its file (tokenizer_file.py writes it), and a text through
// added tokens, normalizers, pre-tokenizers and the model. Every sign knows its place in the text.

import { bpe } from "./models/bpe.js";
import { unigram } from "./models/unigram.js";
import { wordLevel, wordPiece } from "./models/word_piece.js";
import { normalizer } from "./models/normalize.js";
import { runsOf, signsOf, textOf } from "./models/signs.js";
import { splitter } from "./models/split.js";

/** @typedef {import("../spec").Program} Program */
/** @typedef {import("../spec").TokenizerFile} TokenizerFile */
/** @typedef {import("./tokens.js").Piece} Piece */
/** @typedef {import("./models/signs.js").Sign} Sign */
/** @typedef {Extract<import("../spec").TextControl["tokenizer"], { kind: "model" }>} Named */
/** @typedef {(text: string) => Piece[]} Encode */

const MODELS = { bpe, unigram, wordLevel, wordPiece };

/** @type {WeakMap<Named, { file: TokenizerFile, encode: Encode }>} */
const known = new WeakMap();

/** The tokenizers of a program that come in files. @param {Program} program @returns {Named[]} */
const namedIn = ({ controls }) =>
  Object.values(controls).flatMap((control) =>
    control.kind === "text" && control.tokenizer.kind === "model" ? [control.tokenizer] : [],
  );

/** The files a program's tokenizers come in. @param {Program} program */
export const tokenizerFiles = (program) => namedIn(program).map(({ file }) => file);

/** Are there tokenizers whose files have not come yet? @param {Program} program */
export const unread = (program) => namedIn(program).some((named) => !known.has(named));

/**
 * From here on the program's tokenizers can be used.
 * @param {Program} program
 * @param {Record<string, Uint8Array | TokenizerFile>} files as published, or as `learnt` gave them
 */
export function learn(program, files) {
  for (const named of namedIn(program)) {
    const given = files[named.file];
    if (!given) throw new Error(`the file '${named.file}' is missing`);
    const file = given instanceof Uint8Array ? JSON.parse(decoded(given)) : given;
    known.set(named, { file, encode: encoder(file) });
  }
}

/**
 * What another machine of the program learns from. @param {Program} program
 * @returns {Record<string, TokenizerFile>}
 */
export const learnt = (program) =>
  Object.fromEntries(
    namedIn(program).flatMap((named) => {
      const found = known.get(named);
      return found ? [[named.file, found.file]] : [];
    }),
  );

/** @param {Named} named @param {string} text */
export function modelPieces(named, text) {
  const found = known.get(named);
  // Before the file has come a text is taken as it is; the machine cuts it to what fits.
  return found ? found.encode(text) : [];
}

/** Python writes the file in ASCII; V8 alone has no TextDecoder. @param {Uint8Array} bytes */
function decoded(bytes) {
  let text = "";
  for (let k = 0; k < bytes.length; k += 8192)
    text += String.fromCharCode(...bytes.subarray(k, k + 8192));
  return text;
}

/**
 * The function from a text to its pieces.
 * @param {TokenizerFile} file @returns {Encode}
 */
export function encoder({ added, normalize, split, model, before, after }) {
  const encode = MODELS[model.kind](/** @type {any} reason: each takes a model of its own kind */ (model));
  const normal = normalizer(normalize);
  const words = splitter(split);
  const raw = finder(added.filter(({ normalized }) => !normalized));
  const late = finder(
    added
      .filter(({ normalized }) => normalized)
      .map((token) => ({ ...token, content: textOf(normal(signsOf(token.content))) })),
  );
  /** @param {{ id: number, name: string }[]} list @param {number} at @returns {Piece[]} */
  const specials = (list, at) => list.map(({ id, name }) => ({ id, name, from: at, to: at }));
  return (text) => {
    /** @type {Piece[]} */ const found = [];
    for (const outer of raw(signsOf(text))) {
      if (outer.id !== undefined) found.push(whole(outer.id, outer.run));
      else
        for (const inner of late(normal(outer.run))) {
          if (inner.id !== undefined) found.push(whole(inner.id, inner.run));
          else for (const word of words(inner.run)) found.push(...encode(word));
        }
    }
    return [...specials(before, 0), ...found, ...specials(after, text.length)];
  };
}

/** @param {number} id @param {Sign[]} run @returns {Piece} */
const whole = (id, run) => ({ id, from: run[0].from, to: run[run.length - 1].to });

/**
 * Cuts signs at tokens that stand as they are: the first from the left, of those the longest.
 * @param {TokenizerFile["added"]} tokens
 * @returns {(signs: Sign[]) => { run: Sign[], id?: number }[]}
 */
function finder(tokens) {
  const sorted = tokens
    .filter(({ content }) => content)
    .sort((a, b) => b.content.length - a.content.length);
  if (!sorted.length) return (signs) => (signs.length ? [{ run: signs }] : []);
  const escaped = sorted.map(
    ({ content, left, right }) =>
      (left ? "\\p{White_Space}*" : "") +
      `(${content.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")})` +
      (right ? "\\p{White_Space}*" : ""),
  );
  const pattern = new RegExp(escaped.join("|"), "gu");
  return (signs) =>
    runsOf(signs, pattern).map(({ run, match }) =>
      match ? { run, id: sorted[match.slice(1).findIndex(Boolean)].id } : { run },
    );
}
