// Tensors of pixels as bytes of red, green, blue and alpha.

/**
 * Grey (h, w), colours (h, w, 3) or (h, w, 4); floats from 0 to 1 or bytes.
 * @param {import("../core/memory.js").Reading} reading
 */
export function rgbaOf({ data, shape, dtype }) {
  if (data instanceof Uint8ClampedArray) return data;
  const [rows, columns, channels = 1] = shape;
  const scale = dtype === "uint8" ? 1 : 255;
  const [green, blue] = channels > 1 ? [1, 2] : [0, 0];
  const rgba = new Uint8ClampedArray(4 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    const from = i * channels;
    rgba[4 * i] = scale * data[from];
    rgba[4 * i + 1] = scale * data[from + green];
    rgba[4 * i + 2] = scale * data[from + blue];
    rgba[4 * i + 3] = channels === 4 ? scale * data[from + 3] : 255;
  }
  return rgba;
}
