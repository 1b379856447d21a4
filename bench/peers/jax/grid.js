// A network over 256 x 256 points, compiled as one function.

import { jit, np, tensor } from "./start.js";

const SIDE = 256;

export function prepare({ inputs }) {
  const points = Float32Array.from({ length: 2 * SIDE * SIDE }, (_, k) => {
    const place = k >> 1;
    return -2 + (4 * (k % 2 ? Math.floor(place / SIDE) : place % SIDE)) / (SIDE - 1);
  });
  const plane = np.array(points, { shape: [SIDE * SIDE, 2] });
  const run = jit((plane, w1, b1, w2, b2, w3, b3) => {
    const first = np.tanh(np.matmul(plane, w1).add(b1));
    const second = np.tanh(np.matmul(first, w2).add(b2));
    return np.matmul(second, w3).add(b3);
  });
  return {
    call() {
      const given = ["w1", "b1", "w2", "b2", "w3", "b3"].map((name) => tensor(inputs[name]));
      return { picture: run(plane.ref, ...given).dataSync() };
    },
  };
}
