// <explorable-value of="wave.power" format=".2f">: a live number in the text of the page.

import { format } from "../core/format.js";
import { inside } from "../scene/words.js";
import { watch } from "./figure.js";
import { find, slotsByName } from "./wiring.js";

/** @typedef {import("../core/format.js").Numbers} Numbers */
/** @typedef {import("./session.js").Session} Session */

class Value {
  figure = "";
  visible = false;
  #abort = new AbortController();

  /** @param {HTMLElement} element @param {Session} session @param {string} name */
  constructor(element, session, name) {
    this.element = element;
    this.session = session;
    this.name = name;
    this.spec = element.getAttribute("format") ?? "";
    this.slot = slotsByName(session.spec.program)[name];
    session.show(this);
    watch(element, this, session, this.#abort.signal);
    this.refresh();
  }

  /**
   * The full name in this session of what an element shows, if it is this session's.
   * @param {Session} session
   * @param {string} of
   */
  static find(session, of) {
    const { program } = session.spec;
    const known = [...Object.keys(program.controls), ...Object.keys(slotsByName(program))];
    return find(session.spec, known, of);
  }

  draw() {}

  rest() {}

  refresh() {
    const text = this.slot
      ? this.#slotText()
      : this.slot === ""
        ? this.#stepText()
        : this.#controlText();
    if (text !== null && this.element.textContent !== text)
      this.element.innerHTML = inside(text, "span");
  }

  #stepText() {
    const { step } = this.session.runs[this.name.replace(/\.step$/, "")];
    return format({ data: [step], dtype: "int64" }, this.spec);
  }

  #slotText() {
    return this.session.ready ? format(this.session.read(this.slot), this.spec) : null;
  }

  #controlText() {
    const control = this.session.spec.program.controls[this.name];
    const value = this.session.values[this.name];
    if (typeof value === "string") return value;
    /** @type {Record<string, string>} */ const dtypes = {
      slider: "float32",
      range: "float32",
      toggle: "bool",
      point: control.kind === "point" && control.complex ? "complex64" : "float32",
    };
    const data = Array.isArray(value) ? /** @type {number[]} */ (value) : [Number(value)];
    return format(
      {
        data: control.kind === "slider" ? data.map(Math.fround) : data,
        dtype: dtypes[control.kind] ?? "int64",
      },
      this.spec,
    );
  }

  /** The number that was printed stays. */
  fail() {
    this.#abort.abort();
  }

  end() {
    this.#abort.abort();
    this.session.hide(this);
  }
}

/**
 * Elements of the text without a spec of their own, shown by whichever bundle knows their name.
 * @type {WeakSet<Element>}
 */
const bound = new WeakSet();

/**
 * Numbers in the text of the page that this session knows.
 * @param {Session} session @param {NodeListOf<HTMLElement>} elements
 */
export function bindNumbers(session, elements) {
  for (const element of elements) {
    const full = bound.has(element)
      ? undefined
      : Value.find(session, element.getAttribute("of") ?? "");
    if (!full) continue;
    bound.add(element);
    new Value(element, session, full);
  }
}

/** A number with a spec of its own. @param {Session} session @param {HTMLElement} element @param {string} name */
export function bindValue(session, element, name) {
  const full = Value.find(session, name);
  if (!full) throw new Error(`nothing on the page is called '${name}'`);
  return new Value(element, session, full);
}
