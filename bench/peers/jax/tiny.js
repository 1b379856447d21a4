// The arc of a complex number that turns, as two arrays of reals.

import { jit, np, tensor } from "./start.js";

export function prepare({ inputs }) {
  const way = np.linspace(0, 1, 64);
  const run = jit((way, theta, z) => {
    const angle = way.mul(theta), re = z.ref.slice(0), im = z.slice(1);
    const c = np.cos(angle.ref), s = np.sin(angle);
    const real = c.ref.mul(re.ref).sub(s.ref.mul(im.ref));
    return np.stack([real, s.mul(re).add(c.mul(im))], 1);
  });
  return {
    call() {
      const z = np.array(inputs.z.data.slice());
      return { arc: run(way.ref, tensor(inputs.theta), z).dataSync() };
    },
  };
}
