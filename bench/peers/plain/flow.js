// One Adam step of six couplings, forward and backward written out by hand.

import { dots, transpose } from "./products.js";

const BATCH = 256, WIDE = 64, RATE = 3e-3, BETA1 = 0.9, BETA2 = 0.999, TINY = 1e-8;
const floats = (n) => new Float32Array(n);

export function prepare({ state, inputs }) {
  const copies = (tensors) => tensors.map(({ data }) => data.slice());
  const weights = copies(state.weights), first = copies(state.first), second = copies(state.second);
  const gradients = weights.map(({ length }) => floats(length));
  const couplings = weights.length / 6;
  const kept = [], moved = [], scale = [], grown = [], h1 = [], h2 = [];
  for (let c = 0; c < couplings; c++) {
    for (const list of [kept, moved, scale, grown]) list.push(floats(BATCH));
    h1.push(floats(BATCH * WIDE));
    h2.push(floats(BATCH * WIDE));
  }
  const columns = [floats(BATCH), floats(BATCH)], slopes = [floats(BATCH), floats(BATCH)];
  const out = floats(BATCH * 2), dOut = floats(BATCH * 2), d2 = floats(BATCH * WIDE), d1 = floats(BATCH * WIDE);
  const turned = floats(WIDE * WIDE), d2T = floats(BATCH * WIDE), h1T = floats(BATCH * WIDE);
  let count = 0;

  function forward(x) {
    for (let i = 0; i < BATCH; i++) {
      columns[0][i] = x[2 * i];
      columns[1][i] = x[2 * i + 1];
    }
    let stretch = 0;
    for (let c = 0; c < couplings; c++) {
      const [w1, b1, w2, b2, w3, b3] = weights.slice(6 * c, 6 * c + 6);
      const mine = columns[c % 2], hidden = h1[c], deep = h2[c];
      const still = kept[c], before = moved[c], log = scale[c], factor = grown[c];
      still.set(columns[1 - (c % 2)]);
      before.set(mine);
      for (let i = 0; i < BATCH; i++) {
        const x = still[i];
        for (let j = 0; j < WIDE; j++) {
          const y = x * w1[j] + b1[j];
          hidden[i * WIDE + j] = y > 0 ? y : 0;
        }
      }
      dots(hidden, w2, deep, BATCH, WIDE, WIDE, b2);
      for (let k = 0; k < deep.length; k++) if (deep[k] < 0) deep[k] = 0;
      dots(deep, w3, out, BATCH, 2, WIDE, b3);
      for (let i = 0; i < BATCH; i++) {
        const s = Math.tanh(out[2 * i]), e = Math.exp(s);
        log[i] = s;
        factor[i] = e;
        stretch += s;
        mine[i] = before[i] * e + out[2 * i + 1];
      }
    }
    let squares = 0;
    for (const column of columns) for (let i = 0; i < BATCH; i++) squares += column[i] * column[i];
    return (squares / 2 - stretch) / BATCH;
  }

  function backward() {
    for (let k = 0; k < 2; k++) for (let i = 0; i < BATCH; i++) slopes[k][i] = columns[k][i] / BATCH;
    for (let c = couplings - 1; c >= 0; c--) {
      const [w1, , w2, , w3] = weights.slice(6 * c, 6 * c + 6);
      const [g1, gb1, g2, gb2, g3, gb3] = gradients.slice(6 * c, 6 * c + 6);
      const mine = slopes[c % 2], other = slopes[1 - (c % 2)], hidden = h1[c], deep = h2[c];
      const still = kept[c], before = moved[c], log = scale[c], factor = grown[c];
      g1.fill(0); gb1.fill(0); gb2.fill(0); g3.fill(0); gb3.fill(0);
      for (let i = 0; i < BATCH; i++) {
        const g = mine[i], s = log[i];
        const dScale = (g * before[i] * factor[i] - 1 / BATCH) * (1 - s * s);
        dOut[2 * i] = dScale;
        dOut[2 * i + 1] = g;
        gb3[0] += dScale;
        gb3[1] += g;
        mine[i] = g * factor[i];
        for (let j = 0, k = i * WIDE; j < WIDE; j++, k++) {
          const h = deep[k], d = h > 0 ? dScale * w3[j] + g * w3[WIDE + j] : 0;
          d2[k] = d;
          gb2[j] += d;
          g3[j] += dScale * h;
          g3[WIDE + j] += g * h;
        }
      }
      transpose(d2, d2T, BATCH, WIDE);
      transpose(hidden, h1T, BATCH, WIDE);
      dots(d2T, h1T, g2, WIDE, WIDE, BATCH);
      transpose(w2, turned, WIDE, WIDE);
      dots(d2, turned, d1, BATCH, WIDE, WIDE);
      for (let i = 0; i < BATCH; i++) {
        const x = still[i];
        let back = 0;
        for (let j = 0, k = i * WIDE; j < WIDE; j++, k++) {
          if (hidden[k] <= 0) continue;
          const d = d1[k];
          g1[j] += d * x;
          gb1[j] += d;
          back += d * w1[j];
        }
        other[i] += back;
      }
    }
  }

  function adam() {
    count++;
    const rate = (RATE * Math.sqrt(1 - BETA2 ** count)) / (1 - BETA1 ** count);
    for (let t = 0; t < weights.length; t++) {
      const w = weights[t], m = first[t], v = second[t], g = gradients[t];
      for (let k = 0; k < w.length; k++) {
        const slope = g[k], mean = BETA1 * m[k] + (1 - BETA1) * slope;
        const square = BETA2 * v[k] + (1 - BETA2) * slope * slope;
        m[k] = mean;
        v[k] = square;
        w[k] -= (rate * mean) / (Math.sqrt(square) + TINY);
      }
    }
  }

  return {
    call() {
      const loss = forward(inputs.x.data);
      backward();
      adam();
      return { loss: [loss] };
    },
    state: () => ({ first }),
    restart() {
      count = 0;
      for (const [now, then] of [[weights, state.weights], [first, state.first], [second, state.second]])
        for (let t = 0; t < now.length; t++) now[t].set(then[t].data);
    },
  };
}
