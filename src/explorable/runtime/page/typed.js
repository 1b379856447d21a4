// The number beside a control begins to be typed; what types it is fetched then.

import { typeNumber } from "./typing.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * A click on the number beside a slider, a digit or Enter on the slider begins to type.
 * @param {HTMLOutputElement} output @param {HTMLInputElement} slider
 * @param {Session} session @param {string} name
 * @param {(settings: Record<string, unknown>) => void} set @param {AbortSignal} signal
 */
export function bindTyping(output, slider, session, name, set, signal) {
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
