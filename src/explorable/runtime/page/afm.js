// One figure with all its files as an anywidget front-end module: a host gives an element and a
// model, and nothing is asked of a kernel or of the network.

import { accept } from "../core/controls.js";
import { complain, Figure } from "./figure.js";
import { keepKeys } from "./keys.js";
import { parameters } from "./names.js";
import { Session } from "./session.js";
import { store } from "./store.js";

/** @typedef {import("../core/controls.js").Value} Value */
/**
 * What hosts give (the part that we use of it).
 * @typedef {object} Model
 * @property {(name: string) => unknown} get
 * @property {(name: string, value: unknown) => void} set
 * @property {(event: string, hear: () => void) => void} on
 * @property {(event: string, hear: () => void) => void} off
 * @property {() => void} save_changes
 */
/**
 * @typedef {object} Held
 * @property {import("../spec").Spec} spec
 * @property {string} html the figure as markup.js made it
 * @property {string} style
 * @property {Record<string, string>} files base64 by file name
 */

/**
 * Ask a host to keep what was set, or to hear no more. MyST's model has neither and throws; nothing
 * is lost there.
 * @param {() => void} ask
 */
function politely(ask) {
  try {
    ask();
  } catch {
    // As said above.
  }
}

/** @param {unknown} a @param {unknown} b values of a control or of JSON */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * The module's default export.
 * @param {Held} held
 */
export function widget({ spec, html, style, files }) {
  /** @type {CSSStyleSheet | undefined} */ let sheet;
  Object.assign(store().inline, files);

  /** In the document too: only there a variable of the style can be registered. @param {Node} root */
  const adopt = (root) => {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
    }
    for (const tree of new Set([document, /** @type {ShadowRoot} */ (root)]))
      if (!tree.adoptedStyleSheets.includes(sheet))
        tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet];
  };

  const pattern = document.createElement("template");
  pattern.innerHTML = html;
  const element = /** @type {HTMLElement} */ (pattern.content.firstElementChild);
  // The files are here: no stub of this page shall look for them.
  element.removeAttribute("src");
  const keys = keysOf(spec, element.getAttribute("figure") ?? "");

  return {
    /** What the host's state leaves out has its first value. @param {{ model: Model }} host */
    initialize({ model }) {
      const missing = Object.entries(keys).filter(([key]) => (model.get(key) ?? null) === null);
      for (const [key, name] of missing) model.set(key, spec.program.controls[name].value);
      if (missing.length) politely(() => model.save_changes());
    },

    /** @param {{ model: Model, el: HTMLElement }} host @returns {() => void} ends the figure */
    render({ model, el }) {
      const shown = /** @type {HTMLElement} */ (document.importNode(element, true));
      el.append(shown);
      /** @type {() => void} */ let end = () => {};
      let waiting = 0;
      const begin = () => {
        // Some hosts put `el` into their page later.
        if (!el.isConnected) return void (waiting = requestAnimationFrame(begin));
        const root = el.getRootNode();
        adopt(root);
        const around = root instanceof ShadowRoot ? root.host : el;
        const lang = /** @type {HTMLElement | null} */ (around.closest("[lang]"))?.lang;
        if (lang && !shown.lang) shown.lang = lang;
        end = live(spec, shown, model, keys);
      };
      begin();
      const abort = new AbortController();
      keepKeys(shown, abort.signal);
      return () => {
        abort.abort();
        cancelAnimationFrame(waiting);
        end();
        shown.remove();
      };
    },
  };
}

/**
 * What a model calls the controls: the parameters of the figure and of what it is made from.
 * @param {import("../spec").Spec} spec @param {string} figure @returns {Record<string, string>} key -> page name
 */
function keysOf(spec, figure) {
  const words = Object.entries(parameters(spec, figure));
  return Object.fromEntries(
    Object.entries(spec.program.controls)
      .filter(([, { kind }]) => kind !== "button")
      .map(([name]) => [words.find(([, full]) => full === name)?.[0] ?? name, name]),
  );
}

/**
 * A figure whose controls and model follow each other, until the function that it gives is called.
 * @param {import("../spec").Spec} spec @param {HTMLElement} element @param {Model} model
 * @param {Record<string, string>} keys
 */
function live(spec, element, model, keys) {
  const { controls } = spec.program;
  /** @type {Session} */ let session;
  /** @type {Figure} */ let figure;
  try {
    session = new Session(spec, "");
    figure = new Figure(element, session);
  } catch (error) {
    complain(element, element.getAttribute("figure") ?? "", error);
    return () => {};
  }
  let ended = false;
  /** The values last seen, in session and model alike. @type {Record<string, Value>} */
  const seen = {};
  const view = {
    figure: "",
    visible: false,
    draw() {},
    rest() {},
    fail() {},
    /** What the reader changed, or another figure that shares the control, goes to the model. */
    refresh() {
      let changed = false;
      for (const [key, name] of Object.entries(keys)) {
        const value = session.values[name];
        if (same(value, seen[key])) continue;
        seen[key] = structuredClone(value);
        if (same(value, model.get(key))) continue;
        model.set(key, structuredClone(value));
        changed = true;
      }
      if (changed) politely(() => model.save_changes());
    },
  };
  /** @param {Record<string, unknown>} settings by page name */
  const set = (settings) =>
    void session.set(settings).catch((error) => ended || figure.fail(error));

  // A first value is no wish: a control that the page shares keeps the value it has by now.
  /** @type {Record<string, unknown>} */ const wished = {};
  for (const [key, name] of Object.entries(keys)) {
    const asked = model.get(key) ?? null;
    if (asked !== null && !same(asked, controls[name].value)) wished[name] = asked;
  }
  if (Object.keys(wished).length) set(wished);
  session.show(view);
  view.refresh();

  const heard = Object.entries(keys).map(([key, name]) => {
    const hear = () => {
      const asked = model.get(key);
      if (ended || same(asked, session.values[name])) return;
      try {
        const value = accept(name, controls[name], asked);
        if (!same(value, session.values[name])) set({ [name]: value });
      } catch (error) {
        const { message } = /** @type {Error} */ (error);
        console.error(`[explorable] ${figure.figure}: ${message}`);
      }
      // What it became, or still is, where that is not what was asked.
      delete seen[key];
      view.refresh();
    };
    model.on(`change:${key}`, hear);
    return () => politely(() => model.off(`change:${key}`, hear));
  });
  return () => {
    for (const stop of heard) stop();
    ended = true;
    figure.end();
    session.end();
  };
}
