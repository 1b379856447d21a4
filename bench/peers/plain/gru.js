// One step of a gated recurrent unit.

import { dots } from "./products.js";

const WIDE = 128, HIDDEN = 256;
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

export async function prepare({ state, inputs, weights }) {
  const { wi, wh, bi, bh } = await weights();
  const h = state.h.data.slice();
  const given = new Float32Array(3 * HIDDEN), kept = new Float32Array(3 * HIDDEN);
  return {
    call() {
      dots(inputs.x.data, wi.data, given, 1, 3 * HIDDEN, WIDE, bi.data);
      dots(h, wh.data, kept, 1, 3 * HIDDEN, HIDDEN, bh.data);
      for (let i = 0; i < HIDDEN; i++) {
        const r = sigmoid(given[i] + kept[i]), z = sigmoid(given[HIDDEN + i] + kept[HIDDEN + i]);
        const fresh = Math.tanh(given[2 * HIDDEN + i] + r * kept[2 * HIDDEN + i]);
        h[i] = (1 - z) * fresh + z * h[i];
      }
      return { h };
    },
    restart: () => h.set(state.h.data),
  };
}
