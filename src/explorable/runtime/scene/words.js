// The words of a scene as SVG text: for the layer over the canvas and for stills.

/** @typedef {import("../spec").Scene} Scene */
/** @typedef {Extract<import("../spec").Shape, { kind: "text" }>} Words */

/** So that words can be read over lines. */
const AROUND = { "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" };

/**
 * The one way for text to become markup. Signs that mean something to Markdown, to a table of pipes
 * or to a template become entities too: a fragment may be pasted anywhere.
 * @param {unknown} text
 */
export const escape = (text) =>
  String(text).replace(/[&<>"|*`{$\\]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * Text for the inside of an element. Scripts that scan a page for maths, $x$ or \(x\), look at one
 * text node at a time: no sign that opens or closes maths shares one with another.
 * @param {unknown} text @param {string} [tag]
 */
export const inside = (text, tag = "tspan") =>
  escape(text).replace(/&#(36|92|96);/g, `<${tag}>$&</${tag}>`);

/** To a tenth of a pixel. @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;

/**
 * An element as markup; attributes that are undefined or empty are left out.
 * @param {string} name @param {Record<string, string | number | undefined>} attributes
 * @param {string} [inner] markup
 */
export function element(name, attributes, inner) {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => ` ${key}="${escape(value)}"`)
    .join("");
  return `<${name}${given}${inner === undefined ? "/>" : `>${inner}</${name}>`}`;
}

/**
 * A text as SVG. `colours`, where no style sheet will give them, by role.
 * @param {Words} shape @param {Record<string, string>} [colours]
 */
export function words(shape, colours = {}) {
  const { x, y, text, size, anchor, paint, rotate, weight, halo, after } = shape;
  const attributes = {
    class: `ex-${paint}${halo ? " ex-halo" : ""}`,
    color: colours[paint],
    fill: "currentColor",
    ...(halo ? { ...AROUND, stroke: colours.paper } : {}),
    x: round(x),
    y: round(y),
    "font-size": size,
    "font-weight": weight,
    "text-anchor": anchor === "start" ? undefined : anchor,
    transform: rotate ? `rotate(${rotate} ${round(x)} ${round(y)})` : undefined,
  };
  // What goes on in the same line begins where the letters end, whatever sans the system has.
  const rest = after && {
    class: `ex-${after.paint}`,
    color: colours[after.paint],
    dx: after.gap,
    "font-weight": after.weight,
  };
  return element("text", attributes, inside(text) + (rest ? element("tspan", rest, inside(after.text)) : ""));
}
