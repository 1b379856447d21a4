// 1,000 bodies, leapfrog, compiled as one function.

import { jit, np, tensor } from "./start.js";

const STEP = 0.01, SOFT = 0.05 ** 2;

export function prepare({ state, inputs }) {
  const step = jit((x, v, mass) => {
    const half = x.add(v.ref.mul(STEP / 2));
    const apart = [0, 1, 2].map((k) => {
      const axis = half.ref.slice([], k);
      return np.expandDims(axis.ref, 0).sub(np.expandDims(axis, 1));
    });
    const near = apart.map((axis) => np.square(axis.ref)).reduce((a, b) => a.add(b)).add(SOFT);
    const pull = mass.div(near.ref.mul(np.sqrt(near)));
    const kick = np.stack(apart.map((axis) => np.sum(axis.mul(pull.ref), 1)), 1);
    pull.dispose();
    const next = v.add(kick.mul(STEP));
    return [half.add(next.ref.mul(STEP / 2)), next];
  });
  let x = tensor(state.x), v = tensor(state.v);
  return {
    call() {
      [x, v] = step(x, v, tensor(inputs.mass));
      return { x: x.ref.dataSync() };
    },
    state: () => ({ v: v.ref.dataSync() }),
    restart() {
      x.dispose();
      v.dispose();
      [x, v] = [tensor(state.x), tensor(state.v)];
    },
  };
}
