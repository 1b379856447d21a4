// Four layers of attention and hidden units, one sequence.

import { tensor, tf } from "./start.js";

const LAYERS = 4, WIDE = 128, HEADS = 4, LONG = 64;

export async function prepare({ inputs, weights }) {
  const w = Object.fromEntries(Object.entries(await weights()).map(([name, t]) => [name, tensor(t)]));
  const hidden = tf.tensor(Array.from({ length: LONG }, (_, i) => Array.from({ length: LONG }, (_, j) => (j > i ? -1e30 : 0))));
  const linear = (x, name) => tf.add(tf.matMul(x, w[name], false, true), w[`${name}.bias`]);
  function normal(x) {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  }
  const gelu = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  return {
    call: () =>
      tf.tidy(() => {
        let x = tf.add(tf.gather(w.tokens, tensor(inputs.ids)), w.places);
        const maps = [];
        for (let k = 0; k < LAYERS; k++) {
          const three = tf.reshape(linear(normal(x), `qkv${k}`), [LONG, 3, HEADS, WIDE / HEADS]);
          const [q, key, v] = tf.unstack(tf.transpose(three, [1, 2, 0, 3]), 0);
          const scores = tf.div(tf.matMul(q, key, false, true), Math.sqrt(WIDE / HEADS));
          const map = tf.softmax(tf.add(scores, hidden));
          maps.push(map);
          const mixed = tf.reshape(tf.transpose(tf.matMul(map, v), [1, 0, 2]), [LONG, WIDE]);
          x = tf.add(x, linear(mixed, `out${k}`));
          x = tf.add(x, linear(gelu(linear(normal(x), `up${k}`)), `down${k}`));
        }
        const logits = tf.matMul(normal(x), w.head, false, true);
        return { logits: logits.dataSync(), maps: maps.map((map) => map.dataSync()) };
      }),
  };
}
