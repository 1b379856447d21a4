// The transport of a simulation: play and pause, a step, back, again, and the step number to scrub.

import { icon } from "./icons.js";
import { hasFocus } from "./inputs.js";
import { say } from "./words.js";

/**
 * @param {HTMLElement} row @param {import("./session.js").Session} session
 * @param {import("./words.js").Words} words @param {AbortSignal} signal
 * @returns {() => void} shows the present progress
 */
export function bindTransport(row, session, words, signal) {
  const name = row.dataset.simulation ?? "";
  /** @param {string} action */
  const find = (action) =>
    /** @type {HTMLButtonElement} */ (row.querySelector(`[data-do=${action}]`));
  const scrub = /** @type {HTMLInputElement} */ (row.querySelector("[data-do=scrub]"));
  const output = /** @type {HTMLOutputElement} */ (row.querySelector("output"));
  const limit = session.simulations.find((node) => node.name === name)?.steps ?? Infinity;
  const play = find("play");
  /** @type {Record<string, () => void>} */
  const actions = {
    play: () => session.play(name, !session.playing.has(name)),
    forward: () => session.step(name, 1),
    back: () => session.step(name, -1),
    reset: () => session.reset(name),
  };
  for (const [action, act] of Object.entries(actions))
    find(action).addEventListener("click", act, { signal });
  scrub.addEventListener("input", () => session.seek(name, Number(scrub.value)), { signal });

  /** @type {boolean | undefined} */ let playing;
  return () => {
    const { step, furthest } = session.runs[name];
    output.value = say(words.step, { n: step });
    scrub.max = String(furthest);
    if (!hasFocus(scrub) || session.playing.has(name)) scrub.value = String(step);
    find("back").setAttribute("aria-disabled", String(step === 0));
    find("forward").setAttribute("aria-disabled", String(step >= limit));
    if (playing === session.playing.has(name)) return;
    playing = session.playing.has(name);
    play.innerHTML = icon(playing ? "pause" : "play");
    play.title = playing ? words.pause : words.play;
    play.setAttribute("aria-label", play.title);
  };
}
