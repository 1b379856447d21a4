// <explorable-control of="plane.theta">: a number in a sentence that is dragged sideways, or moved with
// the keys. A slider or a whole number in other clothes.

import { atPosition, clamp, nudge, position, spell } from "../core/controls.js";
import { format } from "../core/format.js";
import { stepsOf } from "../page/steps.js";
import { follow, fullName } from "./known.js";

const RANGE = 240; // pixels from low to high
const STEP = 6; // the least pixels for a whole number

/** @param {HTMLElement} element @param {import("../page/session.js").Session} session */
export function bindControl(element, session) {
  const name = fullName(session, element.getAttribute("of") ?? "");
  const control = name && session.spec.program.controls[name];
  if (!name || !control) return false;
  if (control.kind !== "slider" && control.kind !== "integer")
    throw new Error(`'${name}' is a ${control.kind}: numbers of sliders and integers are dragged`);
  const form = element.getAttribute("format");
  const dtype = control.kind === "slider" ? "float32" : "int64";
  const text = () => {
    const value = Number(session.values[name]);
    return form === null ? spell(control, value) : format({ data: [value], dtype }, form);
  };
  /** @param {unknown} value */
  const set = (value) => {
    session.sweeping.delete(name);
    session.set({ [name]: value }).catch((error) => console.error(`[explorable] ${error.message}`));
  };
  for (const [attribute, value] of Object.entries({
    role: "slider",
    tabindex: "0",
    "aria-label": element.getAttribute("aria-label") ?? control.label,
    "aria-valuemin": String(control.low),
    "aria-valuemax": String(control.high),
  }))
    element.setAttribute(attribute, value);

  const length = Math.max(RANGE, control.kind === "integer" ? STEP * (control.high - control.low) : 0);
  /** @type {{ x: number, at: number } | null} */ let held = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
    held = { x: event.clientX, at: position(control, Number(session.values[name])) };
  });
  element.addEventListener("pointermove", (event) => {
    if (held)
      set(atPosition(control, clamp(0, 1, held.at + (event.clientX - held.x) / Math.min(length, 4 * RANGE))));
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    element.addEventListener(end, () => (held = null));
  element.addEventListener("keydown", (event) => {
    const steps = stepsOf(event);
    if (!steps) return;
    event.preventDefault();
    set(Number.isFinite(steps) ? nudge(name, control, session.values[name], steps) : steps);
  });
  follow(session, element, () => {
    const now = text();
    if (element.textContent !== now) element.textContent = now;
    element.setAttribute("aria-valuenow", String(Number(session.values[name])));
    element.setAttribute("aria-valuetext", now);
  });
  return true;
}
