// What the data of a plot span, gathered from its marks.

export class Extent {
  xLow = Infinity;
  xHigh = -Infinity;
  yLow = Infinity;
  yHigh = -Infinity;
  /** Ranges that end where the data end: cells and bars. */
  tightX = false;
  tightY = false;

  /** @param {boolean} xLog @param {boolean} yLog what is not positive has no place on a log axis */
  constructor(xLog, yLog) {
    this.xLog = xLog;
    this.yLog = yLog;
  }

  /** @param {number} x */
  x(x) {
    if (!Number.isFinite(x) || (this.xLog && x <= 0)) return;
    if (x < this.xLow) this.xLow = x;
    if (x > this.xHigh) this.xHigh = x;
  }

  /** @param {number} y */
  y(y) {
    if (!Number.isFinite(y) || (this.yLog && y <= 0)) return;
    if (y < this.yLow) this.yLow = y;
    if (y > this.yHigh) this.yHigh = y;
  }

  /** The rectangle of a picture. @param {[number, number]} x @param {[number, number]} y */
  rectangle(x, y) {
    this.tightX = this.tightY = true;
    for (const end of x) this.x(end);
    for (const end of y) this.y(end);
  }
}

/** @param {Extent} extent @param {ArrayLike<number>} xy */
export function extendByPositions(extent, xy) {
  for (let i = 0; i < xy.length; i += 2) {
    // A place that misses one coordinate is not drawn: its other one counts for nothing.
    if (Number.isFinite(xy[i]) && Number.isFinite(xy[i + 1])) {
      extent.x(xy[i]);
      extent.y(xy[i + 1]);
    }
  }
}
