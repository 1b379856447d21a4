// <explorable-figure>: upgrades in place what markup.js made, and gives the element its JavaScript
// face.

import { calm } from "./calm.js";
import { explain } from "./complaint.js";
import { bindControl } from "./inputs.js";
import { byName } from "./names.js";
import { bindStages } from "./stages.js";
import { Stage } from "./stage.js";
import { follow } from "./theme.js";
import { bindTransport } from "./transport.js";
import { checkWhole, controlsBehind, slotsByName, stepNumbers, withWords } from "./wiring.js";
import { wordsOf } from "./words.js";

/** @typedef {import("../spec").Spec} Spec */
/** @typedef {import("./session.js").Session} Session */
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
    /** @type {import("./words.js").Words} */ this.words = wordsOf?.(locale);
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
    follow(element, session, recolour, signal);
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
    if (checkWhole)
      checkWhole(this.element, this.#named(), (slot) => this.session.read(slot), this.#rounded);
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
    complain(this.element, this.figure, error, () => this.session.bring("complaint", explain));
  }

  end() {
    this.#abort.abort();
  }

  /** Names of the controls that this figure depends on. */
  #names() {
    const { spec } = this.session;
    return controlsBehind ? controlsBehind(spec, this.figure) : Object.keys(spec.program.controls);
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
    if (!slotsByName) return marks;
    const slots = { ...slotsByName(this.session.spec.program, this.session.runs), ...marks };
    return Object.fromEntries(Object.entries(slots).filter(([, slot]) => slot));
  }

  #outputs() {
    const outputs = Object.fromEntries([
      ...(stepNumbers ? stepNumbers(this.session.runs) : []),
      ...Object.entries(this.#named()).map(([name, slot]) => {
        const { data, shape, dtype } = this.session.read(slot);
        return [name, { data: data.slice(), shape: [...shape], dtype }];
      }),
    ]);
    return withWords ? withWords(this.session.spec, this.figure, outputs) : outputs;
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

/**
 * The still stays, its message over it.
 * @param {HTMLElement} element @param {string} figure @param {unknown} error
 * @param {() => Promise<unknown>} [bringing] what explains it
 */
export function complain(element, figure, error, bringing) {
  const message = error instanceof Error ? error.message : String(error);
  able(element, false);
  console.error(`[explorable] ${figure}: ${message}`);
  element.dispatchEvent(new CustomEvent("error", { detail: { message } }));
  if (explain) return explain(element, figure, message);
  /** @type {{ complain?: (reason: string) => void }} */ const stub = /** @type {any} */ (element);
  bringing?.().then(
    () => explain(element, figure, message),
    () => stub.complain?.(message),
  );
}
