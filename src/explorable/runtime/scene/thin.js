// Lines of very many positions: of those that share a column of pixels the lowest and highest remain, and
// where these lie close together the first and last too.

/** Pixels from the lowest to the highest from which they alone stand for a column. */
const STEEP = 2;

/**
 * @param {import("./pen.js").Pen} pen @param {import("./frame.js").Frame} frame
 * @param {ArrayLike<number>} xy @param {number} from @param {number} count
 */
export function thin(pen, frame, xy, from, count) {
  const { across, up } = frame;
  /**
   * Of a column: places of its first, lowest, highest and last position.
   * @param {number} first @param {number} lowest @param {number} highest @param {number} last @param {boolean} steep
   */
  const column = (first, lowest, highest, last, steep) => {
    const [a, b] = lowest < highest ? [lowest, highest] : [highest, lowest];
    if (!steep) pen.at(frame, xy, first);
    if (steep || a > first) pen.at(frame, xy, a);
    if (a !== b && (steep || b < last)) pen.at(frame, xy, b);
    if (!steep && last > first) pen.at(frame, xy, last);
  };
  // Not 0, and in no closure: V8 would make a new object of each number.
  let here = NaN;
  let low = NaN;
  let high = NaN;
  let first = from;
  let lowest = from;
  let highest = from;
  for (let place = from; place < from + 2 * count; place += 2) {
    const y = up(xy[place + 1]);
    const x = Math.floor(across(xy[place]));
    if (x !== here || y !== y) {
      if (here === here) column(first, lowest, highest, place - 2, high - low > STEEP);
      if (x !== x || y !== y) pen.at(frame, xy, place);
      here = y === y ? x : NaN;
      low = high = y;
      first = lowest = highest = place;
    } else if (y < low) {
      low = y;
      lowest = place;
    } else if (y > high) {
      high = y;
      highest = place;
    }
  }
  if (here === here) column(first, lowest, highest, from + 2 * count - 2, high - low > STEEP);
}
