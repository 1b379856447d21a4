// Sliders that move by themselves, to and fro, until the reader takes them. Left out of pages where
// none does.

import { accept, atPosition, clamp, position } from "../core/controls.js";

/** @typedef {import("./session.js").Session} Session */

/** @param {Session} session @param {string} name */
export function sweep(session, name) {
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
