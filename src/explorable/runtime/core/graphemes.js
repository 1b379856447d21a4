// A text in the signs that a reader counts: none of them is ever torn.

// What a reader takes for one sign: a letter with its vowel signs and accents, a flag, a family of
// emoji. Written out, so that a still and every browser cut alike.
const GRAPHEME =
  /\r\n|\p{RI}\p{RI}|\p{L}(?:[\u200c\u200d]|\p{M})*|\P{M}(?:\p{M}|\u200d\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u200c\u200d\u{e0020}-\u{e007f}])*|\p{M}+/gsu;

/** The signs of a text, as a reader counts them. @param {string} text */
export const graphemes = (text) => text.match(GRAPHEME) ?? [];
