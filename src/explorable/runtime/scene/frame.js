// The data area of one plot while it is drawn: data to pixels, and the shapes and handles that
// marks add.

import { projectorOf } from "./projections.js";

/** @typedef {import("../spec").Shape} Shape */
/** @typedef {import("../spec").Handle} Handle */
/** @typedef {import("./ticks.js").Range} Range */
/** @typedef {import("./ticks.js").Scale} Scale */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

const FAR = 1e6;

/**
 * @param {Range} range @param {Scale} scale @param {number} from @param {number} to pixels
 * @returns {(value: number) => number}
 */
function projector([low, high], scale, from, to) {
  if (scale !== "linear") return projectorOf([low, high], scale, from, to);
  const unit = (to - from) / (high - low);
  return (value) => from + (value - low) * unit;
}

export class Frame {
  /** @type {Shape[]} */ shapes = [];
  /** @type {Handle[]} */ handles = [];
  /** Boxes that labels keep clear of. @type {Box[]} */ taken = [];

  /**
   * @param {Box} box
   * @param {{ xRange: Range, yRange: Range, xScale: Scale, yScale: Scale }} scales
   */
  constructor({ x, y, width, height }, { xRange, yRange, xScale, yScale }) {
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    this.xRange = xRange;
    this.yRange = yRange;
    this.xScale = xScale;
    this.yScale = yScale;
    /** Pixel of a value. */
    this.across = projector(xRange, xScale, x, x + width);
    this.up = projector(yRange, yScale, y + height, y);
  }

  /**
   * Is a pixel in the data area, or at most `margin` outside?
   * @param {number} x @param {number} y @param {number} margin
   */
  holds(x, y, margin = 0.5) {
    return (
      x >= this.x - margin &&
      x <= this.x + this.width + margin &&
      y >= this.y - margin &&
      y <= this.y + this.height + margin
    );
  }

  /**
   * A rectangle of data in pixels, top left first.
   * @param {Range} x @param {Range} y
   * @returns {Box}
   */
  box([left, right], [low, high]) {
    const from = clamp(this.across(left));
    const top = clamp(this.up(high));
    return {
      x: from,
      y: top,
      width: clamp(this.across(right)) - from,
      height: clamp(this.up(low)) - top,
    };
  }

  panel() {
    const { x, y, width, height, xRange, yRange, xScale, yScale, shapes, handles } = this;
    return { x, y, width, height, xRange, yRange, xScale, yScale, shapes, handles };
  }
}

/** @param {number} pixel */
const clamp = (pixel) => Math.min(FAR, Math.max(-FAR, pixel));
