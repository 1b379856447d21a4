// Prose that is alive: sentences that show when a condition holds, numbers dragged in a sentence, words
// and symbols that light up a mark. A file of its own: pages without such elements never ask for it.

import { bindControl } from "./control.js";
import { bindMark } from "./mark.js";
import { bindWhen } from "./when.js";

/** @typedef {import("../page/session.js").Session} Session */

const ELEMENTS = {
  "explorable-control": bindControl,
  "explorable-mark": bindMark,
  "explorable-when": bindWhen,
};
/** On an element that a bundle of the page has brought to life. */
const BOUND = "data-live";

/** Bring to life what this session knows. @param {Session} session */
export function bind(session) {
  for (const [name, bring] of Object.entries(ELEMENTS)) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll(`${name}:not([${BOUND}])`)
    )) {
      try {
        if (bring(element, session)) element.setAttribute(BOUND, "");
      } catch (error) {
        element.setAttribute(BOUND, "");
        console.error(`[explorable] ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
}
