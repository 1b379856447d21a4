// Lines through positions; leading dimensions are many lines.

import { addHandle } from "./handle.js";
import { extendByPositions } from "./extent.js";
import { HALO, pointHandles } from "./point_handles.js";
import { Pen } from "../pen.js";

/** @typedef {import("../../spec").CurveMark} CurveMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const GRIP = 14; // pixels: how wide the halo of a line is that the reader draws

/** @type {Drawing<CurveMark>} */
export const curve = {
  extent: (mark, read, extent) => extendByPositions(extent, read(mark.xy).data),
  draw(mark, { read, frame, paint, index }) {
    const { data, shape } = read(mark.xy);
    const count = shape[shape.length - 2] ?? 0;
    const pen = new Pen(frame);
    const many = data.length / 2 / count;
    for (let k = 0; k < many; k++) pen.trace(frame, data, 2 * count * k, count, mark.closed);
    const opacity = many > 12 ? { opacity: 0.6 } : {};
    // Places are dragged one by one, a control of heights is drawn over.
    const drawn = mark.edit && mark.edit.shape[mark.edit.shape.length - 1] !== 2;
    const line = pen.take();
    if (drawn)
      frame.shapes.push({ kind: "path", ...line, paint, width: GRIP, opacity: HALO, clip: true });
    frame.shapes.push({
      kind: "path",
      ...line,
      paint,
      width: mark.width ?? (many > 12 ? 1 : 2),
      clip: true,
      ...(mark.dash ? { dash: true } : {}),
      ...opacity,
    });
    if (drawn) addHandle(frame, "curve", mark, index, frame);
    else if (mark.edit || mark.drag) pointHandles(mark, data, frame, index, paint);
  },
};
