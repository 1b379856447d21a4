// A picture: grey, RGB or RGBA; floats from 0 to 1 or bytes; row 0 at the top.

/** @typedef {import("../../spec").ImageMark} ImageMark */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

/**
 * @param {ImageMark} mark @param {import("../../core/memory.js").Read} read
 * @returns {[x: [number, number], y: [number, number]]}
 */
function placeOf(mark, read) {
  const [rows, columns] = read(mark.values).shape;
  return [mark.x ?? [0, columns], mark.y ?? [0, rows]];
}

/** @type {Drawing<ImageMark>} */
export const image = {
  extent: (mark, read, extent) => extent.rectangle(...placeOf(mark, read)),
  draw(mark, { read, frame }) {
    const { data, shape, dtype } = read(mark.values);
    const [rows, columns, channels = 1] = shape;
    const scale = dtype === "uint8" ? 1 : 255;
    const rgba = new Uint8ClampedArray(4 * rows * columns);
    for (let i = 0; i < rows * columns; i++) {
      const from = i * channels;
      rgba[4 * i] = scale * data[from];
      rgba[4 * i + 1] = scale * data[channels > 1 ? from + 1 : from];
      rgba[4 * i + 2] = scale * data[channels > 1 ? from + 2 : from];
      rgba[4 * i + 3] = channels === 4 ? scale * data[from + 3] : 255;
    }
    const box = frame.box(...placeOf(mark, read));
    // Small pictures show their pixels, large ones are smoothed.
    frame.shapes.push({
      kind: "raster",
      ...box,
      rows,
      columns,
      rgba,
      smooth: columns > box.width / 4,
    });
  },
};
