// Turning a plot in three dimensions: by dragging, or by the arrow keys. A finger that moves up or
// down scrolls the page, unless it has begun to turn.

import { clamp } from "../core/controls.js";
import { stepsOf } from "./steps.js";
import { say } from "./words.js";

const DEGREES = 0.5; // for a pixel
const STEP = 5; // degrees for a key

/** @typedef {import("./handles.js").Held} Held */

/** @param {Held} held @param {import("./stage.js").Stage} stage @param {AbortSignal} signal @returns {Held} */
export function holdOrbit(held, stage, signal) {
  const { words } = stage.page;
  const page = {
    view: () => held.grip.handle.view ?? [],
    turn: (/** @type {number[]} */ view) => {
      stage.look.turned[held.grip.number] = view;
      stage.again();
    },
    words,
  };
  held.element.setAttribute("aria-label", words.turn);
  held.describe = bindOrbit(held.element, page, signal);
  return held;
}

/**
 * @param {SVGElement} element
 * @param {{ view: () => number[], turn: (view: number[]) => void, words: import("./words.js").Words }} page
 * @param {AbortSignal} signal
 * @returns {() => { text: string, now: number, box: null }}
 */
function bindOrbit(element, { view, turn, words }, signal) {
  /** @type {{ x: number, y: number, view: number[] } | null} */ let held = null;
  const by = (/** @type {number[]} */ from, /** @type {number} */ around, /** @type {number} */ above) =>
    turn([(((from[0] + around + 180) % 360) + 360) % 360 - 180, clamp(-90, 90, from[1] + above)]);

  const down = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    held = { x: event.clientX, y: event.clientY, view: view() };
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!held) return;
    by(held.view, -DEGREES * (event.clientX - held.x), DEGREES * (event.clientY - held.y));
  };
  const up = () => {
    held = null;
  };
  element.addEventListener("pointerdown", /** @type {EventListener} */ (down), { signal });
  element.addEventListener("pointermove", /** @type {EventListener} */ (move), { signal });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    element.addEventListener(end, up, { signal });
  element.addEventListener(
    "keydown",
    (event) => {
      const steps = clamp(-3, 3, stepsOf(event));
      if (!steps || !event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
      by(view(), sideways ? STEP * steps : 0, sideways ? 0 : STEP * steps);
    },
    { signal },
  );
  return () => {
    const [around, above] = view().map(Math.round);
    return { text: say(words.angles, { around, above }), now: around, box: null };
  };
}
