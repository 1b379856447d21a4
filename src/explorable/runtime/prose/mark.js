// <explorable-mark of="plane.arc">: pointing at the word, or going to it with the keys, lights up the
// mark of that name; pointing at the mark lights up the word.

import { follow } from "./known.js";
import { distanceTo } from "./near.js";

/** @typedef {import("../page/session.js").Session} Session */
/** @typedef {import("../page/figure.js").Figure} Figure */
/** @typedef {import("../spec").Scene} Scene */

const NEAR = 9; // pixels
const FAINT = 0.22;

/** Figures whose marks have words: the words by the marks' names. @type {WeakMap<Figure, Map<string, Set<HTMLElement>>>} */
const words = new WeakMap();

/**
 * The figure and the name in it of what the text calls `of`.
 * @param {Session} session @param {string} of
 */
function find({ spec, views }, of) {
  const found = [];
  for (const view of views) {
    const figure = /** @type {Figure} */ (/** @type {unknown} */ (view));
    const shown = spec.figures[view.figure];
    if (!shown || !figure.stage) continue;
    for (const name of new Set(shown.outputs.flatMap(Object.keys)))
      if (of === name || of === `${view.figure}.${name}`) found.push({ figure, name });
  }
  return found[0];
}

/** @param {HTMLElement} element @param {Session} session */
export function bindMark(element, session) {
  const found = find(session, element.getAttribute("of") ?? "");
  if (!found) return false;
  const { figure, name } = found;
  const all = words.get(figure) ?? pointAt(figure);
  words.set(figure, all);
  all.set(name, (all.get(name) ?? new Set()).add(element));
  element.tabIndex = 0;
  element.setAttribute("role", "button");
  element.setAttribute("aria-pressed", "false");
  const on = () => light(figure, name);
  const off = () => light(figure, null);
  element.addEventListener("pointerenter", on);
  element.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && off());
  element.addEventListener("focus", on);
  element.addEventListener("blur", off);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") off();
    else if (event.key === "Enter" || event.key === " ") on();
    else return;
    event.preventDefault();
  });
  let paint = "";
  // A meaning keeps its colour; which that is, the first drawing says.
  follow(session, element, () => {
    const shapes = paint ? [] : (figure.stage.drawn?.panels ?? []).flatMap((panel) => panel.shapes);
    const own = shapes.find((shape) => shape.of === name && "paint" in shape);
    if (!own || !("paint" in own)) return;
    paint = own.paint;
    const colour = getComputedStyle(figure.element).getPropertyValue(`--explorable-${paint}`);
    element.style.setProperty("--explorable-mark", colour);
  });
  return true;
}

/** @type {WeakMap<Figure, string | null>} */
const lit = new WeakMap();

/** Light up a mark, and the words for it; null: none. @param {Figure} figure @param {string | null} name */
function light(figure, name) {
  if ((lit.get(figure) ?? null) === name) return;
  lit.set(figure, name);
  for (const [mark, elements] of words.get(figure) ?? [])
    for (const element of elements) {
      element.toggleAttribute("data-lit", mark === name);
      element.setAttribute("aria-pressed", String(mark === name));
    }
  figure.stage.veil = name === null ? null : (scene) => veil(scene, name);
  figure.stage.again();
}

/** All marks but one step back. @param {Scene} scene @param {string} name */
function veil({ panels }, name) {
  if (!panels.some(({ shapes }) => shapes.some(({ of }) => of === name))) return;
  for (const { shapes } of panels)
    for (const shape of shapes) {
      if (shape.of === undefined || shape.of === name) continue;
      if (shape.kind === "text") shape.paint = "frame";
      else if (shape.kind === "raster")
        shape.rgba = shape.rgba.map((byte, k) => (k % 4 === 3 ? FAINT * byte : byte));
      else shape.opacity = FAINT * (shape.opacity ?? 1);
    }
}

/** Pointing at a mark lights up its words. @param {Figure} figure @returns {Map<string, Set<HTMLElement>>} */
function pointAt(figure) {
  /** @type {Map<string, Set<HTMLElement>>} */ const all = new Map();
  figure.box.addEventListener("pointermove", (event) => {
    const { drawn } = figure.stage;
    if (!drawn || event.buttons) return;
    const { left, top, width } = figure.box.getBoundingClientRect();
    const scale = drawn.width / width;
    const at = { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
    let best = null;
    let least = NEAR;
    for (const { shapes } of drawn.panels)
      for (const shape of shapes) {
        if (!shape.of || !all.has(shape.of)) continue;
        const distance = distanceTo(shape, at);
        if (distance < least) [best, least] = [shape.of, distance];
      }
    light(figure, best);
  });
  figure.box.addEventListener("pointerleave", () => light(figure, null));
  return all;
}
