// Zoom and pan: the wheel with control, two fingers, a drag, the keys + - 0 and the arrows; a double
// click shows all again. Ranges change, data do not.

import { along } from "./gestures.js";

/** @typedef {import("./view.js").Place} Place */

const NEAR = 1e-5; // of the first ranges: float32 has no more
const FAR = 8;
const STEP = 1.25;
const PAN = 0.1;

export class Zoom {
  /** How much smaller the ranges are than the first. */ #scale = 1;
  /** @type {Map<number, Place>} */ #held = new Map();

  /**
   * @param {SVGElement} element @param {() => import("./view.js").Seen} seen
   * @param {import("./view.js").Page} page @param {AbortSignal} signal
   * @param {(ranges: import("./view.js").Ranges | null) => void} choose
   */
  constructor(element, seen, page, signal, choose) {
    this.seen = seen;
    this.choose = choose;
    /** @param {string} type @param {(event: any) => void} hear reason: each event has its own type */
    const on = (type, hear) =>
      element.addEventListener(type, hear, { signal, passive: false });
    on("wheel", (/** @type {WheelEvent} */ event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const turn = Math.max(-50, Math.min(50, event.deltaY));
      this.#change(Math.exp(turn / 100), page.pixel(event), { x: 0, y: 0 });
    });
    on("dblclick", () => this.#reset());
    on("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    on("pointerdown", (/** @type {PointerEvent} */ event) => {
      if (event.button) return;
      element.setPointerCapture(event.pointerId);
      this.#held.set(event.pointerId, page.pixel(event));
    });
    on("pointermove", (/** @type {PointerEvent} */ event) => {
      const before = this.#held.get(event.pointerId);
      if (!before) return;
      const to = page.pixel(event);
      const others = [...this.#held].filter(([id]) => id !== event.pointerId);
      this.#held.set(event.pointerId, to);
      // One finger alone is the page's: it scrolls.
      if (!others.length && event.pointerType === "touch") return;
      const pan = { x: to.x - before.x, y: to.y - before.y };
      if (!others.length) return this.#change(1, to, pan);
      const [, other] = others[0];
      const span = (/** @type {Place} */ at) => Math.hypot(at.x - other.x, at.y - other.y);
      const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
      this.#change(span(before) / Math.max(1, span(to)), middle, { x: pan.x / 2, y: pan.y / 2 });
    });
    for (const type of ["pointerup", "pointercancel"])
      on(type, (/** @type {PointerEvent} */ event) => this.#held.delete(event.pointerId));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { panel, plot } = this.seen();
    const middle = { x: panel.x + panel.width / 2, y: panel.y + panel.height / 2 };
    const still = { x: 0, y: 0 };
    if (event.key === "+" || event.key === "=") this.#change(1 / STEP, middle, still);
    else if (event.key === "-") this.#change(STEP, middle, still);
    else if (event.key === "0") this.#reset();
    else if (event.key.startsWith("Arrow") && (event.shiftKey || !plot.hover)) {
      const [x, y] = [
        Number(event.key === "ArrowLeft") - Number(event.key === "ArrowRight"),
        Number(event.key === "ArrowUp") - Number(event.key === "ArrowDown"),
      ];
      this.#change(1, middle, { x: PAN * panel.width * x, y: PAN * panel.height * y });
    } else return;
    event.preventDefault();
  }

  #reset() {
    this.#scale = 1;
    this.choose(null);
  }

  /** @param {number} asked times the ranges @param {Place} at stays where it is @param {Place} pan */
  #change(asked, at, pan) {
    const { panel, plot } = this.seen();
    const { width, height, xRange, yRange, xScale, yScale } = panel;
    const scale = Math.max(NEAR, Math.min(FAR, this.#scale * asked));
    const factor = scale / this.#scale;
    this.#scale = scale;
    const across = (at.x - panel.x) / width;
    const up = 1 - (at.y - panel.y) / height;
    const left = across * (1 - factor) - (factor * pan.x) / width;
    const low = up * (1 - factor) + (factor * pan.y) / height;
    /** @type {[number, number]} */
    const x = [along(xRange, xScale, left), along(xRange, xScale, left + factor)];
    /** @type {[number, number]} */
    const y = [along(yRange, yScale, low), along(yRange, yScale, low + factor)];
    this.choose({ ...(plot.zoom === "y" ? {} : { x }), ...(plot.zoom === "x" ? {} : { y }) });
  }
}
