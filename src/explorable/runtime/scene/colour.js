// The maps from values to colours.

const SHADES = 256;
/**
 * Lightness, chroma and hue in OKLCh, equally spaced: even steps of value are even steps to the
 * eye.
 */
const SEQUENTIAL = [
  [0.26, 0.1, 302],
  [0.42, 0.11, 268],
  [0.57, 0.095, 222],
  [0.7, 0.125, 165],
  [0.82, 0.16, 130],
  [0.94, 0.15, 104],
];
/** Far below zero and far above; towards zero both fade into the paper, whatever its colour. */
const BELOW = [0.56, 0.15, 252];
const ABOVE = [0.62, 0.19, 42];

/** @param {number} x linear light */
const gamma = (x) =>
  255 * (x <= 0.0031308 ? 12.92 * Math.max(0, x) : 1.055 * Math.min(1, x) ** (1 / 2.4) - 0.055);

/** @param {number[]} lch @returns {number[]} OKLab */
const labOf = ([light, chroma, hue]) => [
  light,
  chroma * Math.cos((hue * Math.PI) / 180),
  chroma * Math.sin((hue * Math.PI) / 180),
];

/** OKLab to sRGB bytes, by Ottosson's matrices. @param {number[]} lab @returns {number[]} */
function rgbOf([light, a, b]) {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** RGBA of 256 shades, a word each. @param {(t: number) => number[]} shade */
const table = (shade) => {
  const words = new Uint32Array(SHADES);
  const rgba = new Uint8ClampedArray(words.buffer);
  words.forEach((_, k) => rgba.set(shade(k / (SHADES - 1)), 4 * k));
  return words;
};

const sequential = table((t) => {
  const at = t * (SEQUENTIAL.length - 1);
  const k = Math.min(SEQUENTIAL.length - 2, Math.floor(at));
  const [from, to] = [labOf(SEQUENTIAL[k]), labOf(SEQUENTIAL[k + 1])];
  return [...rgbOf(from.map((x, i) => x + (at - k) * (to[i] - x))), 255];
});
const diverging = table((t) => [
  ...rgbOf(labOf(t < 0.5 ? BELOW : ABOVE)),
  255 * Math.abs(2 * t - 1),
]);

/**
 * Colours of values between low and high: around zero if the range holds zero inside, else from
 * dark to bright.
 * What is not a number stays clear.
 * @param {ArrayLike<number>} values @param {number} low @param {number} high
 * @param {boolean} around @param {Uint32Array} [words] what to write into
 */
export function colour(values, low, high, around, words = new Uint32Array(values.length)) {
  const map = around ? diverging : sequential;
  const scale = high !== low ? (SHADES - 1) / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    const shade = (values[i] - low) * scale + 0.5;
    words[i] = shade < SHADES ? map[shade > 0 ? shade | 0 : 0] : shade >= SHADES ? map[SHADES - 1] : 0;
  }
  return new Uint8ClampedArray(words.buffer);
}

/**
 * The range of colours and whether zero is its middle, for values that span low..high.
 * @param {number} low @param {number} high
 * @returns {{ low: number, high: number, around: boolean }}
 */
export function colourRange(low, high) {
  if (!(low <= high)) return { low: 0, high: 1, around: false };
  if (low < 0 && high > 0) {
    const most = Math.max(-low, high);
    return { low: -most, high: most, around: true };
  }
  // Shares, counts and sizes begin at zero.
  if (low > 0 && low < high / 2) low = 0;
  return { low, high: high > low ? high : low + 1, around: false };
}

/**
 * The range of a mark's colours: its own, or that of all its values since reset; `ends` are those of
 * the values in it; `holes`: some are no numbers.
 * @param {{ low?: number | null, high?: number | null, tint?: boolean }} mark
 * @param {import("./marks/index.js").Place} place @param {ArrayLike<number>} values
 */
export function rangeOf(mark, { hold, index }, values) {
  let [low, high] = [Infinity, -Infinity];
  let holes = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
    if (value !== value) holes = true;
  }
  const found = colourRange(...hold(`${index}.colour`, low, high));
  low = mark.low ?? Math.min(found.low, mark.high ?? Infinity);
  high = mark.high ?? Math.max(found.high, mark.low ?? -Infinity);
  // One colour alone: that of what is below zero, the calmer one, for what is above.
  if (mark.tint && low >= 0) return { low: high, high: -high, ends: [0, high], around: true, holes };
  return { low, high, ends: [low, high], around: low < 0 && high > 0, holes };
}
