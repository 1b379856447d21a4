// The layers of a drawing: SVG elements for them, and the plots in their order.

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Plot} Plot */

/** @param {string} name @param {Record<string, string | number>} attributes */
export function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return /** @type {SVGElement} */ (element);
}

/** Plots in the order of a scene's panels. @param {Layout} layout @returns {Plot[]} */
export const plotsOf = (layout) =>
  layout.kind === "plot" ? [layout] : layout.children.flatMap(plotsOf);
