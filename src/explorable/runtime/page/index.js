// What the stub imports: `mount` brings one element to life.

import { format } from "../core/format.js";
import { explain } from "./complaint.js";
import { complain, Figure } from "./figure.js";
import { bring, urlOf } from "./load.js";
import { session } from "./session.js";
import { bindNumbers, bindValue } from "./value.js";
import { find } from "./wiring.js";

const FORMAT = 1;
/** Numbers in the text, which any bundle may know. */
const NUMBERS = "explorable-value:not([src])";
const PROSE = "explorable-when, explorable-control, explorable-mark";

/**
 * @param {HTMLElement} element an <explorable-figure> or <explorable-value>
 * @param {import("../spec").Spec} spec @param {string} url where the spec came from
 * @returns {{ end(): void } | undefined}
 */
export function mount(element, spec, url) {
  const name = element.getAttribute("figure") ?? element.getAttribute("of") ?? "";
  const { parts } = spec;
  /** @param {unknown} error */
  const fail = (error) =>
    complain(element, name, error, () => bring(url, parts?.complaint));
  try {
    if (spec.format > FORMAT)
      throw new Error(`this figure needs a newer Explorable (${spec.version})`);
    addStyle(element, spec, url);
    const opened = session(spec, url);
    const figure = element.localName === "explorable-figure" && new Figure(element, opened);
    // Sentences and words of the text that are alive; most pages have none.
    if (parts?.prose && document.querySelector(PROSE))
      import(urlOf(url, parts.prose)).then(({ bind }) => bind(opened), console.error);
    if (figure && !document.querySelector(NUMBERS)) return figure;
    const numbers = Promise.all([
      opened.bring("value", bindNumbers),
      opened.bring("format", format),
      opened.bring("wiring", find),
    ]).then(() => {
      bindNumbers(opened, document.querySelectorAll(NUMBERS));
      return figure || bindValue(opened, element, name);
    });
    const failed = numbers.catch(fail);
    return figure || { end: () => failed.then((value) => value?.end()) };
  } catch (error) {
    fail(error);
  }
}

/**
 * The style sheet, where the page has none of ours.
 * @param {HTMLElement} element @param {import("../spec").Spec} spec @param {string} url
 */
function addStyle(element, { style }, url) {
  const found = getComputedStyle(element).getPropertyValue("--explorable-style");
  const wanted = style.includes("clothes") ? 2 : style.includes("plain") ? 0.5 : 1;
  if (Number(found) >= wanted || document.querySelector(`link[href$="${CSS.escape(style)}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = urlOf(url, style);
  // Every figure looks for changes in the head (theme.js), and reads its colours anew.
  link.onload = () => (link.media = "all");
  document.head.append(link);
}
