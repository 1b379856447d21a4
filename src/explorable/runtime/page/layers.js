// The layers of a drawing: SVG elements for them, the words, and the plots in their order.

import { words } from "../scene/words.js";
import { rewrite } from "./rewrite.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../scene/words.js").Words} Words */

/** @param {string} name @param {Record<string, string | number>} attributes */
export function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return /** @type {SVGElement} */ (element);
}

/** Plots in the order of a scene's panels. @param {Layout} layout @returns {Plot[]} */
export const plotsOf = (layout) =>
  layout.kind === "plot" ? [layout] : layout.children.flatMap(plotsOf);

/**
 * The words over a drawing. Few change from one to the next; what is replaced is parsed and laid out anew.
 * @param {SVGElement} layer @param {Words[]} before @param {Words[]} now
 */
export function write(layer, before, now) {
  if (before.length !== now.length)
    layer.innerHTML = now.map((shape) => words(shape)).join("");
  else
    now.forEach((shape, k) => {
      const node = layer.children[k];
      if (rewrite) rewrite(node, before[k], shape);
      else if (JSON.stringify(before[k]) !== JSON.stringify(shape)) node.outerHTML = words(shape);
    });
}
