// Long thick lines, drawn in pieces: a browser without a graphics card takes three times as long for one of
// thousands of points than for its pieces.

const PIECE = 32;

/**
 * Draws a line that is thick, and opaque: pieces overlap. False if it is another.
 * @param {CanvasRenderingContext2D} context
 * @param {Extract<import("../spec").Shape, { kind: "path" }>} shape
 */
export function pieces(context, { points, starts, width, fill, dash, closed, opacity }) {
  if (width <= 1 || fill || dash || closed || opacity) return false;
  const to = (/** @type {number} */ i) => context.lineTo(points[2 * i], points[2 * i + 1]);
  let open = 0;
  context.beginPath();
  for (let k = 0; k < starts.length; k++) {
    const [start, end] = [starts[k], k + 1 < starts.length ? starts[k + 1] : points.length / 2];
    context.moveTo(points[2 * start], points[2 * start + 1]);
    for (let i = start + 1; i < end; i++) {
      if (++open > PIECE && i > start + 1) {
        context.stroke();
        context.beginPath();
        // From two points before, so that the corner between them is one of this piece.
        to(i - 2);
        to(i - 1);
        open = 0;
      }
      to(i);
    }
  }
  context.stroke();
  return true;
}
