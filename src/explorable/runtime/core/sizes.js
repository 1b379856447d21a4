// Slots whose shape moves. Memory has the strides of the bounds; what is there now stands in front
// of each extent. Left out of bundles in which nothing moves.

/** @typedef {import("../spec").Extent} Extent */
/** @typedef {import("../spec").Mark} Mark */
/** @typedef {import("./memory.js").Memory} Memory */
/** @typedef {import("./memory.js").NumberView} NumberView */
/** @typedef {import("./memory.js").Reading} Reading */

/**
 * What a reading of a whole slot holds now; the reading itself where nothing moves.
 * @param {Memory} memory @param {Reading} reading @param {Extent[]} extents @returns {Reading}
 */
export function present(memory, reading, extents) {
  if (extents.every((extent) => typeof extent === "number")) return reading;
  const bounds = reading.shape;
  const shape = extents.map((extent) =>
    typeof extent === "number" ? extent : Number(memory.view(extent[1])[0]),
  );
  return { ...reading, data: front(reading.data, bounds, shape), shape };
}

/**
 * The numbers in front of each extent, close together: the same memory if only the first moves.
 * @param {NumberView} data @param {number[]} bounds @param {number[]} shape @returns {NumberView}
 */
function front(data, bounds, shape) {
  let axis = shape.length - 1;
  while (axis > 0 && shape[axis] === bounds[axis]) axis -= 1;
  // One block of neighbours for every place before this axis; complex numbers are two wide.
  const all = bounds.reduce((product, extent) => product * extent, 1);
  const unit = bounds.slice(axis + 1).reduce((product, extent) => product * extent, data.length / all);
  const block = shape[axis] * unit;
  if (axis === 0) return data.subarray(0, block);
  const blocks = shape.slice(0, axis).reduce((product, extent) => product * extent, 1);
  const Form = /** @type {Float32ArrayConstructor} */ (data.constructor);
  const close = new Form(blocks * block);
  for (let k = 0; k < blocks; k++) {
    let [from, rest, stride] = [0, k, bounds[axis] * unit];
    for (let before = axis - 1; before >= 0; before--) {
      from += (rest % shape[before]) * stride;
      rest = Math.floor(rest / shape[before]);
      stride *= bounds[before];
    }
    close.set(data.subarray(from, from + block), k * block);
  }
  return close;
}

/**
 * A mark whose edited shape is that of now.
 * @param {Mark} mark @param {import("./memory.js").Read} read @returns {Mark}
 */
export function settled(mark, read) {
  const { edit } = mark;
  if (!edit?.shape.includes(null)) return mark;
  // The first channel is what the mark was given: as many rows, or elements.
  const slot = Object.values(mark).find((value) => typeof value === "string" && value.startsWith("draw:"));
  const drawn = read(slot).shape;
  return { ...mark, edit: { ...edit, shape: edit.shape.map((extent, k) => extent ?? drawn[k]) } };
}
