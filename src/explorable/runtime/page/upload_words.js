// What is said beside a control that the reader fills, by language.

import { languageOf } from "./words.js";

/**
 * @typedef {object} UploadWords
 * @property {string} rows with {name} and {n}
 * @property {string} gaps with {n}: rows left out
 * @property {string} first with {n} and {all}
 * @property {string} column with {n}
 * @property {string} picture with {name}, {width} and {height}
 * @property {string} seconds with {name} and {n}
 * @property {string} noTable with {name} and {n}: columns
 * @property {string} few with {name}, {n} and {least}
 * @property {string} noPicture with {name}
 * @property {string} noSound with {name}
 * @property {string} large with {name} and {n}: megabytes
 * @property {string} pasted what has no file name
 * @property {string} listening
 * @property {string} denied
 * @property {string} absent
 */

/** @type {Record<string, UploadWords>} */
export const UPLOAD_WORDS = {
  en: {
    rows: "{name}: {n} rows",
    gaps: "{n} with a gap left out",
    first: "the first {n} of {all}",
    column: "column {n}",
    picture: "{name}: {width} × {height}",
    seconds: "{name}: {n} s",
    noTable: "{name}: no table with {n} columns of numbers",
    few: "{name}: {n} rows of numbers, at least {least} are needed",
    noPicture: "{name}: no picture that this browser can read",
    noSound: "{name}: no sound that this browser can read",
    large: "{name}: larger than {n} MB",
    pasted: "clipboard",
    listening: "listening",
    denied: "the microphone was not allowed",
    absent: "there is no microphone here",
  },
  ta: {
    rows: "{name}: {n} வரிசைகள்",
    gaps: "மதிப்பு விடுபட்ட {n} வரிசைகள் நீக்கப்பட்டன",
    first: "{all}-இல் முதல் {n}",
    column: "நிரல் {n}",
    picture: "{name}: {width} × {height}",
    seconds: "{name}: {n} நொடி",
    noTable: "{name}: எண்கள் கொண்ட {n} நிரல்கள் உள்ள அட்டவணை அல்ல",
    few: "{name}: {n} வரிசைகளே உள்ளன, குறைந்தது {least} வேண்டும்",
    noPicture: "{name}: இந்த உலாவி படிக்கக்கூடிய படம் அல்ல",
    noSound: "{name}: இந்த உலாவி படிக்கக்கூடிய ஒலி அல்ல",
    large: "{name}: {n} MB-ஐ விடப் பெரியது",
    pasted: "ஒட்டியது",
    listening: "கேட்கிறது",
    denied: "ஒலிவாங்கிக்கு அனுமதி இல்லை",
    absent: "இங்கே ஒலிவாங்கி இல்லை",
  },
};

/** The words of a language tag. @param {string | undefined} lang @returns {UploadWords} */
export const uploadWordsOf = (lang) => UPLOAD_WORDS[languageOf(lang)];
