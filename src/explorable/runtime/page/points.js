// Points come and go: one more where the plane is tapped, one less that is dragged out, tapped twice
// or deleted. Left out of bundles without such a control.

import { toData } from "./gestures.js";
import { classOf } from "./tools.js";
import { say } from "./words.js";

/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("./gestures.js").Place} Place */
/** @typedef {import("../spec").PointsControl} PointsControl */
/** @typedef {number[][]} Places */
/**
 * @typedef {object} Page
 * @property {(control: string) => import("../core/controls.js").Value} value
 * @property {(settings: Record<string, import("../core/controls.js").Value>) => void} set
 * @property {(event: PointerEvent | MouseEvent) => Place} pixel
 * @property {import("./words.js").Words} words
 * @property {(control: string, element: number) => void} focusNext
 * @property {(text: string) => void} tell
 */

/** So far outside the data area a point falls off, in CSS pixels of the drawing. */
const OUT = 18;
const STILL = 6;
const TWICE = 350; // milliseconds

/** @param {Page} page @param {Grip} grip */
const placesOf = (page, { handle }) =>
  /** @type {Places} */ (/** @type {unknown} */ (page.value(handle.control)));

/** @param {Page} page @param {Grip} grip @param {Places} places */
const put = (page, { handle }, places) => page.set({ [handle.control]: /** @type {any} reason: a list of places */ (places) });

/** @param {Page} page @param {Grip} grip @param {Place} at */
function add(page, grip, { x, y }) {
  const control = /** @type {PointsControl} */ (grip.control);
  const places = placesOf(page, grip);
  if (places.length >= control.max) return page.tell(say(page.words.full, { n: control.max }));
  const kind = control.classes ? [classOf(control)] : [];
  page.focusNext(grip.handle.control, places.length);
  put(page, grip, [...places, [x, y, ...kind]]);
}

/** @param {Page} page @param {Grip} grip */
function remove(page, grip) {
  const { min = 0 } = /** @type {PointsControl} */ (grip.control);
  const places = placesOf(page, grip).filter((_, k) => k !== grip.element);
  if (places.length < min) return page.tell(say(page.words.fewest, { n: min }));
  page.focusNext(grip.handle.control, Math.min(grip.element, places.length - 1));
  put(page, grip, places);
}

/**
 * The plane behind points: a tap adds one.
 * @param {SVGElement} element @param {() => Grip} grip @param {Page} page @param {AbortSignal} signal
 */
export function bindPlane(element, grip, page, signal) {
  element.addEventListener(
    "click",
    (event) => {
      const at = grip();
      add(page, at, toData(at.panel, page.pixel(event)));
    },
    { signal },
  );
  element.addEventListener(
    "keydown",
    (event) => {
      if (!/^(Enter|Insert| )$/.test(event.key)) return;
      event.preventDefault();
      const at = grip();
      const { x, y, width, height } = at.panel;
      add(page, at, toData(at.panel, { x: x + width / 2, y: y + height / 2 }));
    },
    { signal },
  );
}

/**
 * One of the points, beside what any place can do (gestures.js).
 * @param {SVGElement} element @param {() => Grip} grip @param {Page} page @param {AbortSignal} signal
 */
export function bindMember(element, grip, page, signal) {
  /** @type {Place | null} */ let pressed = null;
  let [moved, out, tapped] = [false, false, -Infinity];
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!pressed) return;
    const { panel } = grip();
    const { x, y } = page.pixel(event);
    moved ||= Math.hypot(x - pressed.x, y - pressed.y) > STILL;
    out =
      moved &&
      (x < panel.x - OUT ||
        y < panel.y - OUT ||
        x > panel.x + panel.width + OUT ||
        y > panel.y + panel.height + OUT);
    element.classList.toggle("explorable-leaving", out);
  };
  const listen = (/** @type {string} */ type, /** @type {(event: any) => void} reason: many types */ act) =>
    element.addEventListener(type, act, { signal });
  listen("pointerdown", (event) => {
    pressed = page.pixel(event);
    moved = out = false;
  });
  listen("pointermove", move);
  listen("pointerup", (event) => {
    if (!pressed) return;
    pressed = null;
    const again = event.timeStamp - tapped < TWICE;
    tapped = moved ? -Infinity : event.timeStamp;
    if (out || (!moved && again)) remove(page, grip());
  });
  listen("pointercancel", () => {
    pressed = null;
    element.classList.remove("explorable-leaving");
  });
  listen("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = grip();
    const control = /** @type {PointsControl} */ (at.control);
    const kinds = kindsOf(control);
    if (event.key === "Delete" || event.key === "Backspace") remove(page, at);
    else if (event.key === "Insert") {
      const { panel, handle } = at;
      // Beside it, on the side where there is room.
      const aside = (handle.x > panel.x + panel.width / 2 ? -1 : 1) * panel.width * 0.08;
      add(page, at, toData(panel, { x: handle.x + aside, y: handle.y }));
    } else if (control.classes && Number(event.key) >= 1 && Number(event.key) <= kinds) {
      const places = placesOf(page, at).map((place) => [...place]);
      places[at.element][2] = Number(event.key) - 1;
      put(page, at, places);
    } else return;
    event.preventDefault();
  });
}

/** How many classes there are. @param {PointsControl} control */
export const kindsOf = ({ classes = [], labels = [] }) =>
  Math.max(labels.length, ...classes.map((kind) => kind + 1));
