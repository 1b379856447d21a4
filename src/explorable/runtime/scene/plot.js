// One plot: what it needs above and beside its data area, its ranges, axes, marks and words.

import { drawAxes, leftOf } from "./axes.js";
import { edgeLabels } from "./axis_names.js";
import { cellNeeds, fitCells, isPicture, keyedOf } from "./cell_room.js";
import { Frame } from "./frame.js";
import { sideNames } from "./marks/bars.js";
import { drawingOf } from "./marks/index.js";
import { drawHeader, headerOf } from "./header.js";
import { drawKey, KEY } from "./key.js";
import { BOTTOM, EDGE, LARGEST_SQUARE, LEFT, RIGHT, shrink, TOP } from "./margins.js";
import { drawNames, namesRoom } from "./names.js";
import { rangesOf } from "./ranges.js";
import { drawSpace } from "./space.js";


/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").Mark} Mark */
/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {import("./frame.js").Box} Box */
/** @typedef {import("./ticks.js").Range} Range */
/**
 * @typedef {{ read: Read, hold: (key: string, low: number, high: number) => Range, typed: (name:
 * string) => import("./scene.js").Typed, locale?: string, sounding: string, turned?: number[], chosen: (slot: string) => number }} Source
 */
/**
 * @typedef {{ header: number, top: number, body: number, bottom: number, flexible: boolean }} Needs
 */

const RATIO = 0.62;
const TALLEST = 380;

/** The colour that a mark was given, else one after the other; pictures, grids and words take none. @param {Plot} plot */
export function paintsOf({ marks }) {
  // A colour that has a meaning is no other mark's.
  const given = new Set(marks.map(({ paint }) => paint));
  let next = 0;
  const takes = new Set(["curve", "scatter", "segments", "arrow", "area", "bars"]);
  const quiet = new Set(["mesh", "contour", "streamlines"]);
  return marks.map((mark, k) => {
    const { kind } = mark;
    const own = mark.paint ?? ("band" in mark ? marks[k + 1]?.paint : undefined);
    if (own !== undefined) return typeof own === "number" ? `c${own}` : own;
    if (quiet.has(kind) || "field" in mark) return "soft";
    // Over bars their colour would not be seen.
    if ("caps" in mark && marks.some((other) => other.kind === "bars")) return "ink";
    if (!takes.has(kind)) return "c0";
    for (let tried = 1; tried < 8 && given.has(next % 8); tried++) next += 1;
    const paint = `c${next % 8}`;
    // A band is of its curve's colour; named groups of bars have one each.
    next += "band" in mark ? 0 : kind === "bars" && mark.classes ? mark.classes.length : 1;
    return paint;
  });
}

/** Only numbers and buttons beside a plot that is not there. @param {Plot} plot */
const isBare = ({ marks }) =>
  marks.length > 0 && marks.every(({ kind }) => kind === "readout" || kind === "sound");

/**
 * Pixels that a plot needs, from its width alone.
 * @param {Plot} plot @param {number} width
 * @returns {Needs}
 */
export function needsOf(plot, width) {
  const header = headerOf(plot, width, paintsOf(plot)).height;
  if (isBare(plot)) return { header, top: 0, body: 0, bottom: 0, flexible: false };
  const { aspect, x, y } = plot;
  const cells = cellNeeds?.(plot, width);
  const inner = cells?.inner ?? width - LEFT - RIGHT;
  let body = Math.min(TALLEST, RATIO * inner);
  if (cells?.body) body = cells.body;
  else if (typeof aspect === "number") body = inner / aspect;
  else if (aspect === "equal")
    body = Math.min(LARGEST_SQUARE, (x && y ? (y[1] - y[0]) / (x[1] - x[0]) : 0.8) * inner);
  const { above = 0, below = 0 } = namesRoom?.(plot) ?? {};
  return {
    header,
    top: (cells?.top ?? TOP) + above,
    body: Math.round(body),
    bottom: (cells?.bottom ?? BOTTOM) + below,
    flexible: (aspect === null && !cells?.room) || (aspect === "equal" && !(x && y)),
  };
}

/** The height of a plot. @param {Needs} needs */
export const totalOf = ({ header, top, body, bottom }) => Math.ceil(header + top + body + bottom);

/**
 * A plot with its ranges and what stands left of it.
 * @param {Plot} plot @param {Needs} needs @param {Box} box @param {Source} source
 */
export function prepare(plot, needs, box, source) {
  const { x, y } = plot;
  const ranges = x && y && !plot.space ? { x, y, xRange: x, yRange: y } : rangesOf(plot, source);
  const { xRange, yRange } = ranges;
  // Where nothing is drawn yet, numbers on the axes would be made up.
  plot = {
    ...plot,
    quietX: plot.quietX || !(plot.xNames || ranges.x[0] <= ranges.x[1]),
    quietY: plot.quietY || !(plot.yNames || ranges.y[0] <= ranges.y[1]),
  };
  const picture = isPicture ? isPicture(plot) : false;
  const bare = isBare(plot);
  const keyed = keyedOf?.(plot, picture, box.width, source.read);
  const scales = { xRange, yRange, xScale: plot.xScale, yScale: plot.yScale };
  const beside = sideNames?.(plot, source.read)?.map(({ label }) => label) ?? null;
  const rows = edgeLabels?.(plot, source).rows ?? beside;
  const left = bare
    ? 0
    : Math.max(EDGE, leftOf(picture ? null : { ...scales, length: needs.body }, plot.yNames ?? rows));
  // A range that grows by a digit moves the data area once, not back again.
  const [, held] = source.hold("left", 0, left);
  // Equal units widen the ranges that are free to grow; the others keep the data area small.
  const stiff = { x: Boolean(x || ranges.tightX), y: Boolean(y || ranges.tightY) };
  return { plot, needs, box, source, scales, stiff, picture, bare, keyed, left: held };
}

/** @typedef {ReturnType<typeof prepare>} Prepared */

/**
 * The data area inside the box; equal units shrink it, or widen the ranges that are free.
 * @param {Prepared} prepared @param {number} left
 */
function areaOf({ plot, needs, box, scales, stiff, picture, keyed }, left) {
  const right = keyed ? KEY.width + (picture ? EDGE : 0) : picture ? EDGE : RIGHT;
  const area = {
    x: box.x + left,
    y: box.y + needs.header + needs.top,
    width: Math.max(10, box.width - left - right),
    height: needs.body,
  };
  let { xRange, yRange } = scales;
  if (plot.space) return { area, scales };
  if (fitCells?.(plot, area)) return { area, scales };
  if (plot.aspect === "equal" || (picture && plot.aspect === null)) {
    const [across, up] = [xRange[1] - xRange[0], yRange[1] - yRange[0]];
    const unit = Math.min(area.width / across, area.height / up);
    if (stiff.x) shrink(area, "x", unit * across);
    else xRange = widen(xRange, area.width / unit);
    if (stiff.y) area.height = unit * up;
    else yRange = widen(yRange, area.height / unit);
  }
  return { area, scales: { ...scales, xRange, yRange } };
}

/** @param {Range} range @param {number} length @returns {Range} */
function widen([low, high], length) {
  const more = Math.max(0, length - (high - low)) / 2;
  return [low - more, high + more];
}

/**
 * The panel of a scene.
 * @param {Prepared} prepared @param {number} left pixels for what stands left of the data area
 */
export function drawPlot(prepared, left) {
  const { plot, box, source, picture, bare, keyed } = prepared;
  const { area, scales } = areaOf(prepared, left);
  const frame = new Frame(area, scales);
  const paints = paintsOf(plot);
  if (plot.space) drawSpace(frame, plot, source, paints);
  else if (!bare) drawAxes(frame, plot, source, picture);
  // Words last: they keep clear of what is drawn.
  for (const words of [false, true]) {
    for (const [index, mark] of plot.space ? [] : plot.marks.entries()) {
      if ((mark.kind === "label") !== words) continue;
      const from = frame.shapes.length;
      drawingOf(mark).draw(mark, { ...source, frame, paint: paints[index], index });
      for (const shape of frame.shapes.slice(from)) shape.of = mark.name ?? "";
    }
  }
  if (keyed)
    drawKey(frame, /** @type {import("./key.js").Keyed} */ (keyed), {
      ...source,
      frame,
      paint: "c0",
      index: plot.marks.indexOf(keyed),
    });
  if (drawNames) drawNames(frame, plot, source.read, box, prepared.needs);
  drawHeader(frame, plot, source, box, paints, bare);
  return frame.panel();
}
