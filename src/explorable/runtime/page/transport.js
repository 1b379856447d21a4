// The transport of a simulation: play and pause, a step, back, again, and the step number to scrub.

import { icon } from "./icons.js";
import { hasFocus } from "./focus.js";
import { play, reset, seek, simulationsOf, step } from "./runs.js";
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
  const limit = simulationsOf(session).find((node) => node.name === name)?.steps ?? Infinity;
  const button = find("play");
  /** @type {Record<string, () => void>} */
  const actions = {
    play: () => play(session, name, !session.playing.has(name)),
    forward: () => step(session, name, 1),
    back: () => step(session, name, -1),
    reset: () => reset(session, name),
  };
  for (const [action, act] of Object.entries(actions))
    find(action).addEventListener("click", act, { signal });
  scrub.addEventListener("input", () => seek(session, name, Number(scrub.value)), { signal });

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
    button.innerHTML = icon(playing ? "pause" : "play");
    button.title = playing ? words.pause : words.play;
    button.setAttribute("aria-label", button.title);
  };
}
