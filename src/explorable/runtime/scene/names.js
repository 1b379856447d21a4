// The names of axes: the x axis's under its numbers, the y axis's over it, where it is read without
// turning one's head.

import { fit } from "./short.js";
import { textOf, widthOf } from "./text.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Box} Box */

const SIZE = 12;
const LINE = 19;

/** Pixels under the numbers, and over the data area. @param {import("../spec").Plot} plot */
export const namesRoom = ({ xLabel, yLabel }) => ({
  below: xLabel ? LINE : 0,
  above: yLabel ? LINE : 0,
});

/**
 * @param {Frame} frame @param {import("../spec").Plot} plot
 * @param {import("../core/memory.js").Read} read @param {Box} box
 * @param {{ top: number, bottom: number }} needs
 */
export function drawNames(frame, { xLabel, yLabel }, read, box, { top, bottom }) {
  /** @param {string} text @param {number} x @param {number} y */
  const put = (text, x, y) =>
    frame.shapes.push({ kind: "text", x, y, text, size: SIZE, anchor: "start", paint: "soft" });
  if (xLabel) {
    const text = fit(textOf(xLabel, read), SIZE, box.width);
    const width = widthOf(text, SIZE);
    const middle = frame.x + (frame.width - width) / 2;
    put(
      text,
      Math.max(box.x, Math.min(middle, box.x + box.width - width)),
      frame.y + frame.height + bottom - 6,
    );
  }
  if (yLabel) put(fit(textOf(yLabel, read), SIZE, box.width), box.x, frame.y - top + SIZE - 2);
}
