// Nodes and the edges between them: numbers as tints, rings, widths and dots, words inside or beside.

import { format } from "../../core/format.js";
import { colour } from "../colour.js";
import { WASH } from "../cells.js";
import { textOf, widthOf, written } from "../text.js";
import { bends, edgeOf } from "./edges.js";
import { pointHandles } from "./point_handles.js";

/** @typedef {import("../../spec").GraphMark} GraphMark */
/** @typedef {import("../../spec").Shape} Shape */
/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("./edges.js").Node} Node */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */

const ROOM = { ratio: 1.35, tallest: 420 };
const PAD = { across: 0.1, up: 0.13, bare: 0.16, beside: 0.28, loops: 1.6 };
const RADIUS = { number: 17, word: 13, plain: 7, many: 4, least: 2.5, apart: 0.42 };
const MANY = 40;
const TYPE = { node: 12, least: 8, bare: 16, beside: 12, edge: 13 };
const HEAD = { length: 9, half: 3.8 };
const WIDTH = { plain: 1.25, path: 2.75, least: 0.6, more: 3.4 };
const DOT = { at: 0.36, least: 1, more: 3.6 };
/** Above zero and below, as in the tints. */
const SIGNS = ["c1", "c0"];

/** @param {ArrayLike<number>} values */
const largest = (values) => {
  let most = 0;
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i]) < Infinity) most = Math.max(most, Math.abs(values[i]));
  return most;
};

/** @type {Drawing<GraphMark>} */
export const graph = {
  room(mark, inner, asked) {
    const ratio = asked ?? mark.ratio ?? ROOM.ratio;
    const height = Math.min(ROOM.tallest, inner / ratio);
    return [Math.round(Math.min(inner, height * ratio)), Math.round(height)];
  },
  extent(mark, read, extent) {
    if (mark.span) return extent.rectangle(...mark.span);
    const { data } = read(mark.xy);
    const { data: pairs } = read(mark.edges);
    const loops = Array.from(pairs).some((end, k) => k % 2 === 1 && end === pairs[k - 1]);
    const wider = loops ? PAD.loops : 1;
    const xs = Array.from(data).filter((x, k) => k % 2 === 0 && Number.isFinite(x));
    const ys = Array.from(data).filter((y, k) => k % 2 === 1 && Number.isFinite(y));
    if (!xs.length) return extent.rectangle([0, 1], [0, 1]);
    const span = (/** @type {number[]} */ all, /** @type {number} */ part) => {
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const more = part * (high - low) || 0.5;
      return /** @type {[number, number]} */ ([low - more, high + more]);
    };
    const across = mark.bare ? PAD.bare : mark.layers && mark.labels ? PAD.beside : PAD.across;
    extent.rectangle(span(xs, wider * across), span(ys, wider * PAD.up));
  },
  draw(mark, place) {
    const { read, frame, hold, index } = place;
    const { shapes } = frame;
    const { data: xy } = read(mark.xy);
    const labels = mark.labels?.map((text) => textOf(text, read)) ?? [];
    const values = mark.values ? read(mark.values) : null;
    const numbers =
      values && mark.format
        ? Array.from(values.data, (_, i) => written(format(values, mark.format ?? "", i)))
        : null;
    const most = (/** @type {string} */ key, /** @type {ArrayLike<number>} */ given) =>
      hold(`${index}.${key}`, 0, (key === "values" && mark.most) || largest(given))[1] || 1;
    const radius = radiusOf(mark, frame, xy, Boolean(numbers));
    /** @type {Node[]} */ const nodes = Array.from({ length: xy.length / 2 }, (_, i) => {
      const [x, y] = [frame.across(xy[2 * i]), frame.up(xy[2 * i + 1])];
      return mark.bare
        ? { x, y, wide: widthOf(labels[i] ?? "", TYPE.bare) / 2 + 7, high: 15, round: false }
        : { x, y, wide: radius + 1, high: radius + 1, round: true };
    });
    shapes.push(...edgesOf(mark, nodes, place, most));
    for (const { x, y, wide, high } of nodes)
      frame.taken.push({ x: x - wide, y: y - high, width: 2 * wide, height: 2 * high });
    if (mark.edgeLabels) shapes.push(...edgeWords(mark, nodes, place));
    if (!mark.bare) {
      const marked = mark.marked ? read(mark.marked).data : null;
      const errors = mark.errors ? read(mark.errors).data : null;
      const worst = errors ? most("errors", errors) : 1;
      const open = Boolean(values || numbers || radius >= RADIUS.word);
      const rings = nodes.map((_, i) => {
        if (marked?.[i]) return { paint: SIGNS[0], width: 2.5 };
        if (errors)
          return { paint: SIGNS[Number(errors[i] < 0)], width: 1 + (3 * Math.abs(errors[i])) / worst };
        return { paint: open ? "soft" : "c0", width: open ? 1 : 0 };
      });
      for (const paint of ["soft", "c0", "c1"]) {
        const chosen = nodes.filter((_, i) => rings[i].paint === paint);
        const radii = rings.filter((ring) => ring.paint === paint).map(({ width }) => radius + width);
        if (chosen.length)
          shapes.push({ ...discs(chosen, radius, paint), radii: Float32Array.from(radii) });
      }
      if (open) shapes.push(discs(nodes, radius, "paper"));
      if (values) {
        const top = most("values", values.data);
        const rgba = colour(values.data, -top, top, true);
        for (let i = 3; i < rgba.length; i += 4) rgba[i] *= WASH;
        shapes.push({ ...discs(nodes, radius, "paper"), rgba });
      }
    }
    shapes.push(...wordsOf(mark, nodes, radius, labels, numbers, frame));
    if (mark.edit || mark.drag) pointHandles(mark, xy, frame, index, null);
  },
};

/** @param {Node[]} nodes @param {number} radius @param {string} paint */
const discs = (nodes, radius, paint) => ({
  kind: /** @type {"dots"} */ ("dots"),
  points: Float32Array.from(nodes.flatMap(({ x, y }) => [x, y])),
  radius,
  paint,
  clip: false,
});

/** @param {Node[]} nodes */
const middleOf = (nodes) => ({
  x: nodes.reduce((sum, { x }) => sum + x, 0) / nodes.length,
  y: nodes.reduce((sum, { y }) => sum + y, 0) / nodes.length,
});

/**
 * As large as what stands inside wants, and no node touches its neighbour.
 * @param {GraphMark} mark @param {Frame} frame @param {ArrayLike<number>} xy @param {boolean} numbered
 */
function radiusOf(mark, frame, xy, numbered) {
  const count = xy.length / 2;
  const words = mark.labels?.some((text) => text.length) && !mark.layers;
  const wanted =
    mark.size ??
    (numbered ? RADIUS.number : words ? RADIUS.word : count > MANY ? RADIUS.many : RADIUS.plain);
  if (mark.edit || count > 150) return wanted;
  let nearest = Infinity;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const dx = frame.across(xy[2 * i]) - frame.across(xy[2 * j]);
      const dy = frame.up(xy[2 * i + 1]) - frame.up(xy[2 * j + 1]);
      nearest = Math.min(nearest, Math.hypot(dx, dy));
    }
  }
  return Math.max(RADIUS.least, Math.min(wanted, RADIUS.apart * nearest));
}

/**
 * @param {GraphMark} mark @param {Node[]} nodes @param {import("./index.js").Place} place
 * @param {(key: string, given: ArrayLike<number>) => number} most @returns {Shape[]}
 */
function edgesOf(mark, nodes, { read }, most) {
  const { data: pairs } = read(mark.edges);
  const weights = mark.weights ? read(mark.weights).data : null;
  const slopes = mark.slopes ? read(mark.slopes).data : null;
  const path = mark.path ? read(mark.path).data : null;
  const top = weights ? most("weights", weights) : 1;
  const aside = bends(pairs, Boolean(mark.directed));
  /** @type {Map<string, { points: number[], starts: number[], heads: number[], paint: string, width: number, opacity: number }>} */
  const styles = new Map();
  const middle = middleOf(nodes);
  /** @type {number[]} */ const dots = [];
  /** @type {number[]} */ const radii = [];
  /** @type {number[]} */ const signs = [];
  const steepest = slopes ? most("slopes", slopes) : 1;
  for (let k = 0; k < pairs.length / 2; k++) {
    const [from, to] = [nodes[Number(pairs[2 * k])], nodes[Number(pairs[2 * k + 1])]];
    const edge = from && to && edgeOf(from, to, aside[k], mark.directed ? 0.8 * HEAD.length : 0, middle);
    if (!edge) continue;
    const share = weights ? Math.abs(weights[k]) / top : 0;
    if (share !== share) continue;
    const out = Boolean(path?.[k]);
    const paint = weights ? SIGNS[Number(weights[k] < 0)] : out ? "c1" : mark.bare ? "ink" : "soft";
    const step = Math.round(8 * share) / 8;
    const width = out ? WIDTH.path : weights ? WIDTH.least + WIDTH.more * step : WIDTH.plain;
    const opacity = weights ? 0.35 + 0.6 * step : path && !out ? 0.55 : 1;
    const key = `${paint} ${width} ${opacity}`;
    const style = styles.get(key) ?? { points: [], starts: [], heads: [], paint, width, opacity };
    styles.set(key, style);
    style.starts.push(style.points.length / 2);
    style.points.push(...edge.line);
    if (mark.directed) {
      const [x, y, ux, uy] = edge.tip;
      const [bx, by] = [x - HEAD.length * ux, y - HEAD.length * uy];
      style.heads.push(x, y, bx - HEAD.half * uy, by + HEAD.half * ux);
      style.heads.push(bx + HEAD.half * uy, by - HEAD.half * ux);
    }
    if (slopes && from !== to) {
      dots.push(from.x + DOT.at * (to.x - from.x), from.y + DOT.at * (to.y - from.y));
      radii.push(DOT.least + DOT.more * Math.sqrt(Math.abs(slopes[k]) / steepest));
      signs.push(Number(!(slopes[k] < 0)));
    }
  }
  /** @type {Shape[]} */ const drawn = [...styles.values()]
    .sort((a, b) => a.width - b.width)
    .flatMap(({ points, starts, heads, paint, width, opacity }) => [
      { kind: "path", points: Float32Array.from(points), starts, paint, width, opacity, clip: false },
      ...(heads.length
        ? [
            /** @type {Shape} */ ({
              kind: "path",
              points: Float32Array.from(heads),
              starts: Array.from({ length: heads.length / 6 }, (_, k) => 3 * k),
              paint,
              width: 0,
              closed: true,
              fill: paint,
              opacity,
              clip: false,
            }),
          ]
        : []),
    ]);
  if (dots.length)
    drawn.push({
      kind: "dots",
      points: Float32Array.from(dots),
      radius: 2,
      radii: Float32Array.from(radii),
      paints: Uint8Array.from(signs),
      paint: "c0",
      clip: false,
    });
  return drawn;
}

/**
 * The words of edges, beside their middles.
 * @param {GraphMark} mark @param {Node[]} nodes @param {import("./index.js").Place} place
 * @returns {Shape[]}
 */
function edgeWords(mark, nodes, { read, frame }) {
  const { data: pairs } = read(mark.edges);
  const aside = bends(pairs, Boolean(mark.directed));
  const middle = middleOf(nodes);
  return (mark.edgeLabels ?? []).flatMap((given, k) => {
    const text = textOf(given, read);
    const [from, to] = [nodes[Number(pairs[2 * k])], nodes[Number(pairs[2 * k + 1])]];
    const edge = text && from && to && edgeOf(from, to, aside[k], 0, middle);
    if (!edge) return [];
    const [x, y, nx, ny] = edge.middle;
    const size = TYPE.edge;
    // Beside the line, away from the middle of the drawing if there is room.
    const half = widthOf(text, size) / 2;
    const away = 8 + Math.abs(nx) * half + (Math.abs(ny) * size) / 2;
    const out = (x - middle.x) * nx + (y - middle.y) * ny < -0.5 && !aside[k] ? -1 : 1;
    const fits = Math.abs(x + out * nx * away - frame.x - frame.width / 2) + half < frame.width / 2;
    const side = fits || aside[k] ? out : -out;
    const [tx, ty] = [x + side * nx * away, y + side * ny * away];
    frame.taken.push({ x: tx - half, y: ty - size / 2, width: 2 * half, height: size });
    const shape = { kind: "text", x: tx, y: ty + 0.36 * size, text, size, anchor: "middle" };
    return [/** @type {Shape} */ ({ ...shape, paint: "ink", halo: true })];
  });
}

/**
 * Words and numbers of the nodes: inside where they fit, else under it, of a layered network beside.
 * @param {GraphMark} mark @param {Node[]} nodes @param {number} radius @param {string[]} labels
 * @param {string[] | null} numbers @param {Frame} frame @returns {Shape[]}
 */
function wordsOf(mark, nodes, radius, labels, numbers, frame) {
  /** @type {Shape[]} */ const drawn = [];
  const put = (
    /** @type {string} */ text,
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {number} */ size,
    /** @type {"start" | "middle" | "end"} */ anchor = "middle",
    halo = false,
  ) => drawn.push({ kind: "text", x, y: y + 0.36 * size, text, size, anchor, paint: "ink", halo });
  const widest = Math.max(1, ...(numbers ?? []).map((text) => widthOf(text, 1)));
  const inside = Math.min(TYPE.node, Math.floor((4 * radius - 4) / widest) / 2);
  for (const [i, { x, y }] of nodes.entries()) {
    if (numbers && inside >= TYPE.least - 1) put(numbers[i], x, y, inside);
    const label = labels[i];
    if (!label) continue;
    if (mark.bare) put(label, x, y, TYPE.bare);
    else if (mark.layers) {
      const left = x < frame.x + frame.width / 2;
      put(label, x + (left ? -1 : 1) * (radius + 7), y, TYPE.beside, left ? "end" : "start", true);
    } else if (!numbers && widthOf(label, TYPE.node) <= 2 * radius - 3) put(label, x, y, TYPE.node);
    else put(label, x, y + radius + 10, TYPE.beside, "middle", true);
  }
  return drawn;
}
