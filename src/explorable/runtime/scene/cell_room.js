// What plots of cells and pixels need that others do not: square cells, words beside them, a key of
// their colours.

import { KEY } from "./key.js";
import { BOTTOM, EDGE, LARGEST_SQUARE, LEFT, RIGHT, shrink, TOP } from "./margins.js";
import { drawingOf } from "./marks/index.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").HeatmapMark} HeatmapMark */
/** @typedef {import("./frame.js").Box} Box */

/** Marks of cells and pixels. */
const PICTURES = new Set(["heatmap", "image", "matrix", "board", "graph", "tokens"]);
const COLUMN_LABELS = 20;
const ROW_LABELS = 18;

/** Cells or pixels without data coordinates: no axes, and square. @param {Plot} plot */
export const isPicture = ({ marks, x, y, axes, space }) =>
  axes === false ||
  Boolean(space) ||
  marks.some(({ kind }) => kind === "graph") ||
  (!x &&
    !y &&
    marks.some((mark) => PICTURES.has(mark.kind) && !("x" in mark && mark.x) && !("y" in mark && mark.y)));

/** What cells of a fixed number want of a width. @param {Plot} plot @param {number} inner */
function roomOf({ marks, aspect }, inner) {
  for (const mark of marks) {
    const ratio = typeof aspect === "number" ? aspect : undefined;
    const room = aspect !== "equal" && drawingOf(mark).room?.(mark, inner, ratio);
    if (room) return room;
  }
}

/**
 * The mark whose colours have a key beside the plot.
 * @param {Plot} plot @param {boolean} picture @param {number} width
 * @param {import("../core/memory.js").Read} [read] absent while there are no numbers yet
 */
export const keyedOf = ({ marks }, picture, width, read) =>
  KEY && width >= KEY.fromWidth
    ? marks.find((mark) => KEY.suits(mark, picture, read))
    : undefined;

/** Pixels that a plot needs, from its width alone. @param {Plot} plot @param {number} width */
export function cellNeeds(plot, width) {
  const picture = isPicture(plot);
  const cells = /** @type {HeatmapMark | undefined} */ (
    plot.marks.find(({ kind }) => PICTURES.has(kind) && kind !== "image")
  );
  const key = keyedOf(plot, picture, width) ? KEY.width : 0;
  const inner =
    width - (picture ? 2 * EDGE + (cells?.rows ? ROW_LABELS : 0) + key : LEFT + (key || RIGHT));
  const room = roomOf(plot, inner);
  const square = picture && typeof plot.aspect !== "number";
  return {
    inner,
    room,
    top: cells?.columns ? COLUMN_LABELS : picture ? EDGE : TOP,
    body: room ? room[1] : square ? Math.min(LARGEST_SQUARE, inner) : undefined,
    bottom: picture ? EDGE : BOTTOM,
  };
}

/**
 * Cells of a fixed number take what they want of an area. Names of rows may be wider than was
 * thought: the height stays, cells keep their form.
 * @param {Plot} plot @param {Box} area
 */
export function fitCells(plot, area) {
  const room = roomOf(plot, area.width);
  if (!room) return false;
  shrink(area, "x", room[0] * Math.min(1, area.height / room[1]));
  area.height = Math.min(area.height, room[1]);
  return true;
}
