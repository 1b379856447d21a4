// Figures in a notebook: every output brings its figure whole, and nothing is fetched. An output may
// be taken off the page and put back, shown twice or run again.

import { complain, Figure } from "./figure.js";
import { keepKeys } from "./keys.js";
import { decode } from "./load.js";
import { Session } from "./session.js";
import { spelled } from "./share.js";
import { store } from "./store.js";

/**
 * A figure with all that it needs.
 * @typedef {object} Page
 * @property {string} html its element with stills and controls
 * @property {string} style
 * @property {string} spec file name of its spec
 * @property {Record<string, string>} files base64 by file name
 */
/** @typedef {{ begin(): void, end(): void }} Shown a figure on the page, and off it */

const KEY = Symbol.for("explorable.outputs.1");
const TAG = "explorable-output";

/**
 * How to fill an output, by its name: for all versions of the runtime on the page.
 * @returns {Map<string, (element: HTMLElement) => Shown>}
 */
function announced() {
  const globals = /** @type {Record<symbol, any>} */ (/** @type {unknown} */ (globalThis));
  return (globals[KEY] ??= new Map());
}

/**
 * Every output called `name` comes to life, those on the page and those to come.
 * @param {string} name @param {Page} page
 */
export function announce(name, page) {
  announced().set(name, (element) => fill(element, page));
  if (!customElements.get(TAG)) customElements.define(TAG, Output);
  for (const element of document.querySelectorAll(TAG))
    /** @type {Output} */ (element).connectedCallback();
}

class Output extends HTMLElement {
  /** @type {Shown | undefined} */ #shown;

  connectedCallback() {
    this.#shown ??= announced().get(this.getAttribute("of") ?? "")?.(this);
    this.#shown?.begin();
  }

  disconnectedCallback() {
    this.#shown?.end();
  }
}

/** @param {HTMLElement} output @param {Page} page @returns {Shown} */
function fill(output, { html, style, spec: name, files }) {
  Object.assign(store().inline, files);
  /** @type {import("../spec").Spec} */
  const spec = JSON.parse(new TextDecoder().decode(decode(files[name])));
  addStyle(style);
  output.innerHTML = html;
  const element = /** @type {HTMLElement} */ (output.firstElementChild);
  // The files are here: no stub of this page shall look for them.
  element.removeAttribute("src");
  /** @type {Session | undefined} */ let session;
  /** @type {Figure | undefined} */ let figure;
  let abort = new AbortController();
  return {
    begin() {
      if (figure) return;
      abort = new AbortController();
      keepKeys(output, abort.signal);
      try {
        if (!session) {
          supersede(spec);
          session = new Session(spec, "");
        }
        figure = new Figure(element, session);
      } catch (error) {
        complain(element, element.getAttribute("figure") ?? "", error);
      }
    },
    end() {
      abort.abort();
      figure?.end();
      figure = undefined;
    },
  };
}

/** @type {Set<string>} */
const styles = new Set();

/** @param {string} style */
function addStyle(style) {
  if (styles.has(style)) return;
  styles.add(style);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/**
 * A cell that was run again may define a control anew while outputs from before still show the old
 * one: they keep it among themselves, and the name belongs to the newest.
 * @param {import("../spec").Spec} spec
 */
function supersede({ program }) {
  const { controls } = store();
  for (const [name, control] of Object.entries(program.controls)) {
    if (!control.shared) continue;
    for (const key of controls.keys())
      if (key.startsWith(`${name} `) && spelled(JSON.parse(key.slice(name.length))) !== spelled(control))
        controls.delete(key);
  }
}
