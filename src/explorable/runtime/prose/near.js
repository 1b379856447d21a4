// How far a pixel is from a shape.

/** @typedef {import("../spec").Shape} Shape */
/** @typedef {{ x: number, y: number }} Place */

/** @param {Place} at @param {number} x @param {number} y @param {number} width @param {number} height */
const fromBox = (at, x, y, width, height) =>
  Math.hypot(Math.max(x - at.x, 0, at.x - x - width), Math.max(y - at.y, 0, at.y - y - height));

/**
 * Pixels from a place to what is drawn; inside a shape it is almost nothing, so that lines over it win.
 * @param {Shape} shape @param {Place} at
 */
export function distanceTo(shape, at) {
  switch (shape.kind) {
    case "raster":
      return 1 + fromBox(at, shape.x, shape.y, shape.width, shape.height);
    case "text":
      return Math.hypot(shape.x - at.x, shape.y - at.y);
    case "rects": {
      let least = Infinity;
      for (let i = 0; i < shape.boxes.length; i += 4) {
        const [x, y, width, height] = shape.boxes.subarray(i, i + 4);
        least = Math.min(least, 1 + fromBox(at, x, y, width, height));
      }
      return least;
    }
    case "dots": {
      let least = Infinity;
      for (let i = 0; i < shape.points.length; i += 2) {
        const away = Math.hypot(shape.points[i] - at.x, shape.points[i + 1] - at.y);
        least = Math.min(least, Math.max(0, away - shape.radius));
      }
      return least;
    }
    case "facets":
      return Infinity;
    default:
      return fromLines(shape.points, shape.starts, at);
  }
}

/** @param {Float32Array} points @param {number[]} starts @param {Place} at */
function fromLines(points, starts, at) {
  let least = Infinity;
  for (const [k, start] of starts.entries()) {
    const end = starts[k + 1] ?? points.length / 2;
    for (let i = start; i + 1 < end; i++) {
      const [x, y, toX, toY] = points.subarray(2 * i, 2 * i + 4);
      const [dx, dy] = [toX - x, toY - y];
      const t = Math.min(1, Math.max(0, ((at.x - x) * dx + (at.y - y) * dy) / (dx * dx + dy * dy || 1)));
      const away = Math.hypot(x + t * dx - at.x, y + t * dy - at.y);
      if (away < least) least = away;
    }
  }
  return least;
}
