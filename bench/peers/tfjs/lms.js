// Least mean squares over 4,000 samples; TensorFlow.js has no loop inside a graph of ours, so each
// sample is a few operations.

import { tensor, tf } from "./start.js";

const TAPS = 32, SAMPLES = 4000;

export function prepare({ inputs }) {
  const hidden = tf.tensor(Array.from({ length: TAPS }, (_, i) => Math.exp(-i / 6)));
  return {
    call: () =>
      tf.tidy(() => {
        const signal = tensor(inputs.signal), mu = tensor(inputs.mu);
        let w = tf.zeros([TAPS]);
        const errors = [];
        for (let n = 0; n < SAMPLES; n++) {
          const [next, error] = tf.tidy(() => {
            const x = tf.slice(signal, n, TAPS);
            const error = tf.sum(tf.mul(x, tf.sub(hidden, w)));
            return [tf.add(w, tf.mul(tf.mul(mu, error), x)), error];
          });
          w.dispose();
          w = next;
          errors.push(error);
        }
        return { w: w.dataSync(), errors: tf.stack(errors).dataSync() };
      }),
  };
}
