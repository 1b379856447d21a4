// Very many dots alike become pixels of their own, which are drawn as one picture. A path of ten thousand
// round ends takes a browser without a graphics card as many times longer.

const PHASES = 4;
/** A dot's place is rounded to so many steps of a pixel. */
const CROWD = 20000;
/** So many are rounded to whole pixels, of which 32 at a time ask whether a dot is near. */
const WORD = 31;
/** A dot that reaches farther would be shifted by more than a word has bits. */

/** @type {ImageData | null} */ let pixels = null;
/** @type {CanvasRenderingContext2D | null} */ let sheet = null;
/** @type {{ reach: number, across: number, starts: number[], places: Int32Array, alphas: Uint8Array } | null} */
let disc = null;
/** How much of each pixel dots cover. */
let shades = new Uint8Array(0);
/** A bit for each pixel in which there is a dot. */
let bits = new Int32Array(0);
/** The same, and behind them what `widen` made of them. */
let wide = new Int32Array(0);
/** The pixels of a dot's colour, by how much of them it covers. */
const tints = new Int32Array(256);
let tinted = "";

/** How much of a pixel a disc covers. @param {number} reach @param {number} across @param {number} down */
const cover = (reach, across, down) =>
  Math.round(255 * Math.min(1, Math.max(0, reach + 0.5 - Math.hypot(across, down))));

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
  if (colour !== tinted) tint(sheet, colour);
  const ink = new Int32Array(pixels.data.buffer);
  if (points.length > 2 * CROWD && reach < WORD) {
    const words = (across >> 5) + 3;
    const rows = height + 2 * room;
    if (bits.length !== words * (rows + 2)) bits = new Int32Array(words * (rows + 2));
    bits.fill(0);
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i] * scale + right;
      const y = points[i + 1] * scale + down;
      if (!(x >= 0 && y >= 0 && x <= width && y <= height)) continue;
      const column = (x | 0) + room + 32;
      bits[((y | 0) + room + 1) * words + (column >> 5)] |= 1 << (column & 31);
    }
    spread(ink, across, words, rows, reach);
  } else {
    if (disc?.reach !== reach || disc.across !== across) disc = discs(reach, across);
    const { starts, places, alphas } = disc;
    if (shades.length !== ink.length) shades = new Uint8Array(ink.length);
    shades.fill(0);
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
        if (shades[pixel] < alphas[k]) shades[pixel] = alphas[k];
      }
    }
    for (let i = 0; i < ink.length; i++) ink[i] = tints[shades[i]];
  }
  sheet.putImageData(pixels, 0, 0);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(sheet.canvas, -room, -room);
  context.setTransform(scale, 0, 0, scale, right, down);
}

/**
 * The pixels of a colour; the sheet says what its words mean.
 * @param {CanvasRenderingContext2D} context @param {string} colour
 */
function tint(context, colour) {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  for (let k = 0; k < 256; k++) {
    tints[k] = k && (Math.round((k * alpha) / 255) << 24) | (blue << 16) | (green << 8) | red;
  }
  tinted = colour;
}

/**
 * From the bits of pixels that hold a dot to the ink of all that dots cover: the pixels most covered first,
 * 32 neighbours at a time. A word of no pixels stands at both ends of each row.
 * @param {Int32Array} ink @param {number} across @param {number} words @param {number} rows
 * @param {number} reach
 */
function spread(ink, across, words, rows, reach) {
  const far = Math.ceil(reach - 0.5);
  widen(far);
  const levels = nearest(reach, far, words);
  ink.fill(0);
  for (let row = far; row < rows - far; row++) {
    const first = (row + 1) * words;
    for (let word = 1; word < words - 1; word++) {
      let covered = 0;
      for (let level = 0; level < levels.length && covered !== -1; level++) {
        const { colour, places } = levels[level];
        let found = 0;
        for (let k = 0; k < places.length; k++) found |= wide[first + word + places[k]];
        found &= ~covered;
        covered |= found;
        const start = row * across + ((word - 1) << 5);
        if (found === -1) ink.fill(colour, start, start + 32);
        else for (; found; found &= found - 1) ink[start + 31 - Math.clz32(found & -found)] = colour;
      }
    }
  }
}

/**
 * After the bits themselves those of pixels with a dot at most 1, 2, ... `far` pixels beside them.
 * @param {number} far
 */
function widen(far) {
  const size = bits.length;
  if (wide.length !== size * (far + 1)) wide = new Int32Array(size * (far + 1));
  wide.set(bits);
  for (let i = 1; i < size - 1; i++) {
    let near = bits[i];
    const [before, here, after] = [bits[i - 1], near, bits[i + 1]];
    for (let by = 1; by <= far; by++) {
      near |= (here >>> by) | (here << by) | (after << (32 - by)) | (before >>> (32 - by));
      wide[by * size + i] = near;
    }
  }
}

/**
 * Where a dot may be that covers so much of a pixel or more, the most first: in each row around it at most
 * so far beside it.
 * @param {number} reach @param {number} far @param {number} words
 */
function nearest(reach, far, words) {
  const covers = new Set();
  for (let row = 0; row <= far; row++) {
    for (let column = 0; column <= far; column++) covers.add(cover(reach, column, row));
  }
  covers.delete(0);
  return [...covers].sort((a, b) => b - a).map((least) => {
    /** @type {number[]} */ const places = [];
    for (let row = -far; row <= far; row++) {
      let by = far;
      while (by >= 0 && cover(reach, by, row) < least) by--;
      if (by >= 0) places.push(by * bits.length + row * words);
    }
    return { colour: tints[least], places };
  });
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
  return { reach, across, starts, places: new Int32Array(places), alphas: new Uint8Array(alphas) };
}
