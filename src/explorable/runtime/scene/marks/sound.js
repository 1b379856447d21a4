// Buttons over a plot that play samples: a disc with a triangle, or a square while it sounds, what
// it is, and how long.

import { widthOf } from "../text.js";

/** @typedef {import("../../spec").Plot} Plot */
/** @typedef {import("../../spec").SoundMark} SoundMark */
/** @typedef {import("../frame.js").Frame} Frame */

const LINE = 42;
const RADIUS = 15;
const SIZE = 13;
const GAP = 10;
const BETWEEN = 26;
const LONGEST = "00.0 s";

/** Samples in a channel. @param {number[]} shape */
export const lengthOf = (shape) => shape[shape.length - 1];

/** @param {SoundMark} mark */
const widthOfButton = ({ name }) =>
  2 * RADIUS + GAP + (name ? widthOf(name, SIZE) + GAP + 4 : 0) + widthOf(LONGEST, SIZE);

/**
 * Where the buttons of a plot stand, from the left and the top of their rows.
 * @param {Plot} plot @param {number} width
 */
function places({ marks }, width) {
  /** @type {{ mark: SoundMark, index: number, x: number, row: number }[]} */ const found = [];
  let [x, row] = [0, 0];
  for (const [index, mark] of marks.entries()) {
    if (mark.kind !== "sound") continue;
    const across = widthOfButton(mark);
    if (x > 0 && x + across > width) [x, row] = [0, row + 1];
    found.push({ mark, index, x, row });
    x += across + BETWEEN;
  }
  return found;
}

export const soundRow = {
  /** @param {Plot} plot @param {number} width */
  height(plot, width) {
    const found = places(plot, width);
    return found.length ? (found[found.length - 1].row + 1) * LINE : 0;
  },

  /**
   * @param {Frame} frame @param {Plot} plot @param {import("../plot.js").Source} source
   * @param {{ x: number, y: number, width: number }} box
   */
  draw(frame, plot, { read, sounding }, box) {
    for (const { mark, index, x, row } of places(plot, box.width)) {
      const centre = { x: box.x + x + RADIUS, y: box.y + row * LINE + LINE / 2 };
      frame.shapes.push({
        kind: "dots",
        points: Float32Array.of(centre.x, centre.y),
        radius: RADIUS,
        paint: "c0",
        clip: false,
      });
      frame.shapes.push(sign(centre, sounding === mark.samples));
      const seconds = lengthOf(read(mark.samples).shape) / mark.rate;
      const text = box.x + x + 2 * RADIUS + GAP;
      const line = { y: centre.y + 4.5, size: SIZE, anchor: /** @type {const} */ ("start") };
      const length = { text: `${seconds.toFixed(1)} s`, paint: "soft" };
      const named = mark.name
        ? { text: mark.name, paint: "ink", after: { ...length, gap: 8 } }
        : length;
      frame.shapes.push({ kind: "text", ...line, x: text, ...named });
      frame.handles.push({
        kind: "play",
        control: mark.samples,
        label: mark.name ?? "",
        x: centre.x - RADIUS - 4,
        y: centre.y - RADIUS - 4,
        width: widthOfButton(mark) + 8,
        height: 2 * RADIUS + 8,
        mark: index,
      });
    }
  },
};

/**
 * @param {{ x: number, y: number }} centre @param {boolean} stop
 * @returns {import("../../spec").Shape}
 */
function sign({ x, y }, stop) {
  const points = stop
    ? [x - 5, y - 5, x + 5, y - 5, x + 5, y + 5, x - 5, y + 5]
    : [x - 4.5, y - 7, x + 7.5, y, x - 4.5, y + 7];
  return {
    kind: "path",
    points: Float32Array.from(points),
    starts: [0],
    paint: "paper",
    width: 0,
    closed: true,
    fill: "paper",
    clip: false,
  };
}
