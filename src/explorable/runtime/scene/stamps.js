// Many dots alike become pixels of their own, which are drawn as one picture. A path of as many round ends
// takes a browser without a graphics card ten times longer.

import { cover } from "./cover.js";
import { crowd } from "./crowds.js";

/** A dot's place is rounded to so many steps of a pixel; */
const PHASES = 4;
/** of more dots than these to whole pixels, */
const CROWD = 20000;
/** if they reach less far than a word has bits. */
const WORD = 31;
const SHADES = 256;
/** Dots without classes, after those of eight. */
const OWN = 8;

/**
 * Pixels with room around them for dots at the edge, `across` in a row; what scales and moves points to them.
 * @typedef {{ ink: Int32Array, across: number, rows: number, room: number, reach: number, scale: number, right: number,
 *   down: number, width: number, height: number }} Sheet
 */

/** @type {ImageData | null} */ let pixels = null;
/** @type {CanvasRenderingContext2D | null} */ let own = null;
/** @type {{ reach: number, across: number, starts: number[], places: Int32Array, alphas: Uint8Array } | null} */
let disc = null;
/** The pixels of a class's colour, by how much of them it covers. */
const tints = new Int32Array(SHADES * (OWN + 1));
/** @type {string[]} */ const tinted = [];

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Extract<import("../spec").Shape, { kind: "dots" }>} shape
 * @param {Record<string, string>} colours by role
 */
export function stamp(context, { points, radius, paint, paints }, colours) {
  const { a: scale, e: right, f: down } = context.getTransform();
  const { width, height } = context.canvas;
  const reach = radius * scale;
  const room = Math.ceil(reach) + 1;
  const rows = height + 2 * room;
  // It only grows: figures of several sizes take turns.
  if (!pixels || pixels.width < width + 2 * room || pixels.height < rows) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(pixels?.width ?? 0, width + 2 * room);
    canvas.height = Math.max(pixels?.height ?? 0, rows);
    pixels = new ImageData(canvas.width, canvas.height);
    own = canvas.getContext("2d", { willReadFrequently: true });
  }
  if (!own) return;
  const classes = paints ? new Set(paints) : [OWN];
  for (const k of classes) tint(own, k, colours[paints ? `c${k}` : paint]);
  const ink = new Int32Array(pixels.data.buffer);
  const sheet = { ink, across: pixels.width, rows, room, reach, scale, right, down, width, height };
  context.setTransform(1, 0, 0, 1, 0, 0);
  if (crowd && points.length > 2 * CROWD && reach < WORD)
    for (const k of classes) {
      crowd(sheet, points, paints, k, tints.subarray(SHADES * k));
      show(context, own, pixels, room, [0, 0, width + 2 * room, rows]);
    }
  else show(context, own, pixels, room, discs(sheet, points, paints));
  context.setTransform(scale, 0, 0, scale, right, down);
}

/**
 * @param {CanvasRenderingContext2D} context @param {CanvasRenderingContext2D} from @param {ImageData} pixels
 * @param {number} room @param {[number, number, number, number]} box of the pixels: x, y, width, height
 */
function show(context, from, pixels, room, [x, y, width, height]) {
  if (!(width > 0)) return;
  from.putImageData(pixels, 0, 0, x, y, width, height);
  context.drawImage(from.canvas, x, y, width, height, x - room, y - room, width, height);
}

/**
 * Around each place a disc; gives the box that holds all.
 * @param {Sheet} sheet @param {Float32Array} points @param {Uint8Array | undefined} paints
 * @returns {[number, number, number, number]}
 */
function discs({ ink, across, room, reach, scale, right, down, width, height }, points, paints) {
  if (disc?.reach !== reach || disc.across !== across) disc = discOf(reach, across);
  const { starts, places, alphas } = disc;
  let [first, last, upper, lower] = [Infinity, 0, Infinity, 0];
  ink.fill(0);
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] * scale + right;
    const y = points[i + 1] * scale + down;
    if (!(x >= 0 && y >= 0 && x <= width && y <= height)) continue;
    const h = Math.floor(x);
    const v = Math.floor(y);
    const phase = Math.floor((y - v) * PHASES) * PHASES + Math.floor((x - h) * PHASES);
    const at = (v + room) * across + h + room;
    const shade = SHADES * (paints ? paints[i / 2] : OWN);
    for (let k = starts[phase]; k < starts[phase + 1]; k++) {
      const pixel = at + places[k];
      const colour = tints[shade + alphas[k]];
      if (ink[pixel] >>> 24 <= colour >>> 24) ink[pixel] = colour;
    }
    if (h < first) first = h;
    if (h > last) last = h;
    if (v < upper) upper = v;
    if (v > lower) lower = v;
  }
  return [first, upper, last - first + 1 + 2 * room, lower - upper + 1 + 2 * room];
}

/**
 * The pixels of a class's colour; the sheet says what its words mean.
 * @param {CanvasRenderingContext2D} context @param {number} k @param {string} colour
 */
function tint(context, k, colour) {
  if (tinted[k] === colour) return;
  tinted[k] = colour;
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  for (let shade = 1; shade < SHADES; shade++)
    tints[SHADES * k + shade] =
      (Math.round((shade * alpha) / 255) << 24) | (blue << 16) | (green << 8) | red;
}

/**
 * Which pixels a disc covers, and how much of each, for every place of its middle within one.
 * @param {number} reach @param {number} across
 */
function discOf(reach, across) {
  const starts = [0];
  /** @type {number[]} */ const places = [];
  /** @type {number[]} */ const alphas = [];
  const far = Math.ceil(reach + 1);
  for (let phase = 0; phase < PHASES * PHASES; phase++) {
    const x = ((phase % PHASES) + 0.5) / PHASES - 0.5;
    const y = (Math.floor(phase / PHASES) + 0.5) / PHASES - 0.5;
    for (let row = -far; row <= far; row++) {
      for (let column = -far; column <= far; column++) {
        const alpha = cover(reach, column - x, row - y);
        if (alpha === 0) continue;
        places.push(row * across + column);
        alphas.push(alpha);
      }
    }
    starts.push(places.length);
  }
  return { reach, across, starts, places: new Int32Array(places), alphas: new Uint8Array(alphas) };
}
