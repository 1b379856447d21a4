// How fine the pictures of fields are to be: a pixel for each one of the screen.

/** @typedef {import("../core/field.js").Wanted} Wanted */

/** Pixels of one picture. More than a large screen's quarter is not worth the reader's battery. */
const MOST = 3e6;

/**
 * @param {import("../spec").Scene} scene @param {import("../spec").Plot[]} plots of its panels
 * @param {number} ratio pixels of the screen to one of the scene @param {string} figure
 * @returns {Wanted[]}
 */
export function wantedFields({ panels }, plots, ratio, figure) {
  return panels.flatMap((panel, k) =>
    plots[k].marks.flatMap((mark) => {
      if (mark.kind !== "field") return [];
      // Of the rectangle, the data area may show a part; or more.
      const across = (mark.x[1] - mark.x[0]) / (panel.xRange[1] - panel.xRange[0]);
      const up = (mark.y[1] - mark.y[0]) / (panel.yRange[1] - panel.yRange[0]);
      const [width, height] = [panel.width * across * ratio, panel.height * up * ratio];
      const shrink = Math.min(1, Math.sqrt(MOST / (width * height)));
      const [columns, rows] = [width, height].map((size) => Math.max(1, Math.round(size * shrink)));
      return [{ figure, mark, columns, rows }];
    }),
  );
}
