// Sliders that move by themselves, to and fro, until the reader takes them. Left out of pages where
// none does.

import { accept, atPosition, clamp, position } from "../core/controls.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * The button of a slider that can move by itself.
 * @param {HTMLElement} row @param {Session} session @param {string} name @param {AbortSignal} signal
 * @returns {(() => void) | undefined} shows whether it does
 */
export function bindSweep(row, session, name, signal) {
  const button = row.querySelector("button[data-do]");
  button?.addEventListener(
    "click",
    () => (session.sweeping.delete(name) ? session.changed() : sweep(session, name)),
    { signal },
  );
  return button
    ? () => button.setAttribute("aria-pressed", String(session.sweeping.has(name)))
    : undefined;
}

/** @param {Session} session @param {string} name */
function sweep(session, name) {
  const control = session.spec.program.controls[name];
  if (control.kind !== "slider") return;
  const t = position(control, Number(session.values[name]));
  session.sweeping.set(name, { t, direction: 1 });
  session.changed();
}

/** @param {Session} session @param {number} seconds */
export function moveSweeping(session, seconds) {
  for (const [name, at] of session.sweeping) {
    const control = session.spec.program.controls[name];
    if (control.kind !== "slider" || !control.play) continue;
    at.t = clamp(0, 1, at.t + (at.direction * seconds) / control.play);
    if (at.t === 0 || at.t === 1) at.direction = at.t ? -1 : 1;
    session.give(name, accept(name, control, atPosition(control, at.t)));
  }
}
