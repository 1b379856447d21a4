// A network over 256 x 256 points.

import { tensor, tf } from "./start.js";

const SIDE = 256;

export function prepare({ inputs }) {
  const line = tf.linspace(-2, 2, SIDE);
  const [x, y] = tf.meshgrid(line, line);
  const plane = tf.stack([tf.reshape(x, [-1]), tf.reshape(y, [-1])], 1);
  return {
    call: () =>
      tf.tidy(() => {
        const [w1, b1, w2, b2, w3, b3] = ["w1", "b1", "w2", "b2", "w3", "b3"].map((name) => tensor(inputs[name]));
        const first = tf.tanh(tf.add(tf.matMul(plane, w1), b1));
        const second = tf.tanh(tf.add(tf.matMul(first, w2), b2));
        return { picture: tf.add(tf.matMul(second, w3), b3).dataSync() };
      }),
  };
}
