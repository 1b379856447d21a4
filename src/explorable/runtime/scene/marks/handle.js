// What the reader takes hold of in a drawing.

/** @typedef {import("../../spec").Handle} Handle */

/**
 * @param {import("../frame.js").Frame} frame @param {Handle["kind"]} kind
 * @param {import("../../spec").Mark} mark @param {number} index of the mark
 * @param {import("../frame.js").Box} box
 */
export function addHandle(frame, kind, { edit, drag, name }, index, { x, y, width, height }) {
  const control = edit?.control ?? drag?.controls.join(" ");
  if (control !== undefined)
    frame.handles.push({
      kind: drag ? "drag" : kind,
      control,
      label: name,
      x,
      y,
      width,
      height,
      mark: index,
    });
}
