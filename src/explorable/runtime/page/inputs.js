// The native inputs of a figure: what the reader does there becomes settings, and settings are
// shown there.

import { atPosition, nudge, position, spell } from "../core/controls.js";
import { bindEnds } from "./ends.js";
import { advance } from "./runs.js";
import { stepsOf } from "./steps.js";
import { sweep } from "./sweep.js";
import { bindTools } from "./tools.js";
import { typeNumber } from "./typing.js";
import { bindUpload } from "./upload.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("./session.js").Session} Session */

/** Also in a shadow tree, of which the document sees the host alone. @param {Element} element */
export const hasFocus = (element) =>
  /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement === element;

/**
 * A click on the number beside a slider, a digit or Enter on the slider begins to type.
 * @param {HTMLOutputElement} output @param {HTMLInputElement} slider
 * @param {Session} session @param {string} name
 * @param {(settings: Record<string, unknown>) => void} set @param {AbortSignal} signal
 */
function bindTyping(output, slider, session, name, set, signal) {
  /** Typed while the part that types is on its way. @type {string | undefined} */ let typed;
  /** @param {string} key */
  const open = async (key) => {
    if (output.hidden) return;
    if (typed !== undefined) return void (typed += key);
    typed = key;
    await session.bring("typing", typeNumber).catch(console.error);
    if (typeNumber && !signal.aborted) typeNumber(output, slider, session, name, set, typed);
    typed = undefined;
  };
  output.addEventListener("click", () => open(""), { signal });
  slider.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "Enter" && !/^[-−.,0-9]$/.test(event.key)) return;
      event.preventDefault();
      open(event.key === "Enter" ? "" : event.key);
    },
    { signal },
  );
  signal.addEventListener("abort", () => (output.hidden = false));
}

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
  if (control.kind === "tensor" && control.upload) return bindUpload(row, session, set, signal);
  if (control.kind === "tensor" || control.kind === "points")
    return bindTools(row, session, set, signal);
  if (control.kind === "range") return bindEnds(row, session, set, signal);
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
    if (isLog && input.type === "range") return atPosition(control, Number(input.value));
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

  /** @param {number} steps */
  const move = (steps) => {
    session.sweeping.delete(name);
    const now = session.values[name];
    set({ [name]: Number.isFinite(steps) ? nudge(name, control, now, steps) : steps });
  };
  if (control.kind === "slider" || input?.type === "number") {
    input.addEventListener(
      "keydown",
      (event) => {
        const steps = stepsOf(/** @type {KeyboardEvent} */ (event));
        // In a field these move the cursor.
        const inText = /^(Home|End|Arrow(Left|Right))$/.test(/** @type {KeyboardEvent} */ (event).key);
        if (!steps || (input.type === "number" && inText)) return;
        event.preventDefault();
        move(steps);
      },
      { signal },
    );
  }
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-by]")))
    each.addEventListener("click", () => move(Number(each.dataset.by)), { signal });
  if (output) bindTyping(output, /** @type {HTMLInputElement} */ (input), session, name, set, signal);
  // A simulation that stands still takes a step, so that a press is seen to do something.
  const press = () => {
    set({ [name]: 1 });
    for (const node of session.simulations) {
      if (node.needs.includes(name) && !session.playing.has(node.name)) advance(session, node.name);
    }
  };
  const [button, ...more] = /** @type {NodeListOf<HTMLButtonElement>} */ (
    row.querySelectorAll("button[data-do]")
  );
  for (const each of button ? [button, ...more] : [])
    each.addEventListener(
      "click",
      () => {
        if (control.kind === "button") press();
        else if (control.kind === "text") set({ [name]: each.value });
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
      const shown = String(
        isLog && input.type === "range"
          ? position(control, Number(value))
          : input.type === "number"
            ? Number(Number(value).toPrecision(7))
            : value,
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
