// What stands on the controls in a still, by language: a page that comes to life finds it there.

import { languageOf } from "./words.js";

/**
 * @typedef {object} Labels
 * @property {string} forward
 * @property {string} back
 * @property {string} reset
 * @property {string} scrub
 * @property {string} dice
 * @property {string} sweep
 * @property {string} example
 * @property {string} brush
 * @property {string} undo
 * @property {string} clear
 * @property {string} colour
 * @property {string} kind of a point
 * @property {string} from the lower end of a range
 * @property {string} to
 * @property {string} less
 * @property {string} more
 * @property {string} chooseTable
 * @property {string} choosePicture
 * @property {string} chooseSound
 * @property {string} microphone
 * @property {string} original what a figure begins with
 */

/** @type {Record<string, Labels>} */
export const LABELS = {
  en: {
    forward: "One step forward",
    back: "One step back",
    reset: "Start again",
    scrub: "Go to step",
    dice: "New random numbers",
    sweep: "Move by itself",
    example: "example…",
    brush: "brush",
    undo: "Undo",
    clear: "Clear",
    colour: "colour",
    kind: "new points",
    from: "from",
    to: "to",
    less: "less",
    more: "more",
    chooseTable: "Choose a table",
    choosePicture: "Choose a picture",
    chooseSound: "Choose a sound",
    microphone: "Microphone",
    original: "Example",
  },
  ta: {
    forward: "ஒரு படி முன்னே",
    back: "ஒரு படி பின்னே",
    reset: "மீண்டும் தொடங்கு",
    scrub: "படிக்குச் செல்",
    dice: "புதிய சீரற்ற எண்கள்",
    sweep: "தானாக நகர்த்து",
    example: "எடுத்துக்காட்டு…",
    brush: "தூரிகை",
    undo: "செயல்தவிர்",
    clear: "அழி",
    colour: "நிறம்",
    kind: "புதிய புள்ளிகள்",
    from: "தொடக்கம்",
    to: "முடிவு",
    less: "குறை",
    more: "கூட்டு",
    chooseTable: "அட்டவணையைத் தேர்ந்தெடு",
    choosePicture: "படத்தைத் தேர்ந்தெடு",
    chooseSound: "ஒலியைத் தேர்ந்தெடு",
    microphone: "ஒலிவாங்கி",
    original: "எடுத்துக்காட்டு",
  },
};

/** The labels of a language tag. @param {string | undefined} lang @returns {Labels} */
export const labelsOf = (lang) => LABELS[languageOf(lang)];
