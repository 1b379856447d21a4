// The native inputs of a figure: what the reader does there becomes settings, and settings are
// shown there.

import { atPosition, nudge, position, spell } from "../core/controls.js";
import { advance } from "./runs.js";
import { sweep } from "./sweep.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("./session.js").Session} Session */

/** Presses of keys that move a range. @type {Record<string, number>} */
const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -Infinity,
  End: Infinity,
};

/** The steps a key press means, for ranges and handles alike. @param {KeyboardEvent} event */
export const stepsOf = (event) =>
  event.ctrlKey || event.metaKey || event.altKey
    ? 0
    : (KEYS[event.key] ?? 0) * (event.shiftKey ? 10 : 1);

/** Also in a shadow tree, of which the document sees the host alone. @param {Element} element */
export const hasFocus = (element) =>
  /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement === element;

/**
 * Bring one control's row of the form to life.
 * @param {HTMLElement} row @param {Session} session
 * @param {(settings: Record<string, unknown>) => void} set
 * @param {AbortSignal} signal
 * @returns {() => void} shows the present value
 */
export function bindControl(row, session, set, signal) {
  const name = row.dataset.control ?? "";
  const control = session.spec.program.controls[name];
  const inputs = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([
    ...row.querySelectorAll("input, select"),
  ]);
  const output = row.querySelector("output");
  const [input] = inputs;
  // Radio buttons of the same figure elsewhere on the page are others.
  const group = String(Math.random());
  for (const radio of inputs.length > 1 ? inputs : []) radio.name = group;
  const isLog = control.kind === "slider" && control.scale === "log";
  let touched = false;

  const read = () => {
    if (control.kind === "toggle") return /** @type {HTMLInputElement} */ (input).checked;
    if (control.kind === "choice" && inputs.length > 1) {
      return (
        inputs.find((radio) => /** @type {HTMLInputElement} */ (radio).checked)?.value ??
        control.value
      );
    }
    if (isLog) return atPosition(control, Number(input.value));
    return input.value;
  };
  const change = () => {
    // A number being typed may not be one yet.
    if (input.type === "number" && !(/** @type {HTMLInputElement} */ (input).value.trim())) return;
    const asked = read();
    touched = true;
    session.sweeping.delete(name);
    set({ [name]: asked });
    touched = false;
  };
  for (const each of inputs) each.addEventListener("input", change, { signal });
  // What was typed is shown as what it became, once the reader leaves it.
  for (const each of inputs) each.addEventListener("change", () => show(), { signal });

  if (control.kind === "slider") {
    input.addEventListener(
      "keydown",
      (event) => {
        const steps = stepsOf(/** @type {KeyboardEvent} */ (event));
        if (!steps) return;
        event.preventDefault();
        session.sweeping.delete(name);
        set({
          [name]: Number.isFinite(steps)
            ? nudge(name, control, session.values[name], steps)
            : steps,
        });
      },
      { signal },
    );
  }
  // A simulation that stands still takes a step, so that a press is seen to do something.
  const press = () => {
    set({ [name]: 1 });
    for (const node of session.simulations) {
      if (node.needs.includes(name) && !session.playing.has(node.name)) advance(session, node.name);
    }
  };
  const button = /** @type {HTMLButtonElement | null} */ (row.querySelector("button"));
  button?.addEventListener(
    "click",
    () => {
      if (control.kind === "button") press();
      else if (control.kind === "seed") set({ [name]: Math.floor(Math.random() * 1e6) });
      else if (session.sweeping.delete(name)) session.changed();
      else sweep(session, name);
    },
    { signal },
  );

  const show = () => {
    const value = session.values[name];
    if (control.kind === "button") return;
    if (button && control.kind === "slider")
      button.setAttribute("aria-pressed", String(session.sweeping.has(name)));
    if (output) output.value = spell(control, value);
    if (control.kind === "toggle") /** @type {HTMLInputElement} */ (input).checked = Boolean(value);
    else if (control.kind === "choice" && inputs.length > 1) {
      for (const radio of inputs)
        /** @type {HTMLInputElement} */ (radio).checked = radio.value === value;
    } else {
      const shown = String(isLog ? position(control, Number(value)) : value);
      // While the reader types, the text is his.
      const typing =
        touched ||
        (hasFocus(input) &&
          input.type !== "range" &&
          Number(input.value) === Number(shown));
      if (!typing && input.value !== shown) input.value = shown;
      if (control.kind === "slider") input.setAttribute("aria-valuetext", spell(control, value));
    }
  };
  show();
  return show;
}
