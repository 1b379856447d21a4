// Very many dots alike become pixels of their own, which are drawn as one picture. A path of ten thousand
// round ends takes a browser without a graphics card as many times longer.

const PHASES = 4;
/** A dot's place is rounded to so many steps of a pixel. */
const CROWD = 20000;
/** So many are rounded to whole pixels: then each pixel asks for the nearest dot, not each dot for its pixels. */
const OPAQUE = 0xff000000;

/** @type {ImageData | null} */ let pixels = null;
/** @type {CanvasRenderingContext2D | null} */ let sheet = null;
/** @type {{ reach: number, across: number, starts: number[], places: Int32Array, alphas: Uint32Array } | null} */
let disc = null;
let near = new Uint8Array(0);

/** How much of a pixel a disc covers. @param {number} reach @param {number} across @param {number} down */
const cover = (reach, across, down) =>
  Math.round(255 * Math.min(1, Math.max(0, reach + 0.5 - Math.hypot(across, down)))) * 2 ** 24;

/**
 * @param {CanvasRenderingContext2D} context @param {Float32Array} points @param {number} radius
 * @param {string} colour
 */
export function stamp(context, points, radius, colour) {
  const { a: scale, e: right, f: down } = context.getTransform();
  const { width, height } = context.canvas;
  const reach = radius * scale;
  const room = Math.ceil(reach) + 1;
  const across = width + 2 * room;
  if (pixels?.width !== across || pixels.height !== height + 2 * room) {
    pixels = new ImageData(across, height + 2 * room);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [pixels.width, pixels.height];
    sheet = canvas.getContext("2d");
  }
  if (!sheet) return;
  const ink = new Uint32Array(pixels.data.buffer);
  ink.fill(0);
  if (points.length > 2 * CROWD) {
    if (near.length !== ink.length) near = new Uint8Array(ink.length);
    near.fill(room);
    let [top, bottom] = [height, 0];
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i] * scale + right;
      const y = points[i + 1] * scale + down;
      if (!(x >= 0 && y >= 0 && x <= width && y <= height)) continue;
      const row = y | 0;
      if (row < top) top = row;
      if (row > bottom) bottom = row;
      near[(row + room) * across + (x | 0) + room] = 0;
    }
    spread(ink, across, reach, room, top * across, (bottom + 2 * room + 1) * across);
  } else {
    if (disc?.reach !== reach || disc.across !== across) disc = discs(reach, across);
    const { starts, places, alphas } = disc;
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i] * scale + right;
      const y = points[i + 1] * scale + down;
      if (!(x >= 0 && y >= 0 && x <= width && y <= height)) continue;
      const column = (x * PHASES) | 0;
      const row = (y * PHASES) | 0;
      const phase = (row % PHASES) * PHASES + (column % PHASES);
      const at = (((row / PHASES) | 0) + room) * across + ((column / PHASES) | 0) + room;
      for (let k = starts[phase]; k < starts[phase + 1]; k++) {
        const pixel = at + places[k];
        if (ink[pixel] < alphas[k]) ink[pixel] = alphas[k];
      }
    }
  }
  sheet.putImageData(pixels, 0, 0);
  sheet.globalCompositeOperation = "source-in";
  sheet.fillStyle = colour;
  sheet.fillRect(0, 0, pixels.width, pixels.height);
  sheet.globalCompositeOperation = "source-over";
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(sheet.canvas, -room, -room);
  context.setTransform(scale, 0, 0, scale, right, down);
}

/**
 * From pixels that hold a dot (0 in `near`) to how much of each pixel dots cover: how far the nearest is in
 * its own row, then the best of the rows within reach. Both ends are of rows that hold none.
 * @param {Uint32Array} ink @param {number} across @param {number} reach @param {number} room
 * @param {number} from @param {number} to
 */
function spread(ink, across, reach, room, from, to) {
  for (let start = from; start < to; start += across) {
    let away = room;
    let some = false;
    for (let i = start; i < start + across; i++) {
      if (near[i] === 0) {
        away = 0;
        some = true;
      } else if (away < room) near[i] = ++away;
    }
    if (!some) continue;
    away = room;
    for (let i = start + across - 1; i >= start; i--) {
      if (near[i] <= away) away = near[i];
      else near[i] = ++away;
    }
  }
  const rows = room + 1;
  const covers = new Uint32Array(rows * rows);
  for (let k = 0; k < covers.length; k++) covers[k] = cover(reach, k % rows, Math.floor(k / rows));
  const last = to - room * across;
  for (let i = from + room * across; i < last; i++) {
    let best = covers[near[i]];
    for (let row = 1; row < room && best < OPAQUE; row++) {
      const line = row * rows;
      const one = near[i - row * across];
      const other = near[i + row * across];
      const found = covers[line + (one < other ? one : other)];
      if (found > best) best = found;
    }
    ink[i] = best;
  }
}

/**
 * Which pixels a disc covers, and how much of each, for every place of its middle within one.
 * @param {number} reach @param {number} across
 */
function discs(reach, across) {
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
  return { reach, across, starts, places: new Int32Array(places), alphas: new Uint32Array(alphas) };
}
