// Text at a place, beside it where there is room.

import { extendByPositions } from "./extent.js";
import { textOf, widthOf } from "../text.js";

/** @typedef {import("../../spec").LabelMark} LabelMark */
/** @typedef {import("../frame.js").Box} Box */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const SIZE = 13;
const GAP = 8;
const ASCENT = 0.75;

/** @param {Box} a @param {Box} b */
const overlap = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** @type {Drawing<LabelMark>} */
export const label = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, { read, frame }) {
    const { data } = read(mark.xy);
    const text = textOf(mark.text, read);
    const width = widthOf(text, SIZE);
    for (let i = 0; i < data.length; i += 2) {
      const x = frame.across(data[i]);
      const y = frame.up(data[i + 1]);
      if (!frame.holds(x, y)) continue;
      const middle = y - SIZE / 2;
      /** @type {Box[]} */
      const choices = [
        [x + GAP, middle],
        [x - GAP - width, middle],
        [x - width / 2, y - GAP - SIZE],
        [x - width / 2, y + GAP],
        [x + GAP, y - GAP - SIZE],
        [x - GAP - width, y - GAP - SIZE],
        [x + GAP, y + GAP],
        [x - GAP - width, y + GAP],
      ].map(([left, top]) => ({ x: left, y: top, width, height: SIZE }));
      const inside = choices.filter(
        (box) => frame.holds(box.x, box.y, 0) && frame.holds(box.x + width, box.y + SIZE, 0),
      );
      const box =
        inside.find((choice) => !frame.taken.some((other) => overlap(choice, other))) ??
        inside[0] ??
        choices[0];
      frame.taken.push(box);
      frame.shapes.push({
        kind: "text",
        x: box.x,
        y: box.y + ASCENT * SIZE + 1,
        text,
        size: SIZE,
        anchor: "start",
        paint: "ink",
        halo: true,
      });
    }
  },
};
