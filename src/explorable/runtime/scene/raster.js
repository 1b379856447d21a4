// Pixels on a canvas. Left out where no mark has any.

/** @typedef {import("../spec").Shape} Shape */

/** @type {HTMLCanvasElement | null} */ let buffer = null;

/** @param {CanvasRenderingContext2D} context @param {Extract<Shape, { kind: "raster" }>} shape */
export function raster(context, { x, y, width, height, rows, columns, rgba, smooth }) {
  buffer ??= document.createElement("canvas");
  if (buffer.width !== columns || buffer.height !== rows)
    [buffer.width, buffer.height] = [columns, rows];
  const pixels = /** @type {CanvasRenderingContext2D} */ (buffer.getContext("2d"));
  pixels.putImageData(
    new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), columns, rows),
    0,
    0,
  );
  context.globalAlpha = 1;
  context.imageSmoothingEnabled = Boolean(smooth);
  context.drawImage(buffer, x, y, width, height);
}
