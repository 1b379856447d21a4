// Four layers of attention and hidden units, one sequence.

import { dots, transpose } from "./products.js";

const LAYERS = 4, WIDE = 128, HEADS = 4, LONG = 64, WORDS = 64, HEAD = WIDE / HEADS;
const floats = (n) => new Float32Array(n);

export async function prepare({ inputs, weights }) {
  const given = await weights();
  const w = (name) => given[name].data;
  const x = floats(LONG * WIDE), normal = floats(LONG * WIDE), three = floats(LONG * WIDE * 3);
  const mixed = floats(LONG * WIDE), added = floats(LONG * WIDE), deep = floats(LONG * WIDE * 4);
  const q = floats(LONG * HEAD), k = floats(LONG * HEAD), vT = floats(LONG * HEAD), v = floats(LONG * HEAD);
  const scores = floats(LONG * LONG), one = floats(LONG * HEAD), logits = floats(LONG * WORDS);
  const maps = floats(LAYERS * HEADS * LONG * LONG);

  function normalise() {
    for (let i = 0; i < LONG; i++) {
      const start = i * WIDE;
      let mean = 0, spread = 0;
      for (let j = 0; j < WIDE; j++) mean += x[start + j];
      mean /= WIDE;
      for (let j = 0; j < WIDE; j++) spread += (x[start + j] - mean) ** 2;
      const scale = 1 / Math.sqrt(spread / WIDE + 1e-5);
      for (let j = 0; j < WIDE; j++) normal[start + j] = (x[start + j] - mean) * scale;
    }
  }

  function attend(layer) {
    for (let head = 0; head < HEADS; head++) {
      for (let i = 0; i < LONG; i++) {
        const from = i * 3 * WIDE + head * HEAD;
        for (let j = 0; j < HEAD; j++) {
          q[i * HEAD + j] = three[from + j] / Math.sqrt(HEAD);
          k[i * HEAD + j] = three[from + WIDE + j];
          v[i * HEAD + j] = three[from + 2 * WIDE + j];
        }
      }
      dots(q, k, scores, LONG, LONG, HEAD);
      for (let i = 0; i < LONG; i++) {
        const row = i * LONG;
        let most = -Infinity, sum = 0;
        for (let j = 0; j <= i; j++) if (scores[row + j] > most) most = scores[row + j];
        for (let j = 0; j <= i; j++) {
          const e = Math.exp(scores[row + j] - most);
          scores[row + j] = e;
          sum += e;
        }
        for (let j = 0; j <= i; j++) scores[row + j] /= sum;
        scores.fill(0, row + i + 1, row + LONG);
      }
      maps.set(scores, (layer * HEADS + head) * LONG * LONG);
      transpose(v, vT, LONG, HEAD);
      dots(scores, vT, one, LONG, HEAD, LONG);
      for (let i = 0; i < LONG; i++) mixed.set(one.subarray(i * HEAD, i * HEAD + HEAD), i * WIDE + head * HEAD);
    }
  }

  function call() {
    const ids = inputs.ids.data, words = w("tokens"), places = w("places");
    for (let i = 0; i < LONG; i++)
      for (let j = 0; j < WIDE; j++) x[i * WIDE + j] = words[ids[i] * WIDE + j] + places[i * WIDE + j];
    for (let layer = 0; layer < LAYERS; layer++) {
      normalise();
      dots(normal, w(`qkv${layer}`), three, LONG, 3 * WIDE, WIDE, w(`qkv${layer}.bias`));
      attend(layer);
      dots(mixed, w(`out${layer}`), added, LONG, WIDE, WIDE, w(`out${layer}.bias`));
      for (let i = 0; i < x.length; i++) x[i] += added[i];
      normalise();
      dots(normal, w(`up${layer}`), deep, LONG, 4 * WIDE, WIDE, w(`up${layer}.bias`));
      for (let i = 0; i < deep.length; i++) deep[i] = gelu(deep[i]);
      dots(deep, w(`down${layer}`), added, LONG, WIDE, 4 * WIDE, w(`down${layer}.bias`));
      for (let i = 0; i < x.length; i++) x[i] += added[i];
    }
    normalise();
    dots(normal, w("head"), logits, LONG, WORDS, WIDE);
    return { logits, maps };
  }
  return { call };
}

/** x times the normal distribution's mass below it (Abramowitz and Stegun 7.1.26). @param {number} x */
function gelu(x) {
  const z = Math.abs(x) * Math.SQRT1_2, t = 1 / (1 + 0.3275911 * z);
  const tail =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-z * z);
  return x > 0 ? x * (1 - tail / 2) : (x * tail) / 2;
}
