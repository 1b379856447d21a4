// The scheme whose ink reads better on what lies behind a figure, where its page has named none.

import { around, colourOf } from "./role.js";

/** From 0.04045 on the curve of sRGB is a power. */
const KNEE = 0.04045;

/** @type {CanvasRenderingContext2D | null} */
let swatch = null;

/**
 * Layers of CSS colours, the undermost first, as the one colour that is seen; whatever space they
 * are written in.
 * @param {string[]} layers
 */
function blend(layers) {
  if (!swatch) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    swatch = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext("2d", { willReadFrequently: true })
    );
  }
  swatch.clearRect(0, 0, 1, 1);
  for (const layer of layers) {
    swatch.fillStyle = layer;
    swatch.fillRect(0, 0, 1, 1);
  }
  return [...swatch.getImageData(0, 0, 1, 1).data];
}

/** @param {number[]} colour */
function luminance(colour) {
  const [red, green, blue] = colour
    .map((part) => part / 255)
    .map((part) => (part <= KNEE ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number} a @param {number} b luminances */
const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/**
 * The colour behind an element: the nearest background that lets nothing through, and what is
 * thinner above it. Null: nobody painted one, and the browser's own goes with its scheme.
 * @param {Element} element
 */
function behind(element) {
  /** @type {string[]} */ const layers = [];
  for (let at = /** @type {Element | undefined} */ (element); at; at = around(at)) {
    layers.unshift(getComputedStyle(at).backgroundColor);
    const colour = blend(layers);
    if (colour[3] === 255) return colour;
  }
  return null;
}

/**
 * Mark an element with the scheme for its ground, if there is one.
 * @param {Element} element @param {string} mark @param {string[]} schemes
 */
export function suit(element, mark, schemes) {
  const ground = behind(element);
  if (!ground) return;
  const inks = schemes.map((scheme) => {
    element.setAttribute(mark, scheme);
    return colourOf(element, "ink");
  });
  element.removeAttribute(mark);
  // An ink that is the same in both is the author's.
  if (inks[0] === inks[1]) return;
  const [light, dark] = inks.map((ink) => contrast(luminance(blend([ink])), luminance(ground)));
  element.setAttribute(mark, schemes[Number(dark > light)]);
}
