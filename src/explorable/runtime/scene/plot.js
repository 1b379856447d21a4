// One plot: what it needs above and beside its data area, its ranges, axes, marks and words.

import { drawAxes, leftOf } from "./axes.js";
import { edgeLabels } from "./axis_names.js";
import { Frame } from "./frame.js";
import { sideNames } from "./marks/bars.js";
import { Extent } from "./marks/extent.js";
import { drawingOf } from "./marks/index.js";
import { drawHeader, headerOf } from "./header.js";
import { PICTURES } from "./marks/kinds.js";
import { drawKey, KEY } from "./key.js";
import { drawNames, namesRoom } from "./names.js";
import { drawSpace } from "./space.js";
import { roundRange } from "./ticks.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").Mark} Mark */
/** @typedef {import("../spec").HeatmapMark} HeatmapMark */
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
const LARGEST_SQUARE = 440;
const LEFT = 40;
const RIGHT = 14;
const BOTTOM = 24;
const EDGE = 4;
const TOP = 8;
const COLUMN_LABELS = 20;
const ROW_LABELS = 18;

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

/** Cells or pixels without data coordinates: no axes, and square. @param {Plot} plot */
const isPicture = ({ marks, x, y, axes, space }) =>
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
 * Pixels that a plot needs, from its width alone.
 * @param {Plot} plot @param {number} width
 * @returns {Needs}
 */
export function needsOf(plot, width) {
  const header = headerOf(plot, width, paintsOf(plot)).height;
  if (isBare(plot)) return { header, top: 0, body: 0, bottom: 0, flexible: false };
  const picture = isPicture(plot);
  const cells = /** @type {HeatmapMark | undefined} */ (
    plot.marks.find(({ kind }) => PICTURES.has(kind) && kind !== "image")
  );
  const key =
    KEY && width >= KEY.fromWidth && plot.marks.some((mark) => KEY.suits(mark, picture))
      ? KEY.width
      : 0;
  const inner =
    width - (picture ? 2 * EDGE + (cells?.rows ? ROW_LABELS : 0) + key : LEFT + (key || RIGHT));
  const top = cells?.columns ? COLUMN_LABELS : picture ? EDGE : TOP;
  let body = Math.min(TALLEST, RATIO * inner);
  const room = roomOf(plot, inner);
  if (room) body = room[1];
  else if (typeof plot.aspect === "number") body = inner / plot.aspect;
  else if (picture) body = Math.min(LARGEST_SQUARE, inner);
  else if (plot.aspect === "equal") {
    const ratio = plot.x && plot.y ? (plot.y[1] - plot.y[0]) / (plot.x[1] - plot.x[0]) : 0.8;
    body = Math.min(LARGEST_SQUARE, ratio * inner);
  }
  const { above = 0, below = 0 } = namesRoom?.(plot) ?? {};
  return {
    header,
    top: top + above,
    body: Math.round(body),
    bottom: (picture ? EDGE : BOTTOM) + below,
    flexible: (plot.aspect === null && !room) || (plot.aspect === "equal" && !(plot.x && plot.y)),
  };
}

/**
 * A plot with its ranges and what stands left of it.
 * @param {Plot} plot @param {Needs} needs @param {Box} box @param {Source} source
 */
export function prepare(plot, needs, box, source) {
  const extent = new Extent(plot.xScale === "log", plot.yScale === "log");
  // The box of a plot in space has ranges of its own.
  for (const mark of plot.space ? [] : plot.marks)
    drawingOf(mark).extent(mark, source.read, extent);
  const x = plot.x ?? source.hold("x", extent.xLow, extent.xHigh);
  const y = plot.y ?? source.hold("y", extent.yLow, extent.yHigh);
  const xRange = plot.x ?? rangeOf(x, extent.tightX, plot.xScale);
  const yRange = plot.y ?? rangeOf(y, extent.tightY, plot.yScale);
  // Where nothing is drawn yet, numbers on the axes would be made up.
  plot = {
    ...plot,
    quietX: plot.quietX || !(plot.xNames || x[0] <= x[1]),
    quietY: plot.quietY || !(plot.yNames || y[0] <= y[1]),
  };
  const picture = isPicture(plot);
  const bare = isBare(plot);
  const keyed =
    KEY && box.width >= KEY.fromWidth
      ? plot.marks.find((mark) => KEY.suits(mark, picture, source.read))
      : undefined;
  const scales = { xRange, yRange, xScale: plot.xScale, yScale: plot.yScale };
  const beside = sideNames?.(plot, source.read)?.map(({ label }) => label) ?? null;
  const rows = edgeLabels?.(plot, source).rows ?? beside;
  const left = bare
    ? 0
    : Math.max(EDGE, leftOf(picture ? null : { ...scales, length: needs.body }, plot.yNames ?? rows));
  // A range that grows by a digit moves the data area once, not back again.
  const [, held] = source.hold("left", 0, left);
  // Equal units widen the ranges that are free to grow; the others keep the data area small.
  const stiff = { x: Boolean(plot.x) || extent.tightX, y: Boolean(plot.y) || extent.tightY };
  return { plot, needs, box, source, scales, stiff, picture, bare, keyed, left: held };
}

/** @typedef {ReturnType<typeof prepare>} Prepared */

/**
 * @param {Range} held @param {boolean} tight @param {import("../spec").Scale} scale
 * @returns {Range}
 */
const rangeOf = ([low, high], tight, scale) =>
  tight && low < high ? [low, high] : roundRange(low, high, scale);

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
  const room = roomOf(plot, area.width);
  if (room) {
    // Names of rows may be wider than was thought: the height stays, cells keep their form.
    const width = room[0] * Math.min(1, needs.body / room[1]);
    area.width = (shrink(area, "x", width), width);
    area.height = Math.min(needs.body, room[1]);
  } else if (plot.aspect === "equal" || (picture && plot.aspect === null)) {
    const [across, up] = [xRange[1] - xRange[0], yRange[1] - yRange[0]];
    const unit = Math.min(area.width / across, area.height / up);
    if (stiff.x) area.width = (shrink(area, "x", unit * across), unit * across);
    else xRange = widen(xRange, area.width / unit);
    if (stiff.y) area.height = unit * up;
    else yRange = widen(yRange, area.height / unit);
  }
  return { area, scales: { ...scales, xRange, yRange } };
}

/** Keep a narrower area in the middle. @param {Box} area @param {"x"} side @param {number} width */
function shrink(area, side, width) {
  area[side] = Math.round(area[side] + (area.width - width) / 2);
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
