// One Adam step of six couplings, compiled as one function.

import { free, jit, nn, np, tensor, valueAndGrad } from "./start.js";

function loss(weights, x) {
  let left = x.ref.slice([], 0), right = x.slice([], 1), stretch;
  for (let c = 0; c < weights.length / 6; c++) {
    const [w1, b1, w2, b2, w3, b3] = weights.slice(6 * c, 6 * c + 6);
    const kept = c % 2 ? left : right, moved = c % 2 ? right : left;
    const h1 = nn.relu(np.matmul(np.expandDims(kept.ref, 1), np.transpose(w1)).add(b1));
    const h2 = nn.relu(np.matmul(h1, np.transpose(w2)).add(b2));
    const out = np.matmul(h2, np.transpose(w3)).add(b3);
    const log = np.tanh(out.ref.slice([], 0));
    const now = moved.mul(np.exp(log.ref)).add(out.slice([], 1));
    if (c % 2) right = now;
    else left = now;
    stretch = stretch ? stretch.add(log) : log;
  }
  return np.mean(np.square(left).add(np.square(right)).mul(0.5).sub(stretch));
}

export function prepare({ state, inputs }) {
  const gradient = valueAndGrad(loss);
  const step = jit((weights, first, second, rate, x) => {
    const [value, slopes] = gradient(weights.map((w) => w.ref), x);
    const moved = weights.map((w, t) => {
      const g = slopes[t];
      const m = first[t].mul(0.9).add(g.ref.mul(0.1));
      const v = second[t].mul(0.999).add(np.square(g).mul(0.001));
      return [w.sub(m.ref.div(np.sqrt(v.ref).add(1e-8)).mul(rate.ref)), m, v];
    });
    rate.dispose();
    return [moved.map(([w]) => w), moved.map(([, m]) => m), moved.map(([, , v]) => v), value];
  });
  let weights = state.weights.map(tensor), first = state.first.map(tensor), second = state.second.map(tensor);
  let count = 0;
  return {
    call() {
      count++;
      const rate = (3e-3 * Math.sqrt(1 - 0.999 ** count)) / (1 - 0.9 ** count);
      let value;
      [weights, first, second, value] = step(weights, first, second, np.array(rate), tensor(inputs.x));
      return { loss: value.dataSync() };
    },
    state: () => ({ first: first.map((m) => m.ref.dataSync()) }),
    restart() {
      count = 0;
      for (const arrays of [weights, first, second]) free(arrays);
      [weights, first, second] = [state.weights, state.first, state.second].map((list) => list.map(tensor));
    },
  };
}
