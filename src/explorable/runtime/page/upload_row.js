// The row of a control that the reader fills, as HTML; upload.js brings it to life.

import { escape } from "../scene/words.js";

/** What a file dialogue shows, by form. @type {Record<string, string>} */
const TYPES = {
  table: ".csv,.tsv,.txt,text/csv,text/tab-separated-values",
  image: "image/*",
  sound: "audio/*,video/*",
};

const MICROPHONE =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill="currentColor" d="M8 1a2.5 2.5 0 0 0-2.5 2.5v4a2.5 2.5 0 0 0 5 0v-4A2.5 2.5 0 0 0 8 1zM3.5 7.5a4.5 4.5 0 0 0 3.75 4.43V13.5H5V15h6v-1.5H8.75v-1.57A4.5 4.5 0 0 0 12.5 7.5H11a3 3 0 0 1-6 0z"/></svg>';

/**
 * @param {import("../spec").TensorControl} control @param {import("../spec").Upload} upload
 * @param {string} label markup @param {import("./labels.js").Labels} words
 */
export function uploadRow(control, { form }, label, words) {
  const named = (/** @type {string} */ word) => `aria-label="${escape(`${control.label}: ${word}`)}"`;
  /** @param {string} word @param {string} inner */
  const listen = (word, inner) =>
    `<button type="button" data-tool="listen" data-do="press" aria-pressed="false" ${named(word)}>${inner}${word}</button>`;
  const choose = {
    table: words.chooseTable,
    image: words.choosePicture,
    sound: words.chooseSound,
    microphone: words.microphone,
  }[form];
  const source =
    form === "microphone"
      ? listen(choose, MICROPHONE)
      : `<label class="explorable-file"><input type="file" accept="${TYPES[form]}" ${named(choose)}><span>${choose}</span></label>`;
  const back = `<button type="button" data-tool="original" data-do="press" ${named(words.original)}>${words.original}</button>`;
  return `<span class="explorable-tools" role="group" aria-label="${escape(control.label)}">${label}${source}${back}<output></output></span>`;
}
