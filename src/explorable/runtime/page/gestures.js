// Editing in the mark: a place in the plot becomes a value of the control the mark draws, by
// pointer or by key. The first half is pure: pixels to data, an element of a mark to a place in its
// control. Bars, curves and cells are areas.js.

import { clamp } from "../core/controls.js";
import { bend, unbend } from "../scene/symlog.js";
import { stepsOf } from "./steps.js";
import { say } from "./words.js";

/** @typedef {import("../spec").Panel} Panel */
/** @typedef {import("../spec").Handle} Handle */
/** @typedef {import("../spec").Mark} Mark */
/** @typedef {import("../spec").Control} Control */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {{ x: number, y: number }} Place */
/** @typedef {Omit<NonNullable<Mark["edit"]>, "shape"> & { shape: number[] }} Edit of now: core/sizes.js */
/**
 * One handle with all that is needed to use it.
 * @typedef {object} Grip
 * @property {Handle} handle
 * @property {Panel} panel
 * @property {number} number of the panel
 * @property {Mark} mark
 * @property {number} element which of the mark's points this is
 * @property {Control} control undefined for a computed place, which has several
 * @property {number[]} xs data positions of a bar's or curve's elements
 */

/** Is it a place to be held, not an area? @param {Handle} handle */
export const isPlace = ({ kind }) => kind === "point" || kind === "drag";

/**
 * The pull that brings a computed place to a place.
 * @param {Grip} grip @param {Place} to @returns {import("../core/drag.js").Pull}
 */
export function pullTo({ mark, element, panel }, to) {
  // Equal distances on the screen are equal, also where the axes have other units.
  const x = ((panel.xRange[1] - panel.xRange[0]) * panel.height) / panel.width;
  const y = panel.yRange[1] - panel.yRange[0];
  return {
    drag: /** @type {import("../spec").Drag} */ (mark.drag),
    element,
    target: [to.x, to.y],
    unit: [x, y],
    span: panel.xRange[1] - panel.xRange[0],
  };
}

/** @param {[number, number]} range @param {import("../spec").Scale} scale @param {number} t */
export const along = ([low, high], scale, t) =>
  scale === "log"
    ? low * (high / low) ** t
    : scale === "symlog"
      ? unbend(bend(low) + t * (bend(high) - bend(low)))
      : low + t * (high - low);

/** Data at a pixel. @param {Panel} panel @param {Place} pixel @returns {Place} */
export function toData(panel, { x, y }) {
  return {
    x: along(panel.xRange, panel.xScale, clamp(0, 1, (x - panel.x) / panel.width)),
    y: along(panel.yRange, panel.yScale, clamp(0, 1, 1 - (y - panel.y) / panel.height)),
  };
}

/** Where an element of the mark lies in its control. @param {Edit} edit @param {number[]} index */
export const placeOf = (edit, index) =>
  index.reduce((sum, i, axis) => sum + i * edit.strides[axis], edit.offset);

/**
 * A handle's control with its point moved.
 * @param {Grip} grip
 * @param {Value} value
 * @param {Place} to
 * @returns {Value}
 */
export function movePoint({ control, mark, element }, value, to) {
  if (control.kind === "point") return [to.x, to.y];
  if (control.kind === "points") {
    const points = /** @type {number[][]} */ (value).map((point) => [...point]);
    points[element].splice(0, 2, to.x, to.y);
    return /** @type {Value} */ (/** @type {unknown} */ (points));
  }
  const edit = /** @type {Edit} */ (mark.edit);
  const numbers = [.../** @type {number[]} */ (value)];
  const pair = edit.shape[edit.shape.length - 1] === 2;
  // The mark's leading dimensions are counted through in order.
  const lead = unravel(pair ? edit.shape.slice(0, -1) : edit.shape, element);
  if (pair) numbers[placeOf(edit, [...lead, 0])] = to.x;
  numbers[placeOf(edit, pair ? [...lead, 1] : lead)] = to.y;
  return numbers;
}

/** Where element `flat` of what the mark shows lies in its control. @param {Grip} grip @param {number} flat */
export function elementOf({ mark }, flat) {
  const edit = /** @type {Edit} */ (mark.edit);
  return placeOf(edit, unravel(edit.shape, flat));
}

/** @param {number[]} shape @param {number} flat */
export function unravel(shape, flat) {
  const index = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(flat % shape[axis]);
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/** @param {number} x */
export const short = (x) => String(Number(Number(x).toPrecision(3)));

/**
 * The pointer takes a handle, moves it, lets it go.
 * @param {SVGElement} element @param {(event: PointerEvent) => void} down
 * @param {(event: PointerEvent) => void} move @param {() => void} up @param {AbortSignal} signal
 */
export function bindPointer(element, down, move, up, signal) {
  const taken = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
    down(event);
  };
  element.addEventListener("pointerdown", /** @type {EventListener} */ (taken), { signal });
  element.addEventListener("pointermove", /** @type {EventListener} */ (move), { signal });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    element.addEventListener(end, up, { signal });
}

/**
 * What a handle is given of the page.
 * @typedef {{
 *   value: (control: string) => Value,
 *   set: (settings: Record<string, Value>) => void,
 *   pull: (pull: import("../core/drag.js").Pull) => void,
 *   pixel: (event: PointerEvent | MouseEvent) => Place,
 *   words: import("./words.js").Words,
 *   moved: () => void,
 * }} Given
 */

/**
 * Let a place be moved. `grip` gives its present grip: the scene is made anew at each redraw.
 * @param {SVGElement} element @param {() => Grip} grip @param {Given} page @param {AbortSignal} signal
 */
export function bindHandle(element, grip, page, signal) {
  /** From the pointer to the middle of the handle. @type {Place | null} */ let grab = null;

  /** @param {Grip} at @param {Place} to */
  const moveTo = (at, to) => {
    const control = at.handle.control;
    if (at.handle.kind === "drag") page.pull(pullTo(at, to));
    else page.set({ [control]: movePoint(at, page.value(control), to) });
  };

  bindPointer(
    element,
    (event) => {
      const { handle } = grip();
      const pixel = page.pixel(event);
      grab = { x: handle.x - pixel.x, y: handle.y - pixel.y };
    },
    (event) => {
      if (!grab) return;
      const at = grip();
      const pixel = page.pixel(event);
      // The point keeps its distance from the finger: it does not jump when it is taken.
      moveTo(at, toData(at.panel, { x: pixel.x + grab.x, y: pixel.y + grab.y }));
    },
    () => {
      grab = null;
    },
    signal,
  );
  element.addEventListener(
    "keydown",
    (event) => {
      const steps = stepsOf(event);
      if (!steps || !Number.isFinite(steps)) return;
      const at = grip();
      const { panel, handle } = at;
      const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
      const x = handle.x + (sideways ? (steps * panel.width) / 100 : 0);
      const y = handle.y - (sideways ? 0 : (steps * panel.height) / 100);
      moveTo(at, toData(panel, { x, y }));
      event.preventDefault();
    },
    { signal },
  );

  /** What a screen reader says of it. */
  return () => {
    const { panel, handle } = grip();
    const { x, y } = toData(panel, handle);
    return { text: `x ${short(x)}, y ${short(y)}`, now: x, box: null };
  };
}
