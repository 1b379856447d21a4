/** How much of a pixel a disc covers, of 255. @param {number} reach @param {number} across @param {number} down */
export const cover = (reach, across, down) =>
  Math.round(255 * Math.min(1, Math.max(0, reach + 0.5 - Math.hypot(across, down))));
