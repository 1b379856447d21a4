// Lines in pixels: clipped to the data area, broken at what is not a number, no finer than the
// screen shows.

import { thin } from "./thin.js";

/** @typedef {import("./frame.js").Frame} Frame */

const MARGIN = 8; // so that the ends of thick lines stay outside
const PER_COLUMN = 4;

let scratch = new Float32Array(4096);
let used = 0;
/** @type {number[]} */ let starts = [];

/** Collects the points of one path shape. One is in use at a time: they share their scratch. */
export class Pen {
  #down = false;
  #x = NaN;
  #y = NaN;

  /** @param {Frame} frame */
  constructor({ x, y, width, height }) {
    this.left = x - MARGIN;
    this.right = x + width + MARGIN;
    this.top = y - MARGIN;
    this.bottom = y + height + MARGIN;
    used = 0;
    starts = [];
  }

  lift() {
    this.#down = false;
    this.#x = NaN;
  }

  /** A line from the place before, if there is one. @param {number} x @param {number} y */
  to(x, y) {
    if (!(Number.isFinite(x) && Number.isFinite(y))) return this.lift();
    const [fromX, fromY] = [this.#x, this.#y];
    this.#x = x;
    this.#y = y;
    if (fromX !== fromX) {
      this.#down = false;
      return;
    }
    this.#segment(fromX, fromY, x, y);
  }

  /**
   * Liang and Barsky's clipping.
   * @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1
   */
  #segment(x0, y0, x1, y1) {
    const [dx, dy] = [x1 - x0, y1 - y0];
    let enter = 0;
    let leave = 1;
    for (let side = 0; side < 4; side++) {
      const run = side === 0 ? -dx : side === 1 ? dx : side === 2 ? -dy : dy;
      const room =
        side === 0
          ? x0 - this.left
          : side === 1
            ? this.right - x0
            : side === 2
              ? y0 - this.top
              : this.bottom - y0;
      if (run === 0 && room < 0) enter = 2;
      else if (run < 0) enter = Math.max(enter, room / run);
      else if (run > 0) leave = Math.min(leave, room / run);
    }
    if (enter > leave) {
      this.#down = false;
      return;
    }
    if (!this.#down || enter > 0) {
      starts.push(used / 2);
      put(x0 + enter * dx, y0 + enter * dy);
    }
    put(x0 + leave * dx, y0 + leave * dy);
    this.#down = leave === 1;
  }

  /**
   * A line through positions, thinned where many share a column of pixels.
   * @param {Frame} frame @param {ArrayLike<number>} xy @param {number} from @param {number} count
   * @param {boolean} [closed]
   */
  trace(frame, xy, from, count, closed) {
    this.lift();
    if (thin && count > PER_COLUMN * frame.width) thin(this, frame, xy, from, count);
    else for (let i = 0; i < count; i++) this.at(frame, xy, from + 2 * i);
    if (closed && count > 2) this.at(frame, xy, from);
  }

  /** To a position. @param {Frame} frame @param {ArrayLike<number>} xy @param {number} place in xy */
  at(frame, xy, place) {
    this.to(frame.across(xy[place]), frame.up(xy[place + 1]));
  }

  /** The points so far, as a path shape has them. */
  take() {
    return { points: scratch.slice(0, used), starts };
  }
}

/** @param {number} x @param {number} y */
function put(x, y) {
  if (used + 2 > scratch.length) {
    const larger = new Float32Array(2 * scratch.length);
    larger.set(scratch);
    scratch = larger;
  }
  scratch[used++] = x;
  scratch[used++] = y;
}
