// Painting: the cells that a brush passes over, so that a quick stroke leaves no gap.

/** @typedef {{ row: number, column: number }} Cell */
/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("./gestures.js").Place} Place */

/**
 * Cells between two pixels of a handle.
 * @param {Grip} grip @param {Place} from @param {Place} to @param {number} [radius] in cells
 * @returns {Cell[]}
 */
export function cellsAlong({ handle, mark }, from, to, radius = 0) {
  const [rows, columns] = /** @type {number[]} */ (mark.edit?.shape);
  /** In cells. @param {Place} pixel */
  const place = (pixel) => ({
    x: ((pixel.x - handle.x) / handle.width) * columns,
    y: ((pixel.y - handle.y) / handle.height) * rows,
  });
  const [a, b] = [place(from), place(to)];
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(b.x - a.x, b.y - a.y)));
  /** @type {Map<number, Cell>} */ const found = new Map();
  /** @param {number} row @param {number} column */
  const add = (row, column) => {
    if (row >= 0 && row < rows && column >= 0 && column < columns)
      found.set(row * columns + column, { row, column });
  };
  for (let k = 0; k <= steps; k++) {
    const x = a.x + ((b.x - a.x) * k) / steps;
    const y = a.y + ((b.y - a.y) * k) / steps;
    add(Math.floor(y), Math.floor(x));
    for (let row = Math.floor(y - radius); row <= y + radius; row++)
      for (let column = Math.floor(x - radius); column <= x + radius; column++)
        if (Math.hypot(row + 0.5 - y, column + 0.5 - x) <= radius) add(row, column);
  }
  return [...found.values()];
}
