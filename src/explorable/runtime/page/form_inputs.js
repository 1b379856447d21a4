// The native inputs of controls that are no plain sliders: fields, menus, choices, buttons, texts;
// and the rows of what a drawing holds.

import { nudge, spell } from "../core/controls.js";
import { isShort } from "../core/tokens.js";
import { bindEnds } from "./ends.js";
import { answer } from "./runs.js";
import { hasFocus } from "./focus.js";
import { stepsOf } from "./steps.js";
import { bindTools } from "./tools.js";
import { bindTyping } from "./typed.js";
import { bindUpload } from "./upload.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("./session.js").Session} Session */

/**
 * Bring one control's row of the form to life.
 * @param {HTMLElement} row @param {Session} session
 * @param {(settings: Record<string, unknown>) => void} set
 * @param {AbortSignal} signal
 * @returns {() => void} shows the present value
 */
export function bindForm(row, session, set, signal) {
  const name = row.dataset.control ?? "";
  const control = session.spec.program.controls[name];
  const inputs = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([
    ...row.querySelectorAll("input, select"),
  ]);
  if (control.kind === "tensor" && control.upload) return bindUpload(row, session, set, signal);
  if (control.kind === "tensor" || control.kind === "points")
    return bindTools(row, session, set, signal);
  if (control.kind === "range") return bindEnds(row, session, set, signal);
  const output = row.querySelector("output");
  const [input] = inputs;
  // Radio buttons of the same figure elsewhere on the page are others.
  const group = String(Math.random());
  for (const radio of inputs.length > 1 ? inputs : []) radio.name = group;
  let touched = false;

  const read = () => {
    if (control.kind === "toggle") return /** @type {HTMLInputElement} */ (input).checked;
    if (control.kind === "choice" && inputs.length > 1) {
      return (
        inputs.find((radio) => /** @type {HTMLInputElement} */ (radio).checked)?.value ??
        control.value
      );
    }
    return input.value;
  };
  const change = () => {
    // A number being typed may not be one yet.
    if (input.type === "number" && !(/** @type {HTMLInputElement} */ (input).value.trim())) return;
    if (control.kind === "text" && isShort(control, input.value)) return;
    touched = true;
    set({ [name]: read() });
    touched = false;
  };
  for (const each of inputs) each.addEventListener("input", change, { signal });
  // What was typed is shown as what it became, once the reader leaves it.
  for (const each of inputs) each.addEventListener("change", () => show(), { signal });

  /** @param {number} steps */
  const move = (steps) => {
    const now = session.values[name];
    set({ [name]: Number.isFinite(steps) ? nudge(name, control, now, steps) : steps });
  };
  if (input?.type === "number") {
    input.addEventListener(
      "keydown",
      (event) => {
        const steps = stepsOf(/** @type {KeyboardEvent} */ (event));
        // In a field these move the cursor.
        const inText = /^(Home|End|Arrow(Left|Right))$/.test(/** @type {KeyboardEvent} */ (event).key);
        if (!steps || inText) return;
        event.preventDefault();
        move(steps);
      },
      { signal },
    );
  }
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-by]")))
    each.addEventListener("click", () => move(Number(each.dataset.by)), { signal });
  if (output) bindTyping(output, /** @type {HTMLInputElement} */ (input), session, name, set, signal);
  for (const each of /** @type {NodeListOf<HTMLButtonElement>} */ (
    row.querySelectorAll("button[data-do]")
  ))
    each.addEventListener(
      "click",
      () => {
        if (control.kind === "text") return set({ [name]: each.value });
        set({ [name]: control.kind === "button" ? 1 : Math.floor(Math.random() * 1e6) });
        if (control.kind === "button" && answer) answer(session, name);
      },
      { signal },
    );

  const show = () => {
    const value = session.values[name];
    if (control.kind === "button") return;
    if (output) output.value = spell(control, value);
    if (control.kind === "toggle") /** @type {HTMLInputElement} */ (input).checked = Boolean(value);
    else if (control.kind === "choice" && inputs.length > 1) {
      for (const radio of inputs)
        /** @type {HTMLInputElement} */ (radio).checked = radio.value === value;
    } else {
      const shown = String(
        input.type === "number" ? Number(Number(value).toPrecision(7)) : value,
      );
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
