// The two ends of a range: two native inputs over one track. Neither passes the other; a press on the
// track takes the nearer end there.

import { atPosition, nudged, position, spell } from "../core/controls.js";
import { digits } from "../core/numbers.js";
import { stepsOf } from "./steps.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * @param {HTMLElement} row @param {Session} session
 * @param {(settings: Record<string, unknown>) => void} set @param {AbortSignal} signal
 * @returns {() => void} shows the present value
 */
export function bindEnds(row, session, set, signal) {
  const name = row.dataset.control ?? "";
  const control = /** @type {import("../spec").RangeControl} */ (
    session.spec.program.controls[name]
  );
  const track = /** @type {HTMLElement} */ (row.querySelector(".explorable-ends"));
  const between = /** @type {SVGElement} */ (track.querySelector("rect:last-child"));
  const inputs = [...row.querySelectorAll("input")];
  const output = /** @type {HTMLOutputElement} */ (row.querySelector("output"));
  const ends = () => [.../** @type {number[]} */ (session.values[name])];
  /** @param {number} which @param {number} x */
  const move = (which, x) => {
    const now = ends();
    now[which] = which ? Math.max(now[0], x) : Math.min(now[1], x);
    set({ [name]: now });
  };
  for (const [which, input] of inputs.entries()) {
    input.addEventListener(
      "input",
      () => {
        move(which, atPosition(control, Number(input.value)));
        show();
      },
      { signal },
    );
    input.addEventListener(
      "keydown",
      (event) => {
        const steps = stepsOf(event);
        if (!steps) return;
        event.preventDefault();
        const goal = steps < 0 ? control.low : control.high;
        move(which, Number.isFinite(steps) ? nudged(control, ends()[which], steps) : goal);
      },
      { signal },
    );
  }
  track.addEventListener(
    "pointerdown",
    (event) => {
      if (event.target !== track || event.button !== 0) return;
      const { left, width } = track.getBoundingClientRect();
      const thumb = 18;
      const t = Math.min(1, Math.max(0, (event.clientX - left - thumb / 2) / (width - thumb)));
      const [low, high] = ends().map((end) => position(control, end));
      const which = Number(t > low && (t >= high || high - t < t - low));
      inputs[which].focus({ preventScroll: true });
      move(which, atPosition(control, t));
    },
    { signal },
  );

  const show = () => {
    const now = ends();
    for (const [which, input] of inputs.entries()) {
      const at = String(position(control, now[which]));
      if (input.value !== at) input.value = at;
      input.setAttribute(
        "aria-valuetext",
        digits(control, now[which]) + (control.unit ? ` ${control.unit}` : ""),
      );
    }
    const [from, to] = now.map((end) => 100 * position(control, end));
    between.setAttribute("x", `${from}%`);
    between.setAttribute("width", `${to - from}%`);
    // Where both ends meet at the right, the one that can still move lies on top.
    inputs[0].style.zIndex = position(control, now[0]) > 0.5 ? "1" : "";
    output.value = spell(control, now);
  };
  show();
  return show;
}
