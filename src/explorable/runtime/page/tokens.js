// Pointing at a token: its row of weights is shown as long as the reader points, taps or stays there
// with the keys. What is chosen is the page's alone: nothing is set.

import { typedTexts } from "./texts.js";
import { clamp } from "../core/controls.js";
import { labels } from "../core/tokens.js";
import { say } from "./words.js";

/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("../scene/frame.js").Box} Box */

const FEW = 3;

/** @typedef {import("./handles.js").Held} Held */

/** @param {Held} held @param {import("./stage.js").Stage} stage @param {AbortSignal} signal @returns {Held} */
export function holdTokens(held, stage, signal) {
  const slot = held.grip.handle.control;
  const chosen = () => stage.look.chosen[slot] ?? -1;
  const page = {
    read: (/** @type {string} */ name) => stage.session.read(name),
    typed: (/** @type {string} */ name) => typedTexts(stage.session)[name],
    words: stage.page.words,
    chosen,
    choose: (/** @type {number} */ token) => {
      if (token === chosen() || signal.aborted) return;
      stage.look.chosen[slot] = token;
      stage.again();
    },
    pixel: (/** @type {PointerEvent} */ event) => stage.pixel(event),
  };
  const describe = bindTokens(held.element, () => held.grip, page, signal);
  return Object.assign(held, { describe });
}

/**
 * Let a strip of tokens be looked at. `grip` gives its present grip.
 * @param {SVGElement} element @param {() => Grip} grip
 * @param {{
 *   read: import("../core/memory.js").Read,
 *   typed: (name: string) => import("../scene/scene.js").Typed,
 *   words: import("./words.js").Words,
 *   chosen: () => number,
 *   choose: (token: number) => void,
 *   pixel: (event: PointerEvent) => { x: number, y: number },
 * }} page
 * @param {AbortSignal} signal
 */
function bindTokens(element, grip, page, signal) {
  const boxes = () => /** @type {Box[]} */ (grip().handle.boxes);
  const mark = () => /** @type {import("../spec").TokensMark} */ (grip().mark);

  /** @param {PointerEvent} event */
  const point = (event) => {
    const { x, y } = page.pixel(event);
    page.choose(
      boxes().findIndex(
        (box) =>
          box && x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y && y <= box.y + box.height,
      ),
    );
  };
  for (const type of ["pointermove", "pointerdown"])
    element.addEventListener(type, /** @type {EventListener} */ (point), { signal });
  element.addEventListener(
    "pointerleave",
    (event) => {
      // A finger that is lifted leaves what it tapped.
      if (/** @type {PointerEvent} */ (event).pointerType === "mouse") page.choose(-1);
    },
    { signal },
  );
  element.addEventListener("blur", () => page.choose(-1), { signal });
  element.addEventListener(
    "keydown",
    (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      const last = boxes().length - 1;
      /** @type {Record<string, number>} */ const to = {
        ArrowRight: page.chosen() + 1,
        ArrowDown: page.chosen() + 1,
        ArrowLeft: page.chosen() - 1,
        ArrowUp: page.chosen() - 1,
        Home: 0,
        End: last,
      };
      if (key === "Escape") page.choose(-1);
      else if (key in to) page.choose(clamp(0, last, to[key]));
      else return;
      event.preventDefault();
    },
    { signal },
  );

  return () => {
    const token = page.chosen();
    const { text, tokenizer } = page.typed(mark().text.text);
    const said = labels(tokenizer, text);
    const { data, shape } = page.read(/** @type {string} */ (mark().weights));
    const row = Array.from(data).slice(token * shape[0], (token + 1) * shape[0]);
    const most = row
      .map((weight, k) => ({ weight, k }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, FEW)
      .map(({ weight, k }) => `${said[k] ?? ""} ${Number(weight.toPrecision(2))}`);
    const told =
      token < 0 ? text : say(page.words.token, { token: said[token] ?? "", weights: most.join(", ") });
    return { text: told, now: token + 1, box: null };
  };
}
