// The marks by kind: what each spans, and how it is drawn.

import { has } from "../../core/own.js";
import { arrow } from "./arrow.js";
import { area } from "./area.js";
import { bars } from "./bars.js";
import { board } from "./board.js";
import { bracket } from "./bracket.js";
import { contour } from "./contour.js";
import { curve } from "./curve.js";
import { graph } from "./graph.js";
import { field } from "./field.js";
import { heatmap } from "./heatmap.js";
import { image } from "./image.js";
import { label } from "./label.js";
import { matrix } from "./matrix.js";
import { mesh } from "./mesh.js";
import { scatter } from "./scatter.js";
import { segments } from "./segments.js";
import { streamlines } from "./streamlines.js";
import { tokens } from "./tokens.js";

/** @typedef {import("../../core/memory.js").Read} Read */
/** @typedef {import("../../spec").Mark} Mark */
/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("./extent.js").Extent} Extent */

/**
 * What a mark is given to draw itself.
 * @typedef {object} Place
 * @property {Read} read
 * @property {Frame} frame
 * @property {string} paint its colour: a role
 * @property {number} index its number in the plot
 * @property {(key: string, low: number, high: number) => [number, number]} hold widens the range
 * kept under a key since reset
 * @property {(name: string) => import("../scene.js").Typed} typed the text of a text control
 * @property {string} sounding the slot of the samples that are heard now
 * @property {(slot: string) => number} chosen which token of a strip the reader points at, or -1
 */

/**
 * @template M
 * @typedef {{ extent(mark: M, read: Read, extent: Extent): void, draw(mark: M, place: Place): void,
 * room?: (mark: M, inner: number, ratio?: number) => [width: number, height: number] | undefined }} Drawing
 * `room`: the pixels that cells of a fixed number want, in so much width; ratio, if the plot has one
 */

/** What stands over the plot has no place in the data area; see header.js. @type {Drawing<Mark>} */
const above = { extent() {}, draw() {} };

/** Anew when a mark is met for the first time: parts of the runtime may have come since. */
const known = () => ({
  arrow,
  area,
  bars,
  board,
  bracket,
  contour,
  curve,
  graph,
  field,
  heatmap,
  image,
  label,
  matrix,
  mesh,
  readout: above,
  scatter,
  segments,
  streamlines,
  sound: above,
  surface: above,
  tokens,
});
/** @type {Record<Mark["kind"], Drawing<any>>} reason: each takes the mark of its own kind */
let drawings;

/** @param {Mark} mark @returns {Drawing<Mark>} */
export function drawingOf(mark) {
  if (!drawings?.[mark.kind]) drawings = known();
  if (!has(drawings, mark.kind))
    throw new Error(`unknown mark '${mark.kind}'; one of: ${Object.keys(drawings).join(", ")}`);
  return drawings[mark.kind];
}
