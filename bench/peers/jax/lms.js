// Least mean squares over 4,000 samples: jax-js has no scan, so one compiled step for each.

import { jit, np, tensor } from "./start.js";

const TAPS = 32, SAMPLES = 4000;

export function prepare({ inputs }) {
  const hidden = np.array(Float32Array.from({ length: TAPS }, (_, i) => Math.exp(-i / 6)));
  const step = jit((w, x, mu, hidden) => {
    const error = np.sum(x.ref.mul(hidden.sub(w.ref)));
    return [w.add(x.mul(mu.mul(error.ref))), error];
  });
  return {
    call() {
      const mu = tensor(inputs.mu), errors = new Float32Array(SAMPLES);
      let w = np.zeros([TAPS]);
      for (let n = 0; n < SAMPLES; n++) {
        const x = np.array(inputs.signal.data.slice(n, n + TAPS));
        let error;
        [w, error] = step(w, x, mu.ref, hidden.ref);
        errors[n] = error.dataSync()[0];
      }
      mu.dispose();
      return { w: w.dataSync(), errors };
    },
  };
}
