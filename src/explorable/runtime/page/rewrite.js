// Words over a drawing that move, or say another number, change where they stand: what is replaced is
// parsed and laid out anew. Left out where axes stand still.

import { round, words } from "../scene/words.js";

/** @typedef {import("../scene/words.js").Words} Words */

/** @type {(keyof Words)[]} */ const LOOK = ["size", "anchor", "paint", "weight", "halo", "rotate"];
/** @type {(keyof Words)[]} */ const PLACE = ["x", "y", "text"];

/** One node, which may change where it stands. @param {Words} words */
const loose = ({ text, rotate, after }) => text && !rotate && !after && !/[$`\\]/.test(text);

/** @param {Element} node @param {Words} old what it says @param {Words} shape what it is to say */
export function rewrite(node, old, shape) {
  const differ = (/** @type {keyof Words} */ key) => old[key] !== shape[key];
  const moved = PLACE.some(differ);
  const other = LOOK.some(differ) || JSON.stringify(old.after) !== JSON.stringify(shape.after);
  if (other || (moved && !(loose(old) && loose(shape)))) node.outerHTML = words(shape);
  else if (moved) {
    for (const key of /** @type {const} */ (["x", "y"]))
      if (round(old[key]) !== round(shape[key])) node.setAttribute(key, String(round(shape[key])));
    if (differ("text")) /** @type {ChildNode} */ (node.firstChild).nodeValue = shape.text;
  }
}
