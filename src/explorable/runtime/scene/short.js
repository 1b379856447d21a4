// Texts and numbers that have little room.

import { plain, powerOfTen, widthOf } from "./text.js";

/** As much of a text as fits. @param {string} text @param {number} size @param {number} room */
export function fit(text, size, room) {
  if (widthOf(text, size) <= room) return text;
  const signs = [...text];
  while (signs.length && widthOf(`${signs.join("")}…`, size) > room) signs.pop();
  return signs.length ? `${signs.join("")}…` : "";
}

/** Three digits that tell a value: for colour keys and cells. @param {number} value */
export function brief(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e5 || size < 1e-3) {
    const exponent = Math.floor(Math.log10(size));
    return `${plain(value / 10 ** exponent, 1)}×${powerOfTen(exponent)}`;
  }
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
