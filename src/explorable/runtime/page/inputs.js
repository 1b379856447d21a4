// The native inputs of a figure: what the reader does there becomes settings, and settings are
// shown there. Here those of a slider; others are form_inputs.js's.

import { atPosition, nudge, position, spell } from "../core/controls.js";
import { bindForm } from "./form_inputs.js";
import { stepsOf } from "./steps.js";
import { bindSweep } from "./sweep.js";
import { bindTyping } from "./typed.js";

/** @typedef {import("./session.js").Session} Session */

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
  const input = /** @type {HTMLInputElement} */ (row.querySelector("input"));
  if (control.kind !== "slider" || input.type !== "range")
    return bindForm(row, session, set, signal);
  const output = /** @type {HTMLOutputElement} */ (row.querySelector("output"));
  const isLog = control.scale === "log";
  let touched = false;
  /** @param {unknown} asked */
  const give = (asked) => {
    session.sweeping.delete(name);
    set({ [name]: asked });
  };
  input.addEventListener(
    "input",
    () => {
      touched = true;
      give(isLog ? atPosition(control, Number(input.value)) : input.value);
      touched = false;
    },
    { signal },
  );
  input.addEventListener("change", () => show(), { signal });
  input.addEventListener(
    "keydown",
    (event) => {
      const steps = stepsOf(event);
      if (!steps) return;
      event.preventDefault();
      give(
        Number.isFinite(steps) ? nudge(name, control, session.values[name], steps) : steps,
      );
    },
    { signal },
  );
  bindTyping(output, input, session, name, set, signal);
  const showSweep = bindSweep && bindSweep(row, session, name, signal);
  const show = () => {
    const value = Number(session.values[name]);
    output.value = spell(control, value);
    input.setAttribute("aria-valuetext", output.value);
    const shown = String(isLog ? position(control, value) : value);
    // The thumb that the reader holds is where he holds it.
    if (!touched && input.value !== shown) input.value = shown;
    if (showSweep) showSweep();
  };
  show();
  return show;
}
