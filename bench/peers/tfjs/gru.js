// One step of a gated recurrent unit.

import { tensor, tf } from "./start.js";

export async function prepare({ state, inputs, weights }) {
  const given = await weights();
  const [wi, wh, bi, bh] = ["wi", "wh", "bi", "bh"].map((name) => tensor(given[name]));
  const h = tf.variable(tensor(state.h));
  return {
    call: () =>
      tf.tidy(() => {
        const [ri, zi, ni] = tf.split(tf.add(tf.matMul(tensor(inputs.x), wi, false, true), bi), 3, 1);
        const [rh, zh, nh] = tf.split(tf.add(tf.matMul(h, wh, false, true), bh), 3, 1);
        const r = tf.sigmoid(tf.add(ri, rh)), z = tf.sigmoid(tf.add(zi, zh));
        const fresh = tf.tanh(tf.add(ni, tf.mul(r, nh)));
        h.assign(tf.add(fresh, tf.mul(z, tf.sub(h, fresh))));
        return { h: h.dataSync() };
      }),
    restart: () => tf.tidy(() => h.assign(tensor(state.h))),
  };
}
