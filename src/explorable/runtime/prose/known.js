// What a session can tell the text: values by the names that the text gives them.

import { find, slotsByName } from "../page/wiring.js";

/** @typedef {import("../page/session.js").Session} Session */
/** @typedef {import("../page/session.js").View} View */

/** The full name of what the text calls `of`. @param {Session} session @param {string} of */
export function fullName({ spec }, of) {
  const { program } = spec;
  return find(spec, [...Object.keys(program.controls), ...Object.keys(slotsByName(program))], of);
}

/**
 * What has a full name now; undefined before the figure has run.
 * @param {Session} session @param {string} name @returns {number | string | boolean | undefined}
 */
export function valueOf(session, name) {
  const value = session.values[name];
  if (value !== undefined) return Array.isArray(value) ? Number(value[0]) : value;
  const slot = slotsByName(session.spec.program)[name];
  if (slot === "") return session.runs[name.replace(/\.step$/, "")].step;
  return session.ready ? session.read(slot).data[0] : undefined;
}

/**
 * Call `refresh` when anything has changed, and wake the session while an element is near the screen.
 * @param {Session} session @param {HTMLElement} element @param {() => void} refresh
 */
export function follow(session, element, refresh) {
  /** @type {View} */
  const view = { figure: "", visible: false, draw() {}, rest() {}, fail() {}, refresh };
  session.show(view);
  const observer = new IntersectionObserver((entries) => {
    view.visible = entries[entries.length - 1].isIntersecting;
    session.look();
  });
  // What is hidden is never seen: the text around it is.
  observer.observe(element.parentElement ?? element);
  refresh();
}
