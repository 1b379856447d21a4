// 1,000 bodies, leapfrog; an axis at a time, as an array of all pairs in space is slower.

import { tensor, tf } from "./start.js";

const STEP = 0.01, SOFT = 0.05 ** 2;

export function prepare({ state, inputs }) {
  const x = tf.variable(tensor(state.x)), v = tf.variable(tensor(state.v));
  return {
    call: () =>
      tf.tidy(() => {
        const mass = tensor(inputs.mass);
        const half = tf.add(x, tf.mul(v, STEP / 2));
        const apart = tf.unstack(half, 1).map((axis) => tf.sub(tf.expandDims(axis, 0), tf.expandDims(axis, 1)));
        const [a, b, c] = apart.map((axis) => tf.square(axis));
        const near = tf.add(tf.add(tf.add(a, b), c), SOFT);
        const pull = tf.div(tf.mul(mass, tf.rsqrt(near)), near);
        const kick = tf.stack(apart.map((axis) => tf.sum(tf.mul(pull, axis), 1)), 1);
        v.assign(tf.add(v, tf.mul(kick, STEP)));
        x.assign(tf.add(half, tf.mul(v, STEP / 2)));
        return { x: x.dataSync() };
      }),
    state: () => ({ v: v.dataSync() }),
    restart: () =>
      tf.tidy(() => {
        x.assign(tensor(state.x));
        v.assign(tensor(state.v));
      }),
  };
}
