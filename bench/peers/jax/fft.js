// A Fourier transform of 4,096 numbers; jax-js has pairs of arrays for complex ones.

import { jit, np } from "./start.js";

export function prepare({ inputs }) {
  const run = jit((real, imag) => {
    const out = np.fft.fft({ real, imag });
    return [out.real, out.imag];
  });
  return {
    call() {
      const z = inputs.z.data, n = z.length / 2;
      const real = new Float32Array(n), imag = new Float32Array(n), spectrum = new Float32Array(2 * n);
      for (let k = 0; k < n; k++) [real[k], imag[k]] = [z[2 * k], z[2 * k + 1]];
      const [a, b] = run(np.array(real), np.array(imag)).map((array) => array.dataSync());
      for (let k = 0; k < n; k++) [spectrum[2 * k], spectrum[2 * k + 1]] = [a[k], b[k]];
      return { spectrum };
    },
  };
}
