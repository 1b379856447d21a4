// What the stub imports: `mount` brings one element to life.

import { format } from "../core/format.js";
import { complain, Figure } from "./figure.js";
import { urlOf } from "./load.js";
import { session } from "./session.js";
import { Value } from "./value.js";
import { say, wordsOf } from "./words.js";

const FORMAT = 1;
/** Numbers in the text, which any bundle may know. */
const NUMBERS = "explorable-value:not([src])";

/**
 * Elements of the text without a spec of their own, shown by whichever bundle knows their name.
 * @type {WeakSet<Element>}
 */
const bound = new WeakSet();

/**
 * @param {HTMLElement} element an <explorable-figure> or <explorable-value>
 * @param {import("../spec").Spec} spec @param {string} url where the spec came from
 * @returns {{ end(): void } | undefined}
 */
export function mount(element, spec, url) {
  const name = element.getAttribute("figure") ?? element.getAttribute("of") ?? "";
  try {
    if (spec.format > FORMAT)
      throw new Error(say(wordsOf(document.documentElement.lang).newer, { version: spec.version }));
    addStyle(element, spec, url);
    const opened = session(spec, url);
    const figure = element.localName === "explorable-figure" && new Figure(element, opened);
    enliven(opened, url);
    if (figure && !document.querySelector(NUMBERS)) return figure;
    const numbers = Promise.all([
      opened.bring("value", Value),
      opened.bring("format", format),
    ]).then(() => {
      bindNumbers(opened);
      if (figure) return figure;
      const full = Value.find(opened, name);
      if (!full) throw new Error(`nothing on the page is called '${name}'`);
      return new Value(element, opened, full);
    });
    const failed = numbers.catch((error) => complain(element, name, error));
    return figure || { end: () => failed.then((value) => value?.end()) };
  } catch (error) {
    complain(element, name, error);
  }
}

/** Numbers in the text of the page that this session knows. @param {import("./session.js").Session} opened */
function bindNumbers(opened) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(NUMBERS))) {
    const full = bound.has(element)
      ? undefined
      : Value.find(opened, element.getAttribute("of") ?? "");
    if (!full) continue;
    bound.add(element);
    new Value(element, opened, full);
  }
}

/**
 * Sentences, numbers and words of the text that are alive; most pages have none.
 * @param {import("./session.js").Session} opened @param {string} url
 */
function enliven(opened, url) {
  const { prose } = opened.spec.parts ?? {};
  if (prose && document.querySelector("explorable-when, explorable-control, explorable-mark"))
    import(urlOf(url, prose)).then(({ bind }) => bind(opened), console.error);
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
