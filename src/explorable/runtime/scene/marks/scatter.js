// Dots at positions; those that the reader drags are larger.

import { extendByPositions } from "./extent.js";
import { GRIP, halo, pointHandles } from "./point_handles.js";
import { tints } from "./tints.js";

/** @typedef {import("../../spec").ScatterMark} ScatterMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const RADIUS = { few: 4, many: 2.5, held: 6 };
const MANY = 60;
const COLOURS = 8;
const MOST_OBSTACLES = 80;

/** @type {Drawing<ScatterMark>} */
export const scatter = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, place) {
    const { read, frame, paint, index } = place;
    const { data } = read(mark.xy);
    const count = data.length / 2;
    const classes = mark.labels ? read(mark.labels).data : null;
    const sizes = mark.radii ? read(mark.radii).data : null;
    const shades = mark.colours ? tints(mark, place) : null;
    const points = new Float32Array(data.length);
    const paints = classes ? new Uint8Array(count) : undefined;
    const radii = sizes ? new Float32Array(count) : undefined;
    const rgba = shades ? new Uint8ClampedArray(4 * count) : undefined;
    const alike = !classes && !sizes && !shades;
    const even = frame.xScale === "linear" && frame.yScale === "linear";
    let kept = alike && even ? placed(frame, data, points) : 0;
    for (let i = alike && even ? count : 0; i < count; i++) {
      const x = frame.across(data[2 * i]);
      const y = frame.up(data[2 * i + 1]);
      if (!frame.holds(x, y) || (sizes && !(sizes[i] > 0))) continue;
      if (paints && classes) paints[kept] = ((Number(classes[i]) % COLOURS) + COLOURS) % COLOURS;
      if (radii && sizes) radii[kept] = sizes[i];
      if (rgba && shades) rgba.set(shades.subarray(4 * i, 4 * i + 4), 4 * kept);
      points[2 * kept] = x;
      points[2 * kept++ + 1] = y;
    }
    const radius =
      mark.size ??
      (mark.edit || mark.drag ? RADIUS.held : count > MANY ? RADIUS.many : RADIUS.few);
    // Dots are never cut at the edge of the data area: those outside are left out instead.
    /** @type {Omit<Extract<import("../../spec").Shape, { kind: "dots" }>, "radius">} */
    const dots = {
      kind: "dots",
      points: points.subarray(0, 2 * kept),
      paint,
      clip: false,
      ...(paints ? { paints } : {}),
      ...(rgba ? { rgba } : {}),
    };
    if (mark.edit || mark.drag) halo(frame, dots, radius);
    frame.shapes.push({
      ...dots,
      radius,
      ...(count > MANY || sizes ? { opacity: shades ? 0.9 : 0.75 } : {}),
      ...(radii ? { radii } : {}),
    });
    if (count <= MOST_OBSTACLES) {
      for (let i = 0; i < kept; i++) {
        const reach = mark.edit || mark.drag ? GRIP : radii ? radii[i] : radius;
        frame.taken.push({
          x: points[2 * i] - reach,
          y: points[2 * i + 1] - reach,
          width: 2 * reach,
          height: 2 * reach,
        });
      }
    }
    if (mark.edit || mark.drag) pointHandles(mark, data, frame, index, null);
  },
};

/**
 * The pixels of dots alike, and how many are to be seen: without a call for each, 100,000 take half the time.
 * @param {import("../frame.js").Frame} frame @param {ArrayLike<number>} data @param {Float32Array} points
 */
function placed({ x: left, y: top, width, height, xRange, yRange }, data, points) {
  const [across, down] = [width / (xRange[1] - xRange[0]), -height / (yRange[1] - yRange[0])];
  const [low, lowest, bottom] = [xRange[0], yRange[0], top + height];
  const [from, to, above, below] = [left - 0.5, left + width + 0.5, top - 0.5, bottom + 0.5];
  let kept = 0;
  for (let i = 0; i < data.length; i += 2) {
    const x = left + (data[i] - low) * across;
    const y = bottom + (data[i + 1] - lowest) * down;
    if (!(x >= from && x <= to && y >= above && y <= below)) continue;
    points[2 * kept] = x;
    points[2 * kept++ + 1] = y;
  }
  return kept;
}
