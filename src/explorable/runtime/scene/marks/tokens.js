// The tokens of a text on tints, in lines; arcs between them. Text is drawn in whole signs: a token
// that is a part of a sign has its share of the tint, never a piece of the letter.

import { graphemes } from "../../core/graphemes.js";
import { pieces } from "../../core/tokens.js";
import { widthOf } from "../text.js";

/** @typedef {import("../../spec").TokensMark} TokensMark */
/** @typedef {import("../../core/tokens.js").Piece} Piece */
/** @typedef {import("../frame.js").Box} Box */
/** @typedef {import("../frame.js").Frame} Frame */
/** @template M @typedef {import("./index.js").Drawing<M>} Drawing */
/**
 * Text that is drawn as one, with the tints of its pills behind it: `from` and `to` in the text.
 * @typedef {{ text: string, from: number, to: number, pills: Pill[], width: number, x: number, line: number }} Run
 * @typedef {{ from: number, to: number, tokens: number[] }} Pill
 */

/** Sizes: of few tokens, of as many as there may be, of none smaller. */
const TYPE = { most: 17, full: 13, least: 9 };
const ADVANCE = 0.56; // of a letter, before the text is known
const PAD = 0.22; // left and right of a text, in its size
const APART = 2;
const LINE = 1.9;
const PILL = 1.5;
const ROUND = 3;
const ARCS = { room: 64, rise: 0.42, least: 0.02, shades: 5, steps: 16 };
const PAINTS = ["c0", "c4", "c2", "c3"];
const TINT = 0.24;
const PALE = 0.06;
const MOST_LINES = 12;

/** @type {Drawing<TokensMark>} */
export const tokens = {
  room({ letters, max, arcs }, inner, ratio) {
    if (ratio) return undefined;
    const size = TYPE.full;
    const length = letters * ADVANCE * size + max * (2 * PAD * size + APART);
    // Words do not fill their lines.
    const lines = Math.min(MOST_LINES, Math.max(1, Math.ceil((1.12 * length) / inner)));
    const height = Math.max(pitch(TYPE.most, arcs), lines * pitch(size, arcs));
    return [inner, Math.round(height + (arcs ? ARCS.room / 2 : 0))];
  },
  extent: (mark, read, extent) => extent.rectangle([0, 1], [0, 1]),
  draw(mark, place) {
    const { read, frame, typed, hold, index, chosen } = place;
    const { text, tokenizer } = typed(mark.text.text);
    const found = pieces(tokenizer, text);
    const groups = mark.groups && read(mark.groups).data;
    const runs = runsOf(text, pillsOf(found, groups), found);
    const size = flow(runs, frame, mark.arcs);
    const boxes = boxesOf(runs, found.length, size, frame, mark.arcs);

    const weights = mark.weights ? read(mark.weights) : null;
    const most = weights ? hold(`${index}.most`, 0, Math.max(0, ...weights.data))[1] || 1 : 1;
    const count = weights?.shape[0] ?? 0;
    const square = weights?.shape.length === 2;
    const token = square ? chosen(mark.ids) : -1;
    /** @param {number} k */
    const share = (k) =>
      !weights ? 1 : square ? (token < 0 ? 0 : weights.data[token * count + k]) / most : weights.data[k] / most;

    if (mark.arcs && weights) drawArcs(frame, weights.data, count, most, boxes, token);
    let order = 0;
    for (const run of runs) {
      for (const pill of run.pills) {
        const [first] = pill.tokens;
        const blank = !/\S/.test(run.text);
        const paint = weights || blank ? "c0" : PAINTS[order++ % PAINTS.length];
        const part = Math.min(1, Math.max(0, share(first) || 0));
        const opacity = weights ? PALE + 0.54 * part : blank ? PALE : TINT;
        const box = boxes[first];
        if (box) frame.shapes.push(pillOf(box, paint, opacity));
      }
      const named = run.pills.length === 1 && found[run.pills[0].tokens[0]].name !== undefined;
      frame.shapes.push({
        kind: "text",
        x: run.x + run.width / 2,
        y: lineY(run.line, size, frame, mark.arcs) + 0.35 * size,
        text: run.text,
        size: named ? 0.75 * size : size,
        anchor: "middle",
        paint: named ? "soft" : "ink",
      });
    }
    if (token >= 0 && boxes[token]) frame.shapes.push(outlineOf(boxes[token]));
    if (square)
      frame.handles.push({
        kind: "tokens",
        control: mark.ids,
        label: mark.name ?? mark.text.text,
        ...{ x: frame.x - 4, y: frame.y, width: frame.width + 8 },
        height: lineY(runs[runs.length - 1]?.line ?? 0, size, frame, mark.arcs) + size - frame.y,
        mark: index,
        boxes,
      });
  },
};

/** From one line to the next. @param {number} size @param {boolean} [arcs] */
const pitch = (size, arcs) => LINE * size + (arcs ? ARCS.room / 2 : 0);

/** The middle of a line. @param {number} line @param {number} size @param {Frame} frame @param {boolean} [arcs] */
const lineY = (line, size, frame, arcs) =>
  frame.y + (arcs ? ARCS.room : 0) + (LINE * size) / 2 + line * pitch(size, arcs);

/**
 * Tokens side by side that are one to the reader.
 * @param {Piece[]} found @param {ArrayLike<number> | "" | undefined} groups @returns {Pill[]}
 */
function pillsOf(found, groups) {
  /** @type {Pill[]} */ const pills = [];
  for (const [k, { from, to }] of found.entries()) {
    const last = pills[pills.length - 1];
    if (last && groups && groups[k] === groups[k - 1]) {
      last.to = to;
      last.tokens.push(k);
    } else pills.push({ from, to, tokens: [k] });
  }
  return pills;
}

/**
 * Pills that share a sign are drawn together; what no token holds is drawn without a tint.
 * @param {string} text @param {Pill[]} pills @param {Piece[]} found @returns {Run[]}
 */
function runsOf(text, pills, found) {
  const ends = [0];
  for (const sign of graphemes(text)) ends.push(ends[ends.length - 1] + sign.length);
  const after = (/** @type {number} */ at) => ends.find((end) => end >= at) ?? text.length;
  /** @type {Run[]} */ const runs = [];
  let at = 0;
  /** @param {number} from @param {number} to @param {Pill[]} held @param {string} said */
  const add = (from, to, held, said) =>
    runs.push({ text: said, from, to, pills: held, width: 0, x: 0, line: 0 });
  for (const pill of pills) {
    const last = runs[runs.length - 1];
    const { name } = found[pill.tokens[0]];
    if (name !== undefined) add(pill.from, pill.to, [pill], name);
    else if (pill.from < at && last.pills.length) {
      last.pills.push(pill);
      last.to = Math.max(last.to, after(pill.to));
      last.text = text.slice(last.from, last.to);
      at = last.to;
    } else {
      const from = Math.floor(pill.from);
      if (from > at) add(at, from, [], text.slice(at, from));
      at = Math.max(from, after(pill.to));
      add(from, at, [pill], text.slice(from, at));
    }
  }
  if (at < text.length) add(at, text.length, [], text.slice(at));
  return runs;
}

/**
 * Give runs their places: lines break before spaces, and in words that fill a line. The type is as
 * large as the frame has lines for.
 * @param {Run[]} runs @param {Frame} frame @param {boolean} [arcs]
 */
function flow(runs, frame, arcs) {
  for (let size = TYPE.most; ; size -= 1) {
    const lines = Math.max(1, Math.floor((frame.height - (arcs ? ARCS.room / 2 : 0)) / pitch(size, arcs) + 0.01));
    let [x, line] = [0, 0];
    /** Where the word began. */ let word = 0;
    for (const [k, run] of runs.entries()) {
      const pad = run.pills.length ? 2 * PAD * size : 0;
      const small = run.pills.length === 1 && run.from === run.to ? 0.75 : 1;
      run.width = Math.max(0.4 * size, widthOf(run.text.replace(/\s+/g, " "), small * size)) + pad;
      if (/^\s/.test(run.text) || run.from === run.to) word = k;
      if (x + run.width > frame.width && x > 0) {
        // A word that began on this line goes to the next with what has come of it.
        const start = runs[word].line === line && runs[word].x > 0 ? word : k;
        x = 0;
        line += 1;
        for (const moved of runs.slice(start, k)) {
          Object.assign(moved, { x: frame.x + x, line });
          x += moved.width + APART;
        }
      }
      Object.assign(run, { x: frame.x + x, line });
      if (/\s$/.test(run.text)) word = k + 1;
      x += run.width + APART;
      if (word > k) word = Math.min(word, runs.length - 1);
    }
    if (line < lines || size <= TYPE.least) return size;
  }
}

/**
 * Where each token's tint lies: tokens of one pill share it, pills of one run have their parts of it.
 * @param {Run[]} runs @param {number} count @param {number} size @param {Frame} frame
 * @param {boolean} [arcs] @returns {Box[]}
 */
function boxesOf(runs, count, size, frame, arcs) {
  /** @type {Box[]} */ const boxes = new Array(count);
  for (const { from, to, pills, x, width, line } of runs) {
    const pad = PAD * size;
    const inner = width - 2 * pad;
    const height = PILL * size;
    const y = lineY(line, size, frame, arcs) - height / 2;
    for (const [k, pill] of pills.entries()) {
      const place = (/** @type {number} */ at) => x + pad + (inner * (at - from)) / (to - from || 1);
      const left = k === 0 ? x : place(pill.from) + 0.5;
      const right = k === pills.length - 1 ? x + width : place(pill.to) - 0.5;
      for (const token of pill.tokens) boxes[token] = { x: left, y, width: Math.max(1, right - left), height };
    }
  }
  return boxes;
}

/** A box with its corners taken off. @param {Box} box */
function corners({ x, y, width, height }) {
  const r = Math.min(ROUND, width / 2);
  const s = 0.3 * r;
  const [right, low] = [x + width, y + height];
  return Float32Array.of(
    ...[x + r, y, right - r, y, right - s, y + s, right, y + r],
    ...[right, low - r, right - s, low - s, right - r, low],
    ...[x + r, low, x + s, low - s, x, low - r, x, y + r, x + s, y + s, x + r, y],
  );
}

/** @param {Box} box @param {string} paint @param {number} opacity @returns {import("../../spec").Shape} */
const pillOf = (box, paint, opacity) => ({
  kind: "path",
  points: corners(box),
  starts: [0],
  paint,
  fill: paint,
  width: 0,
  closed: true,
  opacity: Math.round(100 * opacity) / 100,
  clip: false,
});

/** @param {Box} box @returns {import("../../spec").Shape} */
const outlineOf = (box) => ({
  kind: "path",
  points: corners(box),
  starts: [0],
  paint: "ink",
  width: 1.5,
  closed: true,
  clip: false,
});

/**
 * From each token that looks to those it looks at, a shade for each fifth of the weight.
 * @param {Frame} frame @param {ArrayLike<number>} weights @param {number} count
 * @param {number} most @param {Box[]} boxes @param {number} token -1: all
 */
function drawArcs(frame, weights, count, most, boxes, token) {
  const shades = Array.from({ length: ARCS.shades }, () => ({
    points: /** @type {number[]} */ ([]),
    starts: /** @type {number[]} */ ([]),
  }));
  for (let i = 0; i < count; i++) {
    if (token >= 0 && i !== token) continue;
    for (let j = 0; j < count; j++) {
      const share = weights[i * count + j] / most;
      // A token that looks at itself has its tint alone.
      if (i === j || !(share > ARCS.least) || !boxes[i] || !boxes[j]) continue;
      const shade = shades[Math.min(ARCS.shades - 1, Math.floor(share * ARCS.shades))];
      shade.starts.push(shade.points.length / 2);
      shade.points.push(...arcOf(boxes[i], boxes[j]));
    }
  }
  for (const [k, { points, starts }] of shades.entries()) {
    if (!starts.length) continue;
    const share = (k + 0.5) / ARCS.shades;
    frame.shapes.push({
      kind: "path",
      points: Float32Array.from(points),
      starts,
      paint: "c0",
      width: 0.75 + 2 * share,
      opacity: Math.round(100 * (0.12 + (token < 0 ? 0.45 : 0.8) * share)) / 100,
      clip: false,
    });
  }
}

/** Points from the top of one box to that of another. @param {Box} from @param {Box} to */
function arcOf(from, to) {
  const [x0, y0, x1, y1] = [from.x + from.width / 2, from.y - 1, to.x + to.width / 2, to.y - 1];
  const rise = Math.min(2 * (ARCS.room - 6), 14 + ARCS.rise * Math.abs(x1 - x0));
  const top = Math.min(y0, y1) - rise;
  return Array.from({ length: ARCS.steps + 1 }, (_, k) => {
    const t = k / ARCS.steps;
    // A curve of degree three that leaves and arrives upright, as high as half its handles.
    const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
    const high = (top - Math.min(y0, y1)) * (2 / 3) + Math.min(y0, y1);
    return [(a + b) * x0 + (c + d) * x1, a * y0 + (b + c) * high + d * y1];
  }).flat();
}
