// The arc of a complex number that turns; the wasm backend has no complex numbers.

import { tensor, tf } from "./start.js";

export function prepare({ inputs }) {
  const way = tf.linspace(0, 1, 64);
  return {
    call: () =>
      tf.tidy(() => {
        const angle = tf.mul(way, tensor(inputs.theta)), [re, im] = inputs.z.data;
        const c = tf.cos(angle), s = tf.sin(angle);
        const arc = tf.stack([tf.sub(tf.mul(c, re), tf.mul(s, im)), tf.add(tf.mul(s, re), tf.mul(c, im))], 1);
        return { arc: arc.dataSync() };
      }),
  };
}
