// Arrows: a shaft and a head that keeps its size, and shrinks with arrows shorter than itself.

import { extendByPositions } from "./extent.js";
import { GRIP, pointHandles } from "./point_handles.js";
import { Pen } from "../pen.js";

/** @typedef {import("../../spec").ArrowMark} ArrowMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const LENGTH = 11;
const HALF_WIDTH = 4.5;
const MANY = 40;
const APART = 12; // pixels between the boxes along a shaft that words keep clear of

/** @type {Drawing<ArrowMark>} */
export const arrow = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, { read, frame, paint, index }) {
    const { data } = read(mark.xy);
    const count = data.length / 4;
    const scale = mark.field ? 0.5 : count > MANY ? 0.6 : 1;
    const pen = new Pen(frame);
    const heads = new Float32Array(6 * count);
    const starts = [];
    let used = 0;
    for (let k = 0; k < count; k++) {
      const x0 = frame.across(data[4 * k]);
      const y0 = frame.up(data[4 * k + 1]);
      const x1 = frame.across(data[4 * k + 2]);
      const y1 = frame.up(data[4 * k + 3]);
      const length = Math.hypot(x1 - x0, y1 - y0);
      if (!(length > 0.5 && length < Infinity)) continue;
      const head = Math.min(LENGTH * scale, length * (mark.field ? 0.5 : 0.7));
      const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
      const [baseX, baseY] = [x1 - head * ux, y1 - head * uy];
      pen.lift();
      pen.to(x0, y0);
      // The shaft ends inside the head, or its square end would blunt the tip.
      pen.to(x1 - 0.8 * head * ux, y1 - 0.8 * head * uy);
      if (scale === 1)
        for (let at = length; at > 0; at -= APART) {
          const half = at === length && mark.edit ? GRIP : HALF_WIDTH;
          const [x, y] = [x0 + at * ux - half, y0 + at * uy - half];
          frame.taken.push({ x, y, width: 2 * half, height: 2 * half });
        }
      if (!frame.holds(x1, y1, LENGTH)) continue;
      const half = (head / LENGTH) * HALF_WIDTH;
      starts.push(used / 2);
      for (const [x, y] of [
        [x1, y1],
        [baseX - half * uy, baseY + half * ux],
        [baseX + half * uy, baseY - half * ux],
      ]) {
        heads[used++] = x;
        heads[used++] = y;
      }
    }
    frame.shapes.push({
      kind: "path",
      ...pen.take(),
      paint,
      width: mark.field ? 1 : scale < 1 ? 1.2 : 2,
      clip: true,
    });
    frame.shapes.push({
      kind: "path",
      points: heads.slice(0, used),
      starts,
      paint,
      width: 0,
      closed: true,
      fill: paint,
      clip: true,
    });
    if (!mark.edit && !mark.drag) return;
    const tips = new Float32Array(2 * count);
    for (let k = 0; k < count; k++) tips.set([data[4 * k + 2], data[4 * k + 3]], 2 * k);
    pointHandles(mark, tips, frame, index, paint);
  },
};
