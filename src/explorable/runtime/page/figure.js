// <explorable-figure>: upgrades in place what markup.js made, and gives the element its JavaScript
// face.

import { has } from "../core/own.js";
import { bindControl } from "./inputs.js";
import { byName, slotsByName, withWords } from "./names.js";
import { calm, Session } from "./session.js";
import { bindStages } from "./stages.js";
import { Stage } from "./stage.js";
import { follow } from "./theme.js";
import { bindTransport } from "./transport.js";
import { say, WORDS, wordsOf } from "./words.js";

/** @typedef {import("../spec").Spec} Spec */
/** @typedef {import("../core/controls.js").Value} Value */

export const MARGIN = "300px";

/** Of what a spec or a control holds: JSON. @template T @param {T} value @returns {T} */
const copy = (value) => JSON.parse(JSON.stringify(value));

export class Figure {
  visible = false;
  /** @type {(() => void)[]} */ #shows = [];
  /** @type {string | null} */ #key = null;
  #begun = "";
  /** Outputs that were said to be rounded. @type {Set<string>} */ #rounded = new Set();
  #abort = new AbortController();

  /** @param {HTMLElement} element @param {Session} session */
  constructor(element, session) {
    this.element = element;
    this.session = session;
    this.figure = element.getAttribute("figure") ?? Object.keys(session.spec.figures)[0];
    this.spec = session.spec.figures[this.figure];
    if (!this.spec) throw new Error(`no figure '${this.figure}' in the bundle`);
    const { signal } = this.#abort;
    const locale = /** @type {HTMLElement | null} */ (element.closest("[lang]"))?.lang;
    this.words = wordsOf(locale);
    this.box = /** @type {HTMLElement} */ (element.querySelector(".explorable-box"));
    /** @param {Record<string, unknown>} settings */
    const set = (settings) => void session.set(settings).catch((error) => this.fail(error));
    /** Where prose finds it. */
    this.stage = new Stage(
      this.box,
      session,
      locale ?? "en",
      { set, pull: (pull) => session.pull(pull), words: this.words, alt: this.spec.alt, figure: this.figure },
      signal,
    );
    const form = element.querySelector(".explorable-form");
    for (const type of ["input", "change"]) {
      form?.addEventListener(
        type,
        // The element has a `change` of its own.
        (event) => event.stopPropagation(),
        { signal },
      );
    }
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (
      element.querySelectorAll("[data-control]")
    )) {
      this.#shows.push(bindControl(row, session, set, signal));
      if (bindStages && row.classList.contains("explorable-stages"))
        this.#shows.push(bindStages(row, session, this.figure, set, signal));
    }
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (
      element.querySelectorAll("[data-simulation]")
    )) {
      this.#shows.push(bindTransport(row, session, this.words, signal));
    }
    able(element, true);
    this.#face();
    session.show(this);
    watch(element, this, session, signal);
    const size = new ResizeObserver(() => this.#redraw());
    size.observe(this.box);
    const recolour = () => {
      this.stage.recolour();
      this.#redraw();
    };
    follow(element, recolour, signal);
    matchMedia("(prefers-reduced-motion: reduce)").addEventListener(
      "change",
      () => calm() && session.still(),
      { signal },
    );
    signal.addEventListener("abort", () => {
      size.disconnect();
      session.hide(this);
    });
    this.refresh();
  }

  /** @param {string} key */
  draw(key) {
    this.#key = key;
    const begun = Object.values(this.session.runs)
      .map((run) => run.begun)
      .join();
    if (begun !== this.#begun) this.stage.forget();
    this.#begun = begun;
    this.#redraw();
    this.element.dispatchEvent(new CustomEvent("change", { detail: { controls: this.#values() } }));
    this.#checkWhole();
  }

  /**
   * A whole number that JavaScript's numbers cannot hold is given rounded, and an `error` event
   * says so, once until it fits again.
   */
  #checkWhole() {
    for (const [name, slot] of Object.entries(this.#named())) {
      const { data, dtype } = this.session.read(slot);
      const rounded =
        dtype === "int64"
          ? Array.from(data).find((x) => Math.abs(x) > Number.MAX_SAFE_INTEGER)
          : undefined;
      if (rounded === undefined) this.#rounded.delete(name);
      else if (!this.#rounded.has(name)) {
        this.#rounded.add(name);
        const message = `output '${name}' holds ${rounded}, beyond 2^53: int64 is rounded here`;
        this.element.dispatchEvent(new CustomEvent("error", { detail: { message, output: name } }));
      }
    }
  }

  #redraw() {
    if (this.#key === null) return;
    this.stage.draw(this.spec.layouts[this.spec.layout[this.#key]], (slot) =>
      this.session.read(slot),
    );
  }

  /** Pictures of it have come, or have become finer. */
  repaint() {
    this.#redraw();
  }

  /** Pictures of the drawing, and how fine. */
  get fields() {
    return this.stage.fields;
  }

  rest() {
    this.stage.rest();
  }

  refresh() {
    for (const show of this.#shows) show();
  }

  /** The still stays; the message stands in its place. @param {Error} error */
  fail(error) {
    this.#abort.abort();
    complain(this.element, this.figure, error);
  }

  end() {
    this.#abort.abort();
  }

  /**
   * Names of the controls that this figure depends on, directly or through values and simulations.
   */
  #names() {
    const { controls, nodes } = this.session.spec.program;
    const found = new Set(this.spec.controls);
    /** @param {string} name */
    const follow = (name) => {
      found.add(name);
      const node = nodes.find((other) => other.name === name && other.kind !== "figure");
      for (const need of node
        ? [...node.needs, ...(node.kind === "simulation" ? node.restart : [])]
        : [])
        if (!found.has(need)) follow(need);
    };
    const own = nodes.find((node) => node.kind === "figure" && node.name === this.figure);
    for (const need of own?.needs ?? []) follow(need);
    return [...found].filter((name) => has(controls, name));
  }

  /** @returns {Record<string, Value>} */
  #values() {
    return byName(this.session.spec, this.figure, this.#names(), (name) =>
      copy(this.session.values[name]),
    );
  }

  /**
   * Slots of the outputs, for the entry that ran last: marks by their names, values, newest records.
   * @returns {Record<string, string>}
   */
  #named() {
    if (this.#key === null) return {};
    const marks = this.spec.outputs[this.spec.layout[this.#key]];
    const slots = { ...slotsByName(this.session.spec.program, this.session.runs), ...marks };
    return Object.fromEntries(Object.entries(slots).filter(([, slot]) => slot));
  }

  #outputs() {
    const steps = Object.entries(this.session.runs).map(([name, { step }]) => [
      `${name}.step`,
      { data: Float64Array.of(step), shape: [], dtype: "int64" },
    ]);
    const outputs = Object.entries(this.#named()).map(([name, slot]) => {
      const { data, shape, dtype } = this.session.read(slot);
      return [name, { data: data.slice(), shape: [...shape], dtype }];
    });
    return withWords(
      this.session.spec,
      this.figure,
      Object.fromEntries([...steps, ...outputs]),
    );
  }

  #face() {
    const { controls } = this.session.spec.program;
    Object.defineProperties(this.element, {
      controls: {
        configurable: true,
        get: () =>
          byName(this.session.spec, this.figure, this.#names(), (name) => ({
            ...copy(controls[name]),
            value: copy(this.session.values[name]),
          })),
      },
      outputs: { configurable: true, get: () => this.#outputs() },
      set: {
        configurable: true,
        value: (/** @type {Record<string, unknown>} */ settings) =>
          this.session.set(settings, this.figure),
      },
    });
  }
}

/**
 * Tell a view when its element comes near the screen.
 * @param {Element} element
 * @param {import("./session.js").View} view
 * @param {Session} session
 * @param {AbortSignal} signal
 */
export function watch(element, view, session, signal) {
  const observer = new IntersectionObserver(
    (entries) => {
      view.visible = entries[entries.length - 1].isIntersecting;
      session.look();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}

/** @param {HTMLElement} element @param {boolean} awake its inputs answer */
function able(element, awake) {
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (
    element.querySelectorAll("button, input, select")
  ))
    input.disabled = !awake;
}

/** @param {HTMLElement} element @param {string} figure @param {unknown} error */
export function complain(element, figure, error) {
  const text = error instanceof Error ? error.message : String(error);
  const words = wordsOf(/** @type {HTMLElement | null} */ (element.closest("[lang]"))?.lang);
  const shown = element.querySelector(".explorable-message") ?? document.createElement("p");
  shown.className = "explorable-message";
  shown.setAttribute("role", "alert");
  const reason = text === WORDS.en.wasm ? words.wasm : text;
  shown.textContent = `[explorable] ${figure}: ${say(words.failed, { reason })}`;
  (element.querySelector(".explorable-box") ?? element).append(shown);
  able(element, false);
  console.error(`[explorable] ${figure}: ${text}`);
  element.dispatchEvent(new CustomEvent("error", { detail: { message: text } }));
}
