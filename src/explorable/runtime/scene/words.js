// The words of a scene as SVG text: for the layer over the canvas and for stills.

/** @typedef {import("../spec").Scene} Scene */
/** @typedef {Extract<import("../spec").Shape, { kind: "text" }>} Words */

const HALO = 3;

/** @param {unknown} text */
export const escape = (text) =>
  String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** To a tenth of a pixel. @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;

/** @param {[string, string | number | undefined][]} pairs */
export const attributes = (pairs) =>
  pairs
    .map(([name, value]) =>
      value === undefined || value === "" ? "" : ` ${name}="${escape(value)}"`,
    )
    .join("");

/**
 * A text as SVG. `colours`, where no style sheet will give them, by role.
 * @param {Words} shape @param {Record<string, string>} [colours]
 */
export function words({ x, y, text, size, anchor, paint, rotate, weight, halo }, colours = {}) {
  const turned = rotate ? `rotate(${rotate} ${round(x)} ${round(y)})` : undefined;
  /** @type {[string, string | undefined][]} */ const around = halo
    ? [
        ["stroke", colours.paper],
        ["stroke-width", String(HALO)],
        ["stroke-linejoin", "round"],
        ["paint-order", "stroke"],
      ]
    : [];
  const classes = `ex-${paint}${halo ? " ex-halo" : ""}`;
  return `<text${attributes([["class", classes], ["color", colours[paint]], ["fill", "currentColor"], ...around, ["x", round(x)], ["y", round(y)], ["font-size", size], ["font-weight", weight], ["text-anchor", anchor === "start" ? undefined : anchor], ["transform", turned]])}>${escape(text)}</text>`;
}

/**
 * The words of a scene, as markup for the inside of an SVG laid over a canvas.
 * @param {Scene} scene
 */
export const overlaySvg = (scene) =>
  scene.panels
    .map(({ shapes }) =>
      shapes.map((shape) => (shape.kind === "text" ? words(shape) : "")).join(""),
    )
    .join("");
