// A plot in three dimensions: a box seen from somewhere, its far sides with a grid, and the marks in
// it, the farthest first. Turning it needs no new numbers.

import { colour } from "./colour.js";
import { textOf, widthOf } from "./text.js";
import { roundRange } from "./ranges.js";
import { ticksOf } from "./ticks.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").SpaceMark} SpaceMark */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./ticks.js").Range} Range */
/** @typedef {number[]} Triple */
/** @typedef {(x: number, y: number, z: number) => Triple} Project to pixels, and how far away */
/** @typedef {{ far: number, mark: number, points: number[], order?: number, rgba?: number[], label?: number }} Piece */

const FAR = 5; // half sides of the box from the eye to its middle
const ROOM = { across: 40, up: 40 }; // pixels around the box, for numbers and names
const HEIGHT = 0.8; // of the upright side to the others
const NEARER = 0.06; // so much lines and dots stand before the surface they lie on
const SIZE = 12;
const HEAD = { length: 11, half: 4.5 };
const LIGHT = unit([-0.4, -0.5, 0.8]);
const LOW_LIGHT = 0.7;

/** @param {Triple} v */
function unit(v) {
  const length = Math.hypot(...v) || 1;
  return v.map((part) => part / length);
}

/**
 * The ranges of the three axes.
 * @param {Plot} plot @param {import("./plot.js").Source} source
 */
function rangesOf(plot, { read, hold }) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const mark of plot.marks) {
    const { data } = read(/** @type {SpaceMark} */ (/** @type {unknown} */ (mark)).xyz);
    for (let i = 0; i < data.length; i++) {
      const axis = i % 3;
      if (data[i] < low[axis] && data[i] > -Infinity) low[axis] = data[i];
      if (data[i] > high[axis] && data[i] < Infinity) high[axis] = data[i];
    }
  }
  return [plot.x, plot.y, plot.space?.z ?? null].map((given, axis) => {
    if (given) return given;
    return roundRange(...hold(`space.${axis}`, low[axis], high[axis]), "linear");
  });
}

/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;

/**
 * Right, up and near of a place in the box, in the eye's perspective.
 * @param {number} around @param {number} above @returns {Project}
 */
function lookOf(around, above) {
  const [ca, sa, cb, sb] = [Math.cos(around), Math.sin(around), Math.cos(above), Math.sin(above)];
  return (x, y, z) => {
    const out = ca * x + sa * y;
    const near = cb * out + sb * z;
    const wide = FAR / (FAR - near);
    return [wide * (ca * y - sa * x), wide * (cb * z - sb * out), near];
  };
}

/**
 * Pixels to half a side, and how far down the middle stands, so that the box fits from all sides at
 * the height it is first seen from: it keeps its size while it is turned.
 * @param {number[]} half @param {number} above @param {Frame} frame
 */
function fit(half, above, { width, height }) {
  let [wide, top, bottom] = [0, -Infinity, Infinity];
  for (let turn = 0; turn < 24; turn++) {
    const look = lookOf((turn * Math.PI) / 12, above);
    for (let corner = 0; corner < 8; corner++) {
      const [x, y, z] = half.map((side, axis) => ((corner >> axis) & 1 ? side : -side));
      const [right, up] = look(x, y, z);
      wide = Math.max(wide, Math.abs(right));
      [top, bottom] = [Math.max(top, up), Math.min(bottom, up)];
    }
  }
  const scale = Math.min((width / 2 - ROOM.across) / wide, (height - ROOM.up) / (top - bottom));
  return { scale, shift: (scale * (top + bottom)) / 2 - ROOM.up / 6 };
}

/**
 * @param {Plot} plot @param {Frame} frame @param {Range[]} ranges @param {number[]} view degrees
 */
function cameraOf(plot, frame, ranges, view) {
  const spans = ranges.map(([low, high]) => high - low);
  const longest = Math.max(...spans);
  const half = plot.aspect === "equal" ? spans.map((span) => span / longest) : [1, 1, HEIGHT];
  const [around, above] = view.map(radians);
  const look = lookOf(around, above);
  const { scale, shift } = fit(half, radians(/** @type {number[]} */ (plot.space?.view)[1]), frame);
  const middle = [frame.x + frame.width / 2, frame.y + frame.height / 2 + shift];
  /** From -1 to 1 along each side. @type {Project} */
  const place = (x, y, z) => {
    const [right, up, near] = look(x * half[0], y * half[1], z * half[2]);
    return [middle[0] + scale * right, middle[1] - scale * up, -near];
  };
  /** @type {Project} */
  const project = (x, y, z) =>
    place(
      (2 * (x - ranges[0][0])) / spans[0] - 1,
      (2 * (y - ranges[1][0])) / spans[1] - 1,
      (2 * (z - ranges[2][0])) / spans[2] - 1,
    );
  // Towards the eye, along each side: which of its ends is near.
  const toEye = [
    Math.cos(around) * Math.cos(above),
    Math.sin(around) * Math.cos(above),
    Math.sin(above),
  ];
  return { place, project, half, spans, toEye };
}

/** @typedef {ReturnType<typeof cameraOf>} Camera */

/**
 * The far sides with their grid, and the numbers along three edges.
 * @param {Frame} frame @param {Plot} plot @param {Range[]} ranges @param {Camera} camera
 * @param {import("../core/memory.js").Read} read
 */
function drawBox(frame, plot, ranges, { place, toEye }, read) {
  /** @type {number[]} */ const far = toEye.map((part) => (part > 0 ? -1 : 1));
  /** @type {number[]} */ const grid = [];
  /** @type {number[]} */ const edges = [];
  const line = (/** @type {number[]} */ into, /** @type {Triple} */ a, /** @type {Triple} */ b) => {
    const [p, q] = [place(a[0], a[1], a[2]), place(b[0], b[1], b[2])];
    into.push(p[0], p[1], q[0], q[1]);
  };
  const at = (/** @type {number} */ axis, /** @type {number} */ t, /** @type {Triple} */ rest) =>
    rest.map((part, k) => (k === axis ? t : part));
  const centre = place(0, 0, 0);
  for (let axis = 0; axis < 3; axis++) {
    const [one, two] = [0, 1, 2].filter((other) => other !== axis);
    // The edge that carries the numbers: below and near for the ground, at the side for the height.
    const edge = [...far];
    if (axis === 2) {
      const corners = [at(0, -far[0], far), at(1, -far[1], far)].map((corner) => at(2, 0, corner));
      const [p, q] = corners.map((corner) => place(corner[0], corner[1], corner[2])[0]);
      edge.splice(0, 2, ...(p < q ? corners[0] : corners[1]).slice(0, 2));
    } else {
      edge[1 - axis] = -far[1 - axis];
      edge[2] = toEye[2] >= 0 ? -1 : 1;
    }
    const [p, q] = [at(axis, -1, edge), at(axis, 1, edge)].map((end) => place(end[0], end[1], end[2]));
    const length = Math.hypot(q[0] - p[0], q[1] - p[1]);
    // Away from the box, square to the edge.
    let [nx, ny] = length > 1 ? [(q[1] - p[1]) / length, (p[0] - q[0]) / length] : [0, 1];
    const outside = ((p[0] + q[0]) / 2 - centre[0]) * nx + ((p[1] + q[1]) / 2 - centre[1]) * ny;
    if (outside < 0) [nx, ny] = [-nx, -ny];
    const [low, high] = ranges[axis];
    const ticks = ticksOf([low, high], "linear", Math.max(length, 1), 48, (label) => widthOf(label, SIZE) + 8);
    for (const { value, label } of ticks) {
      const t = (2 * (value - low)) / (high - low) - 1;
      for (const [side, other] of [[one, two], [two, one]]) {
        const from = at(axis, t, at(side, far[side], at(other, -1, far)));
        line(grid, from, at(other, 1, from));
      }
      // The lowest number would stand on those of the ground.
      if (length < 40 || (axis === 2 && t < -0.99)) continue;
      const tick = at(axis, t, edge);
      const [x, y] = place(tick[0], tick[1], tick[2]);
      word(frame, x + nx * 8, y + ny * 8, label, nx, ny);
    }
    line(edges, at(axis, -1, edge), at(axis, 1, edge));
    for (const side of [one, two]) {
      const from = at(side, far[side], at(one + two - side, far[one + two - side], far));
      line(edges, at(axis, -1, from), at(axis, 1, from));
    }
    const name = plot.space?.names[axis];
    if (name && length >= 40) {
      const away = 26 + Math.abs(nx) * 8;
      word(frame, (p[0] + q[0]) / 2 + nx * away, (p[1] + q[1]) / 2 + ny * away, textOf(name, read), nx, ny);
    }
  }
  for (const [points, paint] of /** @type {[number[], string][]} */ ([[grid, "grid"], [edges, "frame"]]))
    frame.shapes.unshift({
      kind: "path",
      points: Float32Array.from(points),
      starts: Array.from({ length: points.length / 4 }, (_, k) => 2 * k),
      paint,
      width: 1,
      clip: false,
    });
  frame.shapes.unshift(/** @type {any} reason: there were two */ (frame.shapes.splice(1, 1)[0]));
}

/**
 * @param {Frame} frame @param {number} x @param {number} y @param {string} text @param {number} nx
 * @param {number} ny away from what it names
 */
function word(frame, x, y, text, nx, ny) {
  const anchor = nx > 0.4 ? "start" : nx < -0.4 ? "end" : "middle";
  // A long name on a narrow screen: rather over the box than cut off.
  const width = widthOf(text, SIZE);
  const before = width * { start: 0, middle: 0.5, end: 1 }[anchor];
  x = Math.max(frame.x + before, Math.min(frame.x + frame.width - width + before, x));
  frame.shapes.push({
    kind: "text",
    ...{ x, y: y + SIZE * (0.36 + 0.4 * ny), text, size: SIZE, anchor, paint: "soft" },
  });
}

/**
 * What a mark is made of.
 * @param {SpaceMark} mark @param {number} index @param {import("../core/memory.js").Read} read
 * @param {Camera} camera @param {Range[]} ranges @param {Piece[]} pieces
 * @param {boolean} hidden there is a surface before which, or behind which, others may be
 */
function gather(mark, index, read, { project, half, spans }, ranges, pieces, hidden) {
  const { data, shape } = read(mark.xyz);
  const count = data.length / 3;
  const pixels = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) pixels.set(project(data[3 * i], data[3 * i + 1], data[3 * i + 2]), 3 * i);
  const well = (/** @type {number} */ i) => pixels[3 * i] - pixels[3 * i] === 0 && pixels[3 * i + 1] === pixels[3 * i + 1];
  const segment = (/** @type {number} */ a, /** @type {number} */ b) => {
    if (!well(a) || !well(b)) return;
    // Broken into pieces, dashes would begin anew at each: where nothing hides them they stay whole.
    const far = mark.dash && !hidden ? Infinity : (pixels[3 * a + 2] + pixels[3 * b + 2]) / 2 - NEARER;
    pieces.push({ far, mark: index, order: pieces.length, points: [pixels[3 * a], pixels[3 * a + 1], pixels[3 * b], pixels[3 * b + 1]] });
  };
  if (mark.kind === "surface") {
    const [rows, columns] = shape;
    const heights = new Float32Array((rows - 1) * (columns - 1));
    const corners = (/** @type {number} */ k) => {
      const i = Math.floor(k / (columns - 1)) * columns + (k % (columns - 1));
      return [i, i + 1, i + columns + 1, i + columns];
    };
    for (let k = 0; k < heights.length; k++)
      heights[k] = corners(k).reduce((sum, i) => sum + data[3 * i + 2] / 4, 0);
    const shades = colour(heights, ranges[2][0], ranges[2][1], false);
    const side = (/** @type {number} */ a, /** @type {number} */ b) =>
      half.map((h, axis) => ((data[3 * b + axis] - data[3 * a + axis]) / spans[axis]) * h);
    for (let k = 0; k < heights.length; k++) {
      const [a, b, c, d] = corners(k);
      if (![a, b, c, d].every(well)) continue;
      const [u, v] = [side(a, c), side(b, d)];
      const normal = unit([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]);
      // Lit from either side.
      const lit = LOW_LIGHT + (1 - LOW_LIGHT) * Math.abs(normal.reduce((sum, part, axis) => sum + part * LIGHT[axis], 0));
      pieces.push({
        far: (pixels[3 * a + 2] + pixels[3 * b + 2] + pixels[3 * c + 2] + pixels[3 * d + 2]) / 4,
        mark: index,
        points: [a, b, c, d].flatMap((i) => [pixels[3 * i], pixels[3 * i + 1]]),
        rgba: [0, 1, 2].map((channel) => Math.round(lit * shades[4 * k + channel])),
      });
    }
  } else if (mark.kind === "mesh") {
    const [rows, columns] = shape;
    for (let i = 0; i < count; i++) {
      if ((i + 1) % columns) segment(i, i + 1);
      if (i < (rows - 1) * columns) segment(i, i + columns);
    }
  } else if (mark.kind === "scatter" || mark.kind === "label") {
    const labels = mark.labels ? read(mark.labels).data : null;
    for (let i = 0; i < count; i++)
      if (well(i))
        pieces.push({
          far: pixels[3 * i + 2] - NEARER,
          mark: index,
          points: [pixels[3 * i], pixels[3 * i + 1]],
          label: labels ? labels[i] % 8 : undefined,
        });
  } else {
    const each = mark.kind === "curve" ? shape[shape.length - 2] : 2;
    for (let i = 0; i < count; i++) {
      if ((i + 1) % each) segment(i, i + 1);
      else if (mark.closed && each > 2) segment(i, i + 1 - each);
    }
  }
}

/**
 * Shapes of neighbours in depth that are drawn alike.
 * @param {Frame} frame @param {Plot} plot @param {Piece[]} pieces @param {string[]} paints
 * @param {import("../core/memory.js").Read} read
 */
function emit(frame, plot, pieces, paints, read) {
  for (let k = 0; k < pieces.length;) {
    const { mark: index } = pieces[k];
    const from = k;
    while (k < pieces.length && pieces[k].mark === index) k++;
    const run = pieces.slice(from, k);
    const before = frame.shapes.length;
    const mark = /** @type {SpaceMark} */ (/** @type {unknown} */ (plot.marks[index]));
    const { points, starts } = chained(run);
    const paint = paints[index];
    if (mark.kind === "surface")
      frame.shapes.push({ kind: "facets", points, rgb: Uint8ClampedArray.from(run.flatMap(({ rgba }) => rgba ?? [])), clip: false });
    else if (mark.kind === "scatter")
      frame.shapes.push({
        ...{ kind: "dots", points, radius: mark.size ?? 4, paint, clip: false, opacity: 0.9 },
        ...(mark.labels ? { paints: Uint8Array.from(run, ({ label }) => label ?? 0) } : {}),
      });
    else if (mark.kind === "label") {
      const text = mark.text ? textOf(mark.text, read) : "";
      for (const { points: [x, y] } of run)
        frame.shapes.push({ kind: "text", x: x + 7, y: y - 6, text, size: 13, anchor: "start", paint: "ink", halo: true });
    } else {
      const width = mark.width ?? (mark.kind === "mesh" ? 1 : 2);
      const opacity = mark.kind === "mesh" ? 0.55 : undefined;
      frame.shapes.push({ kind: "path", points, starts, paint, width, opacity, dash: mark.dash, clip: false });
      if (mark.kind === "arrow") for (const { points: ends } of run) frame.shapes.push(head(ends, paint));
    }
    for (const shape of frame.shapes.slice(before)) shape.of = mark.name ?? "";
  }
}

/**
 * The points of a run; segments that follow one another are one line.
 * @param {Piece[]} run
 */
function chained(run) {
  const [{ order }] = run;
  if (order === undefined)
    return { points: Float32Array.from(run.flatMap((piece) => piece.points)), starts: [0] };
  run.sort((a, b) => Number(a.order) - Number(b.order));
  /** @type {number[]} */ const points = [];
  /** @type {number[]} */ const starts = [];
  for (const { points: ends } of run) {
    const last = points.length - 2;
    if (last < 0 || points[last] !== ends[0] || points[last + 1] !== ends[1]) {
      starts.push(points.length / 2);
      points.push(ends[0], ends[1]);
    }
    points.push(ends[2], ends[3]);
  }
  return { points: Float32Array.from(points), starts };
}

/** @param {number[]} ends @param {string} paint @returns {import("../spec").Shape} */
function head([x0, y0, x1, y1], paint) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const size = Math.min(HEAD.length, 0.7 * length);
  const half = (size / HEAD.length) * HEAD.half;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [bx, by] = [x1 - size * ux, y1 - size * uy];
  const points = Float32Array.of(x1 + ux, y1 + uy, bx - half * uy, by + half * ux, bx + half * uy, by - half * ux);
  return { kind: "path", points, starts: [0], paint, width: 0, closed: true, fill: paint, clip: false };
}

/**
 * @param {Frame} frame @param {Plot} plot @param {import("./plot.js").Source} source
 * @param {string[]} paints
 */
export function drawSpace(frame, plot, source, paints) {
  const ranges = rangesOf(plot, source);
  const view = source.turned ?? /** @type {NonNullable<Plot["space"]>} */ (plot.space).view;
  const camera = cameraOf(plot, frame, ranges, view);
  drawBox(frame, plot, ranges, camera, source.read);
  const hidden = plot.marks.some(({ kind }) => kind === "surface");
  /** @type {Piece[]} */ const pieces = [];
  for (const [index, mark] of plot.marks.entries())
    gather(/** @type {SpaceMark} */ (/** @type {unknown} */ (mark)), index, source.read, camera, ranges, pieces, hidden);
  pieces.sort((a, b) => b.far - a.far);
  emit(frame, plot, pieces, paints, source.read);
  const { x, y, width, height } = frame;
  frame.handles.push({ kind: "orbit", control: "space", label: "", x, y, width, height, mark: 0, view });
}
