// The caps at both ends of error bars. Left out where there are none.

const HALF = 4; // of a cap, in pixels

/**
 * @param {import("../pen.js").Pen} pen @param {import("../frame.js").Frame} frame
 * @param {ArrayLike<number>} xy from and to of each bar
 */
export function caps(pen, frame, xy) {
  for (let k = 0; k < xy.length; k += 2) {
    const other = k % 4 ? k - 2 : k + 2;
    const lies = xy[k + 1] === xy[other + 1] && xy[k] !== xy[other];
    const [x, y] = [frame.across(xy[k]), frame.up(xy[k + 1])];
    pen.lift();
    pen.to(lies ? x : x - HALF, lies ? y - HALF : y);
    pen.to(lies ? x : x + HALF, lies ? y + HALF : y);
  }
}
