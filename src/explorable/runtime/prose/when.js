// <explorable-when of="wave.power > 0.5">: shown while the condition holds; `unless` is its opposite.

import { holds, names } from "./conditions.js";
import { follow, fullName, valueOf } from "./known.js";

/** @param {HTMLElement} element @param {import("../page/session.js").Session} session */
export function bindWhen(element, session) {
  const unless = element.getAttribute("unless");
  const condition = unless ?? element.getAttribute("of") ?? "";
  const full = Object.fromEntries(names(condition).map((name) => [name, fullName(session, name)]));
  if (Object.values(full).includes(undefined)) return false;
  follow(session, element, () => {
    /** @type {Record<string, number | string | boolean | undefined>} */ const now = {};
    for (const [name, known] of Object.entries(full))
      now[name] = valueOf(session, /** @type {string} */ (known));
    // Until all is known the text stays as it was written.
    if (Object.values(now).includes(undefined)) return;
    const shown =
      holds(condition, (name) => /** @type {number} */ (now[name])) === (unless === null);
    if (element.hidden === shown) element.hidden = !shown;
  });
  return true;
}
