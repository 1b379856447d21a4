// The layers of a drawing: SVG elements for them, the words, and the plots in their order.

import { round, words } from "../scene/words.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../scene/words.js").Words} Words */

/** @type {(keyof Words)[]} */ const LOOK = ["size", "anchor", "paint", "weight", "halo", "rotate"];
/** @type {(keyof Words)[]} */ const PLACE = ["x", "y", "text"];

/** @param {string} name @param {Record<string, string | number>} attributes */
export function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return /** @type {SVGElement} */ (element);
}

/** Plots in the order of a scene's panels. @param {Layout} layout @returns {Plot[]} */
export const plotsOf = (layout) =>
  layout.kind === "plot" ? [layout] : layout.children.flatMap(plotsOf);

/** One node, which may change where it stands. @param {Words} words */
const loose = ({ text, rotate, after }) => text && !rotate && !after && !/[$`\\]/.test(text);

/**
 * The words over a drawing. Few change from one to the next; what is replaced is parsed and laid out anew.
 * @param {SVGElement} layer @param {Words[]} before @param {Words[]} now
 */
export function write(layer, before, now) {
  if (before.length !== now.length)
    layer.innerHTML = now.map((shape) => words(shape)).join("");
  else now.forEach((shape, k) => rewrite(layer.children[k], before[k], shape));
}

/** @param {Element} node @param {Words} old @param {Words} shape */
function rewrite(node, old, shape) {
  const differ = (/** @type {keyof Words} */ key) => old[key] !== shape[key];
  const moved = PLACE.some(differ);
  const other =
    LOOK.some(differ) || JSON.stringify(old.after) !== JSON.stringify(shape.after);
  if (other || (moved && !(loose(old) && loose(shape)))) node.outerHTML = words(shape);
  else if (moved) {
    for (const key of /** @type {const} */ (["x", "y"]))
      if (round(old[key]) !== round(shape[key])) node.setAttribute(key, String(round(shape[key])));
    if (differ("text")) /** @type {ChildNode} */ (node.firstChild).nodeValue = shape.text;
  }
}
