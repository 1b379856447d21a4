// Lines of very many positions: of those that share a column of pixels the lowest and highest remain, and
// where these lie close together the first and last too.

/** Pixels from the lowest to the highest from which they alone stand for a column. */
const STEEP = 2;

/**
 * @param {import("./pen.js").Pen} pen @param {import("./frame.js").Frame} frame
 * @param {ArrayLike<number>} xy @param {number} from @param {number} count
 */
export function thin(pen, frame, xy, from, count) {
  let column = NaN;
  let [low, high, first, lowAt, highAt, last] = [0, 0, 0, 0, 0, 0];
  const at = (/** @type {number} */ i) => pen.at(frame, xy, from + 2 * i);
  const flush = () => {
    if (column !== column) return;
    const [a, b] = lowAt < highAt ? [lowAt, highAt] : [highAt, lowAt];
    const steep = high - low > STEEP;
    if (!steep) at(first);
    if (steep || a > first) at(a);
    if (a !== b && (steep || b < last)) at(b);
    if (!steep && last > first) at(last);
  };
  for (let i = 0; i < count; i++) {
    const y = frame.up(xy[from + 2 * i + 1]);
    const here = Math.floor(frame.across(xy[from + 2 * i]));
    if (here !== column || y !== y) {
      flush();
      if (y !== y) at(i);
      column = y === y ? here : NaN;
      low = high = y;
      first = lowAt = highAt = last = i;
    } else {
      if (y < low) [low, lowAt] = [y, i];
      if (y > high) [high, highAt] = [y, i];
      last = i;
    }
  }
  flush();
}
