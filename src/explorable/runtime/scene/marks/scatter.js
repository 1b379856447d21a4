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
    let kept = 0;
    for (let i = 0; i < count; i++) {
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
