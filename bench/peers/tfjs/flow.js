// One Adam step of six couplings: gradients by tf.variableGrads.

import { tensor, tf } from "./start.js";

export function prepare({ state, inputs }) {
  const make = (tensors) => tensors.map((t) => tf.variable(tensor(t)));
  const weights = make(state.weights), first = make(state.first), second = make(state.second);
  let count = 0;

  function loss(x) {
    let [left, right] = tf.unstack(x, 1);
    let stretch = tf.zerosLike(left);
    for (let c = 0; c < weights.length / 6; c++) {
      const [w1, b1, w2, b2, w3, b3] = weights.slice(6 * c, 6 * c + 6);
      const kept = c % 2 ? left : right, moved = c % 2 ? right : left;
      const h1 = tf.relu(tf.add(tf.matMul(tf.expandDims(kept, 1), w1, false, true), b1));
      const h2 = tf.relu(tf.add(tf.matMul(h1, w2, false, true), b2));
      const [scale, shift] = tf.unstack(tf.add(tf.matMul(h2, w3, false, true), b3), 1);
      const log = tf.tanh(scale);
      const now = tf.add(tf.mul(moved, tf.exp(log)), shift);
      if (c % 2) right = now;
      else left = now;
      stretch = tf.add(stretch, log);
    }
    const squares = tf.add(tf.square(left), tf.square(right));
    return tf.mean(tf.sub(tf.div(squares, 2), stretch));
  }

  return {
    call: () =>
      tf.tidy(() => {
        const x = tensor(inputs.x);
        const { value, grads } = tf.variableGrads(() => loss(x), weights);
        count++;
        const rate = (3e-3 * Math.sqrt(1 - 0.999 ** count)) / (1 - 0.9 ** count);
        weights.forEach((w, t) => {
          const g = grads[w.name];
          const m = tf.add(tf.mul(first[t], 0.9), tf.mul(g, 0.1));
          const v = tf.add(tf.mul(second[t], 0.999), tf.mul(tf.square(g), 0.001));
          first[t].assign(m);
          second[t].assign(v);
          w.assign(tf.sub(w, tf.mul(tf.div(m, tf.add(tf.sqrt(v), 1e-8)), rate)));
        });
        return { loss: value.dataSync() };
      }),
    state: () => ({ first: first.map((m) => m.dataSync()) }),
    restart: () =>
      tf.tidy(() => {
        count = 0;
        for (const [now, then] of [[weights, state.weights], [first, state.first], [second, state.second]])
          now.forEach((variable, t) => variable.assign(tensor(then[t])));
      }),
  };
}
